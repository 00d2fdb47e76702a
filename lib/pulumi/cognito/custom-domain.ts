import { isIPv4 } from 'node:net';
import * as cognito from '@pulumi/aws/cognito';
import * as route53 from '@pulumi/aws/route53';
import * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../../errors';
import { domainProblem } from '../../naming/model-hosts';
import { arnInRegion } from '../arn-region';
import { acmCertificates } from '../certificate/acm-certificates';
import { type HostedZones, validateZones, zoneFor, zoneIds, zoneNames } from '../zones/hosted-zones';
import { COGNITO_LIMITS } from './cognito-limits';
import type { PoolOwner } from './pool-owner';

/** Cognito serves domains through CloudFront, which takes certificates of this region alone. */
const CERTIFICATE_REGION = 'us-east-1';
/** In case somebody corrects the address. */
const PARENT_TTL = 300;

export interface CognitoCustomDomainOptions {
  /** Where the domain's records are made. */
  readonly zones: HostedZones;
  /** A certificate of ACM with the domain's name, in us-east-1. @default - one is made there, and validated */
  readonly certificateArn?: pulumi.Input<string>;
  /**
   * An IPv4 address for the name right above the domain. Cognito makes no domain below a name that has no address,
   * whatever it is: give one where the name above is new, and leads nowhere yet.
   *
   * @default - the name above has a record of type A already
   */
  readonly parentAddress?: string;
}

/** A domain that is there. */
export interface MadeCognitoDomain {
  /** The prefix alone, or the whole of a custom domain, as load balancers want it. */
  readonly domain: pulumi.Output<string>;
  readonly host: pulumi.Output<string>;
}

/** A domain that can be made. */
export interface CustomDomainPlan {
  readonly zones: HostedZones;
  readonly zone: string;
  readonly certificateArn?: pulumi.Input<string>;
  readonly above?: { readonly name: string; readonly zone: string; readonly address: string };
}

/**
 * @throws EdgeError as CognitoDomain.custom(..) says
 */
export function planCustomDomain(domain: string, options: CognitoCustomDomainOptions): CustomDomainPlan {
  const at = 'CognitoDomain.custom(..)';
  const { zones, certificateArn, parentAddress } = options;
  const rule = customDomainProblem(domain);
  if (rule)
    throw new EdgeError('EDGE_ERR_DOMAIN', { at, value: domain, rule, fix: 'Use auth.example.com for instance' });
  validateZones(at, zones);
  const zone = zoneFor(at, domain, zoneNames(zones));
  const arn =
    certificateArn === undefined ? undefined : arnInRegion(`${at}.certificateArn`, certificateArn, CERTIFICATE_REGION);
  if (parentAddress === undefined) return { zones, zone, certificateArn: arn };
  if (!isIPv4(parentAddress)) {
    const problem = { at: `${at}.parentAddress`, value: parentAddress, rule: 'it is an IPv4 address' };
    throw new EdgeError('EDGE_ERR_VALUE', { ...problem, fix: 'Give any: nothing but Cognito need ask for it' });
  }
  const name = domain.split('.').slice(1).join('.');
  const above = { name, zone: zoneFor(`the name above ${at}`, name, zoneNames(zones)), address: parentAddress };
  return { zones, zone, certificateArn: arn, above };
}

function customDomainProblem(domain: string): string | undefined {
  const problem = domainProblem(domain);
  if (problem) return problem;
  const most = COGNITO_LIMITS.domain;
  if (domain.length > most)
    return `Cognito's domains have at most ${most} characters, and this one has ${domain.length}`;
  return domain.split('.').length > 2 ? undefined : 'Cognito takes none right below a top-level domain';
}

/** The domain, its certificate unless there is one, and the alias that leads to it. */
export function makeCustomDomain(domain: string, plan: CustomDomainPlan, owner: PoolOwner): MadeCognitoDomain {
  const { parent, name, pool, region } = owner;
  const zoneId = zoneIds(plan.zones, parent);
  const above = plan.above && [
    new route53.Record(
      `${name}:${plan.above.name}:A`,
      {
        zoneId: zoneId(plan.above.zone),
        name: plan.above.name,
        type: 'A',
        records: [plan.above.address],
        ttl: PARENT_TTL,
      },
      { parent },
    ),
  ];
  const certificateArn = plan.certificateArn ?? makeCertificate(domain, plan.zone, zoneId, owner);
  const made = new cognito.UserPoolDomain(
    name,
    { domain, userPoolId: pool.id, certificateArn, region },
    { parent, dependsOn: above },
  );
  const alias = {
    name: made.cloudfrontDistribution,
    zoneId: made.cloudfrontDistributionZoneId,
    evaluateTargetHealth: false,
  };
  const record = new route53.Record(
    `${name}:${domain}:A`,
    { zoneId: zoneId(plan.zone), name: domain, type: 'A', aliases: [alias] },
    { parent },
  );
  return { domain: made.domain, host: pulumi.all([made.domain, record.fqdn]).apply(([host]) => host) };
}

function makeCertificate(
  domain: string,
  zone: string,
  zoneId: (zone: string) => pulumi.Input<string>,
  { parent, name, tags }: PoolOwner,
): pulumi.Output<string> {
  const plan = {
    certificates: [{ commonName: domain, names: [domain], validationBases: [domain] }],
    validationRecords: [{ base: domain, zone }],
  };
  const [arn] = acmCertificates(plan, { parent, name, zoneId, region: CERTIFICATE_REGION, tags });
  return arn as pulumi.Output<string>;
}

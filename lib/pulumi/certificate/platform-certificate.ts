import * as pulumi from '@pulumi/pulumi';
import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { declareCertificates } from '../../entry/certificates/host-certificates';
import { planCertificates } from '../../entry/certificates/plan-certificates';
import { EdgeError } from '../../errors';
import type { CertificatePlan } from '../../naming/certificate-plan';
import { type IPublishedHosts, publishedNameProblem } from '../../naming/published-hosts';
import { token } from '../token';
import { type HostedZones, validateZones, zoneIds, zoneNames } from '../zones/hosted-zones';
import { acmCertificates } from './acm-certificates';

export interface PlatformCertificateArgs {
  /**
   * What the certificates are for: an `InferencePlatform`, for one. Models count that it has at this moment; add them
   * before.
   */
  readonly platform: IPublishedHosts;
  /** Where the validation records are made: each in the longest zone that its name is in. */
  readonly zones: HostedZones;
  /** Further hosts, or wildcards (`*.example.com`). One that a wildcard covers already takes no place. @default - none */
  readonly hosts?: string[];
  /**
   * Names in one certificate, its common name included: 2 to 100. ACM grants 10 unless the account's quota was raised.
   *
   * @default 10
   */
  readonly maxNames?: number;
  /**
   * Names in certificates that come from elsewhere, from a resolver of Traefik for instance: hosts that nothing here is
   * made for, and that are not reported as uncovered.
   *
   * @default - none
   */
  readonly certifiedElsewhere?: string[];
  /** That of the load balancer. @default - the provider's */
  readonly region?: pulumi.Input<string>;
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * How long to wait for ACM to see the records, in whole seconds. ACM itself gives up after 72 hours.
   *
   * @default - the provider's
   */
  readonly validationTimeout?: Duration;
}

/** The certificates of a load balancer, by the names of the properties of `exposeThroughAlb(..)`. */
export interface AlbCertificates {
  readonly certificateArn: string;
  readonly extraCertificateArns: string[];
}

/**
 * The certificates of a platform, issued by ACM, which renews them as long as the validation records are there.
 *
 * Certificates cannot be changed: with other names a new one is made and validated, the load balancer is told, and only
 * then the old one is deleted. When `platform` is part of an app, the app is refused from now on while it answers with
 * TLS to a host that no certificate covers.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 */
export class PlatformCertificate extends pulumi.ComponentResource {
  /** What was requested. */
  readonly plan: CertificatePlan;
  /** That of the first certificate, the load balancer's default one; known when ACM has issued it. */
  readonly certificateArn: pulumi.Output<string>;
  /** Those of all certificates, in the order of the plan. */
  readonly certificateArns: pulumi.Output<string>[];

  /**
   * @throws EdgeError EDGE_ERR_ZONE for a name in none of the zones; EDGE_ERR_DOMAIN for a host or a zone that is none;
   * EDGE_ERR_VALUE, EDGE_ERR_COMMON_NAME and EDGE_ERR_CERTIFICATE_QUOTA for what no certificates can have. All of them
   * before anything is registered
   */
  constructor(name: string, args: PlatformCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, zones, hosts, maxNames, certifiedElsewhere = [], region, tags } = args;
    validateZones('PlatformCertificate', zones);
    const plan = planCertificates('PlatformCertificate', platform, { hosts, maxNames, zones: zoneNames(zones) });
    for (const elsewhere of certifiedElsewhere) validateElsewhere(elsewhere);
    const validationTimeout = timeout(args.validationTimeout);
    super('edge-inference:index:PlatformCertificate', name, {}, opts);
    this.plan = plan;

    const zoneId = zoneIds(zones, this);
    this.certificateArns = acmCertificates(plan, { parent: this, name, zoneId, region, tags, validationTimeout });
    this.certificateArn = this.certificateArns[0] as pulumi.Output<string>;
    if (Construct.isConstruct(platform)) {
      const names = plan.certificates.flatMap((certificate) => certificate.names);
      declareCertificates(platform, { names, elsewhere: [...certifiedElsewhere] });
    }
    this.registerOutputs({ certificateArn: this.certificateArn, certificateArns: this.certificateArns });
  }

  /** For `exposeThroughAlb({ ...certificate.albCertificates(), .. })`: all of them, so that no host is left without. */
  albCertificates(): AlbCertificates {
    const [certificateArn = '', ...extraCertificateArns] = this.certificateArns.map((arn) => token(arn));
    return { certificateArn, extraCertificateArns };
  }
}

function validateElsewhere(name: string): void {
  const rule = publishedNameProblem(name);
  if (!rule) return;
  const at = 'PlatformCertificate.certifiedElsewhere';
  throw new EdgeError('EDGE_ERR_DOMAIN', { at, value: name, rule, fix: 'Give the name as it is in the certificate' });
}

/** As Pulumi writes times. */
function timeout(duration: Duration | undefined): string | undefined {
  if (duration === undefined) return undefined;
  const seconds = duration.toMilliseconds() / 1000;
  if (Number.isInteger(seconds) && seconds >= 1) return `${seconds}s`;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'PlatformCertificate.validationTimeout',
    value: `${seconds} s`,
    rule: 'it is a whole number of seconds, at least 1',
    fix: 'Choose half an hour or more: ACM often takes some minutes',
  });
}

import { createHash } from 'node:crypto';
import type { ProviderAnswer } from './clouds';
import type { RegisteredResource } from './registered-resource';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';

/** What AWS computes for a resource, by its type. Types that are not here get an ARN. */
const ANSWERS: Readonly<Record<string, (resource: RegisteredResource) => ProviderAnswer>> = {
  'aws:acm/certificate:Certificate': certificate,
  'aws:cognito/resourceServer:ResourceServer': ({ inputs }) => ({
    id: `${inputs.userPoolId}|${inputs.identifier}`,
    outputs: {
      scopeIdentifiers: (inputs.scopes as { scopeName: string }[] | undefined)?.map(
        ({ scopeName }) => `${inputs.identifier}/${scopeName}`,
      ),
    },
  }),
  'aws:cognito/userPool:UserPool': userPool,
  'aws:cognito/userPoolClient:UserPoolClient': ({ name, inputs }) => ({
    id: digest(`client ${name}`).slice(0, 26),
    outputs: inputs.generateSecret === true ? { clientSecret: digest(`secret of ${name}`).slice(0, 51) } : {},
  }),
  'aws:cognito/userPoolDomain:UserPoolDomain': ({ inputs }) => ({
    id: String(inputs.domain),
    outputs: {
      awsAccountId: ACCOUNT,
      cloudfrontDistribution: 'd111111abcdef8.cloudfront.net',
      cloudfrontDistributionZoneId: 'Z2FDTNDATAQYW2',
    },
  }),
  'aws:iam/openIdConnectProvider:OpenIdConnectProvider': ({ inputs }) => {
    const arn = `arn:aws:iam::${ACCOUNT}:oidc-provider/${String(inputs.url).replace(/^https:\/\//, '')}`;
    return { id: arn, outputs: { arn } };
  },
  'aws:iam/policy:Policy': (resource) => {
    const arn = `arn:aws:iam::${ACCOUNT}:policy/${nameOf(resource)}`;
    return { id: arn, outputs: { arn, name: nameOf(resource) } };
  },
  'aws:iam/role:Role': (resource) => ({
    id: nameOf(resource),
    outputs: { arn: `arn:aws:iam::${ACCOUNT}:role/${nameOf(resource)}`, name: nameOf(resource) },
  }),
  'aws:route53/record:Record': ({ inputs }) => ({
    id: `${inputs.zoneId}_${inputs.name}_${inputs.type}`,
    outputs: { fqdn: inputs.name },
  }),
  'aws:route53/zone:Zone': ({ name }) => {
    const zoneId = `Z${digest(`zone ${name}`).slice(0, 19).toUpperCase()}`;
    const nameServers = ['ns-1.awsdns-01.org', 'ns-2.awsdns-02.com', 'ns-3.awsdns-03.net', 'ns-4.awsdns-04.co.uk'];
    return { id: zoneId, outputs: { zoneId, nameServers, arn: `arn:aws:route53:::hostedzone/${zoneId}` } };
  },
};

/** Creates resources as AWS does, with IDs and ARNs that depend on the names of resources only. */
export function awsProvider(resource: RegisteredResource): ProviderAnswer | undefined {
  if (!resource.type.startsWith('aws:')) return undefined;
  return ANSWERS[resource.type]?.(resource) ?? { outputs: { arn: arnOf(resource) } };
}

/** ACM asks for one CNAME for a name and its wildcard, but lists both. */
function certificate(resource: RegisteredResource): ProviderAnswer {
  const { domainName, subjectAlternativeNames = [] } = resource.inputs as {
    domainName: string;
    subjectAlternativeNames?: string[];
  };
  const arn = arnOf(resource, 'certificate/');
  const names = [...new Set([domainName, ...subjectAlternativeNames])];
  const domainValidationOptions = names.map((name) => {
    const base = name.replace(/^\*\./, '');
    return {
      domainName: name,
      resourceRecordName: `_${digest(`name ${base}`).slice(0, 32)}.${base}.`,
      resourceRecordType: 'CNAME',
      resourceRecordValue: `_${digest(`value ${base}`).slice(0, 32)}.acm-validations.aws.`,
    };
  });
  // A set: nobody may rely on its order.
  domainValidationOptions.reverse();
  return { id: arn, outputs: { arn, domainValidationOptions, status: 'PENDING_VALIDATION' } };
}

function userPool(resource: RegisteredResource): ProviderAnswer {
  const region = regionOf(resource);
  const id = `${region}_${digest(`pool ${resource.name}`).slice(0, 9)}`;
  return {
    id,
    outputs: {
      arn: `arn:aws:cognito-idp:${region}:${ACCOUNT}:userpool/${id}`,
      endpoint: `cognito-idp.${region}.amazonaws.com/${id}`,
      name: nameOf(resource),
    },
  };
}

function arnOf(resource: RegisteredResource, kind = ''): string {
  const [, service = ''] = /^aws:([^/:]+)/.exec(resource.type) ?? [];
  return `arn:aws:${service}:${regionOf(resource)}:${ACCOUNT}:${kind}${resource.name}`;
}

function nameOf({ name, inputs }: RegisteredResource): string {
  return String(inputs.name ?? name);
}

function regionOf({ inputs }: RegisteredResource): string {
  return String(inputs.region ?? REGION);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

import { AUTH_KINDS, type AuthKind } from '../../../apps/aws/config';
import { ACCOUNT, REGION, type RegisteredResource, type RunOptions } from '../../pulumi/engine';
import { lookUps } from '../../pulumi/support/aws';

export const PROGRAM = 'apps/aws/main.ts';
export const DOMAIN = 'platform.example.com';

export const API_TOKEN = '0d9f3c5e7a1b28466f8e9a0b1c2d3e4f';
export const NEXT_API_TOKEN = '5b8e1f70c2d94a63b7e5f1029384a6cd';
const PASSWORDS = { cameraPassword: 'c41b8d92f7e05a36', bridgePassword: '9e27f4a1b06c3d58' };

const ISSUER = `oidc.eks.${REGION}.amazonaws.com/id/0C1D2E3F`;

/** What each kind of auth needs besides. */
const OF_KIND: Record<AuthKind, Pick<RunOptions, 'config' | 'secrets'>> = {
  header: { secrets: { apiToken: API_TOKEN, nextApiToken: NEXT_API_TOKEN } },
  jwt: { config: { loginPrefix: 'example-ml' } },
  cognito: { config: { loginPrefix: 'example-ml' }, secrets: { apiToken: API_TOKEN } },
  dex: {},
};

export const KINDS = AUTH_KINDS;

/** A stack in an account with an EKS cluster, whose VPC has subnets for load balancers, and Traefik in the cluster. */
export function stackWith(kind: AuthKind, further: Pick<RunOptions, 'config' | 'secrets'> = {}): RunOptions {
  const { config, secrets } = OF_KIND[kind];
  return {
    project: 'edge-inference',
    config: {
      'aws:region': REGION,
      domain: DOMAIN,
      namespaces: ['staging', 'prod'],
      hostedZone: 'example.com',
      auth: kind,
      clusterName: 'ml',
      loadBalancerController: 'true',
      ...config,
      ...further.config,
    },
    secrets: { ...PASSWORDS, ...secrets, ...further.secrets },
    invoke,
    read,
  };
}

/** Everything of a stack's configuration that nobody may see. */
export function secretsOf({ secrets = {} }: RunOptions): string[] {
  return Object.values(secrets).filter((value) => value !== '') as string[];
}

function invoke(token: string, args: Readonly<Record<string, unknown>>) {
  const answers: Record<string, Record<string, unknown>> = {
    'aws:eks/getCluster:getCluster': {
      name: 'ml',
      endpoint: `https://0C1D2E3F.gr7.${REGION}.eks.amazonaws.com`,
      certificateAuthorities: [{ data: 'Q0VSVElGSUNBVEU=' }],
      vpcConfig: { vpcId: 'vpc-0c1d' },
      identities: [{ oidcs: [{ issuer: `https://${ISSUER}` }] }],
    },
    'aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider': {
      arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}`,
      clientIdLists: ['sts.amazonaws.com'],
    },
    'aws:ec2/getSubnets:getSubnets': { ids: ['subnet-a', 'subnet-b'] },
    'aws:ec2/getSubnet:getSubnet': {
      id: args.id,
      tags: { 'kubernetes.io/role/internal-elb': '1' },
      availabilityZone: `${REGION}-${args.id}`,
    },
  };
  return answers[token] ?? lookUps(token, args);
}

function read({ type, readId }: RegisteredResource) {
  if (type !== 'kubernetes:core/v1:Service' || readId !== 'traefik/traefik') return undefined;
  const outputs = { status: { loadBalancer: { ingress: [{ hostname: `traefik.elb.${REGION}.amazonaws.com` }] } } };
  return { id: readId, outputs };
}

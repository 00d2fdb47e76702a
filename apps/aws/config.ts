import { Config } from '@pulumi/pulumi';
import { AlbAuth, AlbScheme } from '../../lib';
import { arnInRegion, CognitoDomain } from '../../lib/pulumi';
import { ConfigReader, type ConfigSecret } from './config-reader';

export const AUTH_KINDS = ['header', 'jwt', 'cognito', 'dex'] as const;

/** Who may call the models over HTTPS. */
export type AuthKind = (typeof AUTH_KINDS)[number];

/** Tokens in a header: two while one takes the other's place. */
export interface HeaderTokens {
  readonly name: string;
  readonly values: readonly ConfigSecret[];
}

/** A user pool of Cognito. */
export interface LoginPool {
  /** Of the login page: `<prefix>.auth.<region>.amazoncognito.com`. */
  readonly prefix: string;
  /** Whether AWS refuses to delete it. */
  readonly isKept: boolean;
}

export type AuthConfig =
  /** Programs send a token in a header. */
  | { readonly kind: 'header'; readonly header: HeaderTokens }
  /** Programs get signed tokens from Cognito, and the load balancer verifies them. */
  | { readonly kind: 'jwt'; readonly pool: LoginPool }
  /** People log in to the dashboard at Cognito, programs send a token in a header. */
  | { readonly kind: 'cognito'; readonly pool: LoginPool; readonly header: HeaderTokens }
  /** The load balancer asks nobody: Kubeflow's login at the gateway does. */
  | { readonly kind: 'dex' };

/** How the cluster is reached: a kubeconfig, or an EKS cluster by its name. */
type ClusterConfig =
  | { readonly kubeconfig: ConfigSecret }
  | {
      readonly eksName: string;
      /** Whether the AWS Load Balancer Controller is installed. */
      readonly withController: boolean;
    };

interface ZoneConfig {
  readonly name: string;
  /** @default - it is looked up by its name */
  readonly id?: string;
}

/** The configuration of a stack, checked. What each key means is in Pulumi.yaml. */
export interface AwsConfig {
  readonly domain: string;
  readonly namespaces: string[];
  readonly modelUri?: string;
  /** Where the records are made. */
  readonly zone: ZoneConfig;
  /** Of the cluster, its load balancer, certificate and user pool. */
  readonly region: string;
  /** A certificate that is there already. */
  readonly certificateArn?: string;
  readonly scheme: AlbScheme;
  readonly auth: AuthConfig;
  readonly cluster: ClusterConfig;
  readonly cameraPassword: ConfigSecret;
  readonly bridgePassword: ConfigSecret;
}

/** The keys that only some kinds of auth know. */
const AUTH_KEYS: Record<AuthKind, readonly string[]> = {
  header: ['apiToken', 'nextApiToken'],
  jwt: ['loginPrefix'],
  cognito: ['apiToken', 'nextApiToken', 'loginPrefix'],
  dex: [],
};

/**
 * @throws RunError with everything that is wrong
 */
export function readConfig(config = new Config()): AwsConfig {
  const reader = new ConfigReader(config);
  const region = readRegion(reader);
  const certificateArn = reader.text('certificateArn');
  if (certificateArn !== undefined) {
    reader.check('certificateArn', () => arnInRegion('it', certificateArn, region));
  }
  const result = {
    domain: reader.required('domain'),
    namespaces: reader.list('namespaces'),
    modelUri: reader.text('modelUri'),
    zone: readZone(reader),
    region,
    certificateArn,
    scheme: reader.oneOf('scheme', Object.values(AlbScheme), AlbScheme.INTERNAL),
    auth: readAuth(reader),
    cluster: readCluster(reader),
    cameraPassword: readPassword(reader, 'cameraPassword'),
    bridgePassword: readPassword(reader, 'bridgePassword'),
  };
  reader.finish();
  return result;
}

function readRegion(reader: ConfigReader): string {
  const region = reader.text('certificateRegion') ?? new Config('aws').get('region') ?? '';
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    const fix = 'Set it, or aws:region';
    reader.refuse('EDGE_ERR_VALUE', 'certificateRegion', region || 'missing', 'it is a region like eu-west-1', fix);
  }
  return region;
}

function readZone(reader: ConfigReader): ZoneConfig {
  const id = reader.text('hostedZoneId');
  if (id !== undefined && !/^Z[A-Z0-9]{1,31}$/.test(id)) {
    const rule = 'ids of hosted zones begin with Z, and have capital letters and digits';
    reader.refuse('EDGE_ERR_VALUE', 'hostedZoneId', id, rule, 'Leave it out, and the zone is looked up by its name');
  }
  return { name: reader.required('hostedZone'), id };
}

function readAuth(reader: ConfigReader): AuthConfig {
  reader.required('auth');
  const kind = reader.oneOf('auth', AUTH_KINDS, 'header');
  for (const key of new Set(Object.values(AUTH_KEYS).flat())) {
    if (AUTH_KEYS[kind].includes(key) || reader.text(key) === undefined) continue;
    const others = AUTH_KINDS.filter((other) => AUTH_KEYS[other].includes(key)).join(' or ');
    const fix = `Remove it, or set auth to ${others}`;
    reader.refuse('EDGE_ERR_ALB_AUTH', key, 'set', `auth is ${kind}, which has no part for it`, fix);
  }
  if (kind === 'header') return { kind, header: readTokens(reader) };
  if (kind === 'jwt') return { kind, pool: readPool(reader) };
  if (kind === 'cognito') return { kind, header: readTokens(reader), pool: readPool(reader) };
  return { kind };
}

function readTokens(reader: ConfigReader): HeaderTokens {
  const name = reader.text('headerName') ?? 'x-api-key';
  const next = reader.secret('nextApiToken');
  const first = reader.requiredSecret('apiToken');
  const values = next ? [first, next] : [first];
  if (first.plain !== '') reader.check('apiToken', () => AlbAuth.header(name, [first.plain]));
  if (next) {
    reader.check('nextApiToken', () => AlbAuth.header(name, [next.plain]));
    if (next.plain.toLowerCase() === first.plain.toLowerCase()) {
      const rule = 'it takes the place of apiToken, and is the same';
      reader.refuse('EDGE_ERR_ALB_AUTH', 'nextApiToken', 'a token', rule, 'Draw another: openssl rand -hex 16');
    }
  }
  return { name, values };
}

function readPool(reader: ConfigReader): LoginPool {
  const prefix = reader.required('loginPrefix');
  if (prefix !== '') reader.check('loginPrefix', () => CognitoDomain.prefix(prefix));
  return { prefix, isKept: reader.flag('keepUserPool', true) };
}

function readCluster(reader: ConfigReader): ClusterConfig {
  const kubeconfig = reader.secret('kubeconfig');
  const eksName = reader.text('clusterName') ?? '';
  const withController = reader.flag('loadBalancerController', false);
  if ((kubeconfig === undefined) === (eksName === '')) {
    const value = kubeconfig ? 'given beside a kubeconfig' : 'missing';
    const fix = 'Set clusterName for an EKS cluster, or kubeconfig for any other, and remove the other one';
    reader.refuse('EDGE_ERR_VALUE', 'clusterName', value, 'the cluster is told in one way', fix);
  }
  if (kubeconfig) {
    if (withController) {
      const rule = 'its role is for an EKS cluster, which must be known by its name';
      reader.refuse('EDGE_ERR_VALUE', 'loadBalancerController', 'true', rule, 'Set clusterName in place of kubeconfig');
    }
    return { kubeconfig };
  }
  // @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
  if (eksName !== '' && !/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/.test(eksName)) {
    const rule = 'it has 1 to 100 of A-Z, a-z, 0-9, _ and -';
    reader.refuse('EDGE_ERR_VALUE', 'clusterName', eksName, rule, 'Give the name of the cluster, not its ARN');
  }
  return { eksName, withController };
}

/** Of an MQTT user. The broker reads it as one line. */
function readPassword(reader: ConfigReader, key: string): ConfigSecret {
  const password = reader.requiredSecret(key);
  const { length } = password.plain;
  if (length > 0 && !/^.{12,}$/.test(password.plain)) {
    const rule = 'it is one line of 12 characters or more';
    reader.refuse('EDGE_ERR_VALUE', key, `a text of ${length} characters`, rule, 'Draw it: openssl rand -hex 16');
  }
  return password;
}

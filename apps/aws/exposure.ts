import {
  AlbAuth,
  type AlbCognitoOptions,
  type AlbIngress,
  type AlbJwtOptions,
  type InferencePlatform,
} from '../../lib';
import type { AlbCertificates } from '../../lib/pulumi';
import type { AuthConfig, AwsConfig, HeaderTokens, LoginPool } from './config';
import type { ConfigSecret } from './config-reader';

/** What the load balancer must be told, and only a deployment knows. */
export interface LateValues<L extends Login> {
  readonly certificates: AlbCertificates;
  readonly textOf: (secret: ConfigSecret) => string;
  /** Makes the user pool. It is asked for one at most. */
  readonly loginAt: (pool: LoginPool) => L;
}

/** What of a CognitoLogin is for load balancers. */
export interface Login {
  albCognito(): AlbCognitoOptions;
  albJwt(): AlbJwtOptions;
}

export interface ExposedModels<L extends Login> {
  /** That of the models. */
  readonly ingress: AlbIngress;
  /** With kinds of auth that have one. */
  readonly login?: L;
}

/** Where Kubeflow's dashboard and its login are. */
export function dashboardHost(domain: string): string {
  return `kubeflow.${domain}`;
}

/** The models, and with some kinds of auth the dashboard, behind one load balancer. */
export function exposeModels<L extends Login>(
  platform: InferencePlatform,
  config: AwsConfig,
  values: LateValues<L>,
): ExposedModels<L> {
  const { programs, people, login } = authsOf(config.auth, values);
  const common = { ...values.certificates, scheme: config.scheme };
  const ingress = platform.exposeThroughAlb({ ...common, auth: programs });
  if (people) {
    const hosts = [dashboardHost(platform.domain)];
    platform.exposeThroughAlb({ ...common, name: 'dashboard', hosts, paths: ['/*'], auth: people });
  }
  return { ingress, login };
}

interface Auths<L extends Login> {
  /** For those who ask models. */
  readonly programs: AlbAuth;
  /** For those who use the dashboard; nothing where that is not reached through the load balancer. */
  readonly people?: AlbAuth;
  readonly login?: L;
}

function authsOf<L extends Login>(auth: AuthConfig, { textOf, loginAt }: LateValues<L>): Auths<L> {
  const tokensIn = ({ name, values }: HeaderTokens) => AlbAuth.header(name, values.map(textOf));
  switch (auth.kind) {
    case 'header':
      return { programs: tokensIn(auth.header) };
    case 'jwt': {
      const login = loginAt(auth.pool);
      return { programs: AlbAuth.jwt(login.albJwt()), login };
    }
    case 'cognito': {
      const login = loginAt(auth.pool);
      return { programs: tokensIn(auth.header), people: AlbAuth.cognito(login.albCognito()), login };
    }
    case 'dex':
      return { programs: AlbAuth.open(), people: AlbAuth.open() };
  }
}

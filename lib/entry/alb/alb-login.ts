import { Duration } from 'cdk8s';
import { EdgeError } from '../../errors';
import { knownValue } from '../../known-values';
import { dnsSubdomainProblem } from '../../naming/kubernetes-names';
import { whenKnown } from '../../synth/when-known';
import type { AlbAnnotations } from './alb-annotations';
import { validArn } from './arn';
import { validHttpsUrl } from './https-url';

const MAX_SESSION_SECONDS = 604_800;

/** What the load balancer does with a request that nobody has logged in for. */
export enum AlbUnauthenticated {
  /** Sends the browser to the login page. */
  AUTHENTICATE = 'authenticate',
  /** Answers 401, which programs understand. */
  DENY = 'deny',
}

/** What all logins have in common. */
export interface AlbLoginOptions {
  /** @default AlbUnauthenticated.AUTHENTICATE */
  readonly onUnauthenticated?: AlbUnauthenticated;
  /** @default ['openid'] */
  readonly scopes?: string[];
  /** Begins the names of the session's cookies. @default 'AWSELBAuthSessionCookie' */
  readonly sessionCookie?: string;
  /**
   * How long a login counts; at most 7 days, which is Elastic Load Balancing's own default.
   *
   * @default Duration.hours(12)
   */
  readonly sessionTimeout?: Duration;
  /** Further query parameters of the login page: `lang` for instance. @default - none */
  readonly extraParameters?: Record<string, string>;
}

export interface AlbCognitoOptions extends AlbLoginOptions {
  readonly userPoolArn: string;
  /** A client with a secret and the code grant, whose callback is `https://<host>/oauth2/idpresponse`. */
  readonly userPoolClientId: string;
  /** The prefix alone of a domain of Cognito's; the whole of a custom one. */
  readonly userPoolDomain: string;
}

export interface AlbOidcOptions extends AlbLoginOptions {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  /** A Secret in the namespace of the Ingress, with the keys `clientID` and `clientSecret`. */
  readonly secretName: string;
}

/** The annotations for a login at a Cognito user pool. */
export function cognitoAnnotations(options: AlbCognitoOptions): AlbAnnotations {
  const at = 'AlbAuth.cognito(..)';
  const { extraParameters } = options;
  const provider = {
    userPoolARN: validArn(`${at}.userPoolArn`, options.userPoolArn, 'userPool'),
    userPoolClientID: matching(
      `${at}.userPoolClientId`,
      options.userPoolClientId,
      /^[A-Za-z0-9_+]+$/,
      'letters and digits',
    ),
    userPoolDomain: userPoolDomain(`${at}.userPoolDomain`, options.userPoolDomain),
    authenticationRequestExtraParams: extraParameters,
  };
  return { 'auth-type': 'cognito', 'auth-idp-cognito': JSON.stringify(provider), ...loginAnnotations(at, options) };
}

/** The annotations for a login at an OpenID Connect provider. */
export function oidcAnnotations(options: AlbOidcOptions): AlbAnnotations {
  const at = 'AlbAuth.oidc(..)';
  const { secretName, extraParameters } = options;
  const rule = dnsSubdomainProblem(secretName);
  if (rule) {
    const fix = 'Use the name of the Secret';
    throw new EdgeError('EDGE_ERR_NAME', { at: `${at}.secretName`, value: secretName, rule, fix });
  }
  const provider = {
    issuer: validHttpsUrl(`${at}.issuer`, options.issuer),
    authorizationEndpoint: validHttpsUrl(`${at}.authorizationEndpoint`, options.authorizationEndpoint),
    tokenEndpoint: validHttpsUrl(`${at}.tokenEndpoint`, options.tokenEndpoint),
    userInfoEndpoint: validHttpsUrl(`${at}.userInfoEndpoint`, options.userInfoEndpoint),
    secretName,
    authenticationRequestExtraParams: extraParameters,
  };
  return { 'auth-type': 'oidc', 'auth-idp-oidc': JSON.stringify(provider), ...loginAnnotations(at, options) };
}

function loginAnnotations(at: string, options: AlbLoginOptions): AlbAnnotations {
  const seconds = (options.sessionTimeout ?? Duration.hours(12)).toMilliseconds() / 1000;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SESSION_SECONDS) {
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: `${at}.sessionTimeout`,
      value: `${seconds} s`,
      rule: `sessions last whole seconds from 1 to ${MAX_SESSION_SECONDS}`,
      fix: 'Choose a time within that',
    });
  }
  const scopes = options.scopes ?? ['openid'];
  if (!scopes.includes('openid')) {
    const rule = 'without openid there is no identity token, and no login';
    const value = scopes.join(' ');
    throw new EdgeError('EDGE_ERR_VALUE', { at: `${at}.scopes`, value, rule, fix: 'Add openid' });
  }
  const { sessionCookie } = options;
  return {
    'auth-on-unauthenticated-request': knownValue(
      `${at}.onUnauthenticated`,
      options.onUnauthenticated ?? AlbUnauthenticated.AUTHENTICATE,
      AlbUnauthenticated,
    ),
    'auth-scope': scopes.join(' '),
    'auth-session-timeout': String(seconds),
    ...(sessionCookie !== undefined && {
      'auth-session-cookie': matching(
        `${at}.sessionCookie`,
        sessionCookie,
        /^[A-Za-z0-9_-]+$/,
        'letters, digits, _ and -',
      ),
    }),
  };
}

function userPoolDomain(at: string, domain: string): string {
  refuseWholeDomain(at, domain);
  whenKnown([domain], ([known = '']) => refuseWholeDomain(at, known));
  return matching(at, domain, /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'a-z, 0-9, - and .');
}

function refuseWholeDomain(at: string, domain: string): void {
  if (!/\.amazoncognito\.com$/.test(domain)) return;
  const rule = 'the controller takes the prefix alone of a domain of Cognito itself';
  const fix = `Use ${domain.split('.')[0]}`;
  throw new EdgeError('EDGE_ERR_VALUE', { at, value: domain, rule, fix });
}

function matching(at: string, value: string, pattern: RegExp, characters: string): string {
  whenKnown([value], ([known]) => {
    if (typeof known === 'string' && pattern.test(known)) return;
    const rule = `it is made of ${characters}`;
    throw new EdgeError('EDGE_ERR_VALUE', { at, value: known, rule, fix: 'Copy it from where it is defined' });
  });
  return value;
}

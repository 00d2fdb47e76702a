import { EdgeError } from '../../errors';
import type { AlbAnnotations } from './alb-annotations';
import { type AlbJwtOptions, jwtAnnotations } from './alb-jwt';
import { type AlbCognitoOptions, type AlbOidcOptions, cognitoAnnotations, oidcAnnotations } from './alb-login';
import { validArn } from './arn';
import { refuseEqual, validHeaderName, validTokens } from './header-tokens';

/** Tokens of which a header must have one. */
export interface AlbTokens {
  readonly header: string;
  /** Those of one namespace, or of any host that belongs to none. */
  readonly of: (namespace: string | undefined) => readonly string[] | undefined;
  /** The namespaces that were given tokens of their own. */
  readonly namespaces?: readonly string[];
}

/** What an AlbIngress has to know of its auth. */
export interface AlbAuthSettings {
  readonly annotations: AlbAnnotations;
  readonly tokens?: AlbTokens;
  /** Whose tokens the load balancer verifies, in the header that a gateway would look at too. */
  readonly issuer?: string;
  /** Whether clients show a certificate, at every host of the listener. */
  readonly mutualTls?: boolean;
  /** Whether browsers are sent to log in, and their identity is passed on in `x-amzn-oidc-*`. */
  readonly login: boolean;
  readonly groupOrder: number;
}

/** Who may pass the load balancer. */
export class AlbAuth {
  /**
   * Requests with one of these values in a header. The rule for machines that can do nothing better: the values are
   * in the annotations of an Ingress, where everybody who may read Ingresses or the load balancer's rules reads them.
   * Prefer {@link AlbAuth.jwt}.
   *
   * Each token opens all namespaces. Rotate with two values: add the new one, and remove the old one once nobody sends
   * it any more.
   *
   * @param name at most 40 of letters, digits and `-`
   * @param values drawn at random, compared without regard to case
   * @throws EdgeError EDGE_ERR_ALB_LIMIT for what a load balancer cannot compare; EDGE_ERR_ALB_AUTH for tokens that can
   * be guessed, or none
   */
  static header(name: string, values: string[]): AlbAuth {
    const at = 'AlbAuth.header(.., values)';
    const header = validHeaderName('AlbAuth.header(name)', name);
    if (values.length === 0) {
      const fix = 'Give at least one';
      throw new EdgeError('EDGE_ERR_ALB_AUTH', { at, value: '[]', rule: 'nobody would have a token', fix });
    }
    const tokens = validTokens(at, values);
    return new AlbAuth(headerSettings({ header, of: () => tokens }));
  }

  /**
   * The same with tokens that open one namespace each.
   *
   * @param values tokens by namespace: all that the Ingress serves, with `[]` for one that stays closed
   * @throws EdgeError EDGE_ERR_ALB_LIMIT and EDGE_ERR_ALB_AUTH as {@link AlbAuth.header} does, and for a token that
   * would open two namespaces
   */
  static headerPerNamespace(name: string, values: Record<string, string[]>): AlbAuth {
    const at = 'AlbAuth.headerPerNamespace(.., values)';
    const header = validHeaderName('AlbAuth.headerPerNamespace(name)', name);
    const tokens = new Map(
      Object.entries(values).map(([namespace, own]) => [namespace, validTokens(`${at}.${namespace}`, own)]),
    );
    refuseEqual(
      [...tokens].flatMap(([namespace, own]) => own.map((token, i) => [`${at}.${namespace}[${i}]`, token] as const)),
    );
    const of = (namespace: string | undefined) => (namespace === undefined ? undefined : tokens.get(namespace));
    return new AlbAuth(headerSettings({ header, of, namespaces: [...tokens.keys()] }));
  }

  /**
   * Requests with a signed token, `Authorization: Bearer`, that the load balancer verifies: signature (RS256), issuer,
   * expiry and the claims. Without one the answer is 401. Nothing secret is in the manifests.
   *
   * Asks for version 2.15 of the controller.
   *
   * @throws EdgeError EDGE_ERR_VALUE for URLs that are none; EDGE_ERR_ALB_LIMIT for more than 10 claims
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html
   */
  static jwt(options: AlbJwtOptions): AlbAuth {
    const { issuer } = options;
    return new AlbAuth({ annotations: jwtAnnotations(options), issuer, login: false, groupOrder: 0 });
  }

  /**
   * Browsers, after a login at a Cognito user pool. Programs cannot log in this way.
   *
   * @throws EdgeError EDGE_ERR_VALUE for values that Cognito would not have
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
   */
  static cognito(options: AlbCognitoOptions): AlbAuth {
    return new AlbAuth({ annotations: cognitoAnnotations(options), login: true, groupOrder: 0 });
  }

  /**
   * Browsers, after a login at any OpenID Connect provider.
   *
   * @throws EdgeError EDGE_ERR_VALUE for endpoints that are no https URLs; EDGE_ERR_NAME for a Secret's name that is none
   */
  static oidc(options: AlbOidcOptions): AlbAuth {
    return new AlbAuth({ annotations: oidcAnnotations(options), login: true, groupOrder: 0 });
  }

  /**
   * Clients with a certificate of one of the authorities in a trust store. It counts for the whole HTTPS listener: for
   * every Ingress in the group.
   *
   * @param trustStore ARN of the trust store
   * @throws EdgeError EDGE_ERR_VALUE for something else than such an ARN
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
   */
  static mutualTls(trustStore: string): AlbAuth {
    const arn = validArn('AlbAuth.mutualTls(trustStore)', trustStore, 'trustStore');
    const annotations = { 'mutual-authentication': JSON.stringify([{ port: 443, mode: 'verify', trustStore: arn }]) };
    return new AlbAuth({ annotations, mutualTls: true, login: false, groupOrder: 0 });
  }

  /** Everybody. */
  static open(): AlbAuth {
    return new AlbAuth({ annotations: {}, login: false, groupOrder: 0 });
  }

  /** @internal */
  readonly _settings: AlbAuthSettings;

  private constructor(settings: AlbAuthSettings) {
    this._settings = settings;
  }
}

/** Before those that ask for a login, or a request with a token would be sent to the login page. */
const HEADER_ORDER = -10;

function headerSettings(tokens: AlbTokens): AlbAuthSettings {
  return { annotations: {}, tokens, login: false, groupOrder: HEADER_ORDER };
}

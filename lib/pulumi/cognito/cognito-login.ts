import type * as cognito from '@pulumi/aws/cognito';
import * as pulumi from '@pulumi/pulumi';
import type { ClientCredentialsOptions } from '../../connector/model-login-options';
import { AlbClaimFormat, type AlbJwtOptions } from '../../entry/alb/alb-jwt';
import type { AlbCognitoOptions, AlbLoginOptions } from '../../entry/alb/alb-login';
import { EdgeError } from '../../errors';
import { token } from '../token';
import { type BrowserLoginArgs, type BrowserLoginPlan, makeBrowserClient, planBrowserLogin } from './browser-login';
import type { CognitoDomain } from './cognito-domain';
import {
  type CognitoMachines,
  type MachineCredentials,
  type MachinesPlan,
  makeMachines,
  planMachines,
  validateScopes,
} from './machines';
import { makeUserPool, type UserPoolSettings, validateUserPool } from './user-pool';

/** Values that a load balancer compares a claim with. */
const MAX_CLAIM_VALUES = 10;

export interface CognitoLoginArgs extends BrowserLoginArgs, UserPoolSettings {
  /** Where the login page is, and where tokens are issued. */
  readonly domain: CognitoDomain;
  /** Programs that get tokens, which a load balancer verifies. @default - none */
  readonly machines?: CognitoMachines;
  /** Of the load balancer and the pool, which must be the same. @default - the provider's */
  readonly region?: pulumi.Input<string>;
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Where the secret of a program is. */
export interface MachineLoginOptions {
  /** Name of the Secret in the bridge's namespace. */
  readonly secret: string;
  /** Which entry of it. @default 'client-secret' */
  readonly secretKey?: string;
}

/** Which tokens a load balancer takes. */
export interface CognitoJwtOptions {
  /** Of which a token must have one. @default - all that there are */
  readonly scopes?: string[];
}

/**
 * A user pool of Cognito: people log in with their browsers, programs get tokens.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
 */
export class CognitoLogin extends pulumi.ComponentResource {
  readonly userPoolId: pulumi.Output<string>;
  readonly userPoolArn: pulumi.Output<string>;
  /** What tokens say in `iss`. */
  readonly issuer: pulumi.Output<string>;
  /** The public keys of the issuer. */
  readonly jwksEndpoint: pulumi.Output<string>;
  /** Where programs get tokens. */
  readonly tokenEndpoint: pulumi.Output<string>;
  /** The prefix alone, or the whole of a custom domain. */
  readonly domain: pulumi.Output<string>;
  readonly #browsers: BrowserLoginPlan | undefined;
  readonly #browserClient: cognito.UserPoolClient | undefined;
  readonly #machines: MachinesPlan | undefined;
  readonly #credentials: Map<string, MachineCredentials>;
  readonly #plainHost: string | undefined;

  /**
   * @throws EdgeError EDGE_ERR_DOMAIN for a host that is none, or a wildcard; EDGE_ERR_VALUE, EDGE_ERR_NAME and
   * EDGE_ERR_DUPLICATE for what Cognito would refuse, or what would be of no use. All of them before anything is
   * registered
   */
  constructor(name: string, args: CognitoLoginArgs, opts?: pulumi.ComponentResourceOptions) {
    const { region, tags, domain } = args;
    const browsers = planBrowserLogin(args);
    const machines = args.machines && planMachines(args.machines);
    validateUserPool(args);
    validateUse(browsers, machines);
    super('edge-inference:index:CognitoLogin', name, {}, opts);
    this.#browsers = browsers;
    this.#machines = machines;
    this.#plainHost = domain._hostIn(typeof region === 'string' ? region : undefined);

    const pool = makeUserPool(args, { parent: this, name, region, tags });
    const made = domain._make({ parent: this, name, pool, region, tags });
    const owner = { parent: this, name, pool, region };
    this.#browserClient = browsers && makeBrowserClient(browsers, owner);
    this.#credentials = machines ? makeMachines(machines, owner) : new Map();

    this.userPoolId = pool.id;
    this.userPoolArn = pool.arn;
    this.domain = made.domain;
    this.issuer = pulumi.interpolate`https://${pool.endpoint}`;
    this.jwksEndpoint = pulumi.interpolate`${this.issuer}/.well-known/jwks.json`;
    this.tokenEndpoint = pulumi.interpolate`https://${made.host}/oauth2/token`;
    const { userPoolId, userPoolArn, issuer, jwksEndpoint, tokenEndpoint } = this;
    this.registerOutputs({ userPoolId, userPoolArn, domain: this.domain, issuer, jwksEndpoint, tokenEndpoint });
  }

  /**
   * For `AlbAuth.cognito(..)`.
   *
   * @throws EdgeError EDGE_ERR_VALUE without `hosts`, or for scopes that the login may not ask for
   */
  albCognito(options: AlbLoginOptions = {}): AlbCognitoOptions {
    const client = this.#browserClient;
    if (!client || !this.#browsers) {
      const rule = 'albCognito(..) is for browsers, which log in for hosts';
      throw new EdgeError('EDGE_ERR_VALUE', { at: 'CognitoLogin.hosts', value: 'empty', rule, fix: 'Name the hosts' });
    }
    const scopes = options.scopes ?? [...this.#browsers.scopes];
    validateScopes('a scope of CognitoLogin.albCognito(..)', scopes, this.#browsers.scopes);
    return {
      ...options,
      scopes,
      userPoolArn: token(this.userPoolArn),
      userPoolClientId: token(client.id),
      userPoolDomain: token(this.domain),
    };
  }

  /**
   * For `AlbAuth.jwt(..)`: tokens of programs pass that have one of the scopes. Those of people have none of them, though
   * the same pool signs them.
   *
   * @throws EdgeError EDGE_ERR_VALUE without `machines`, or for a scope that there is not; EDGE_ERR_ALB_LIMIT for more
   * than a load balancer compares
   */
  albJwt({ scopes }: CognitoJwtOptions = {}): AlbJwtOptions {
    const at = 'CognitoLogin.albJwt(..)';
    const machines = this.#machines;
    if (!machines) {
      const rule = 'albJwt(..) is for programs, and no other gets tokens with scopes of its own';
      const fix = 'Name the programs';
      throw new EdgeError('EDGE_ERR_VALUE', { at: 'CognitoLogin.machines', value: 'empty', rule, fix });
    }
    const known = Object.keys(machines.scopes);
    const wanted = scopes ?? known;
    validateScopes(`a scope of ${at}`, wanted, known);
    if (wanted.length === 0 || wanted.length > MAX_CLAIM_VALUES) {
      throw new EdgeError('EDGE_ERR_ALB_LIMIT', {
        at,
        value: `${wanted.length} scopes`,
        rule: `a load balancer compares a claim with 1 to ${MAX_CLAIM_VALUES} values`,
        fix: 'Name the scopes that pass',
      });
    }
    const values = wanted.map((scope) => `${machines.identifier}/${scope}`);
    return {
      issuer: token(this.issuer),
      jwksEndpoint: token(this.jwksEndpoint),
      claims: [{ name: 'scope', format: AlbClaimFormat.SPACE_SEPARATED, values }],
    };
  }

  /**
   * What a program needs to get tokens at `tokenEndpoint`.
   *
   * @param name one of `machines.clients`
   * @throws EdgeError EDGE_ERR_VALUE for a name that is none of them
   */
  machine(name: string): MachineCredentials {
    const found = this.#credentials.get(name);
    if (found) return found;
    const names = [...this.#credentials.keys()];
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: 'CognitoLogin.machine(name)',
      value: name,
      rule: `its machines are ${names.join(', ') || 'none'}`,
      fix: 'Use one of them, or add it to CognitoLogin.machines.clients',
    });
  }

  /**
   * For `ModelLogin.clientCredentials(..)` of a bridge. The Secret is for the stack to make, with `clientSecret` of
   * {@link machine} in it.
   *
   * The bridge's NetworkPolicy is made from the URL, so this needs one that is known before anything is deployed: with
   * `CognitoDomain.prefix(..)` the region must be a text.
   *
   * @throws EdgeError EDGE_ERR_VALUE for a name that is none of the machines, or a region that is not known yet
   */
  clientCredentials(name: string, { secret, secretKey }: MachineLoginOptions): ClientCredentialsOptions {
    const { clientId, scope } = this.machine(name);
    if (this.#plainHost === undefined) {
      throw new EdgeError('EDGE_ERR_VALUE', {
        at: 'CognitoLogin.region',
        value: 'not known yet',
        rule: "the URL of the token endpoint has it, and the bridge's NetworkPolicy is made from that",
        fix: 'Give the region as a text, or use CognitoDomain.custom(..)',
      });
    }
    const tokenUrl = `https://${this.#plainHost}/oauth2/token`;
    return { tokenUrl, clientId: token(clientId), scope, secret, secretKey };
  }
}

function validateUse(browsers: BrowserLoginPlan | undefined, machines: MachinesPlan | undefined): void {
  if (browsers || machines) return;
  const rule = 'nobody could log in with it';
  const fix = 'Give hosts for browsers, or machines for programs';
  throw new EdgeError('EDGE_ERR_VALUE', { at: 'what CognitoLogin is for', value: 'nothing', rule, fix });
}

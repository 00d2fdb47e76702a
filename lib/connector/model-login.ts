import { Duration } from 'cdk8s';
import type { BridgeConfigInput } from '../../bridge/config';
import { hostProblem } from '../../bridge/config/host-name';
import { EdgeError } from '../errors';
import type { NetworkRule } from '../kubernetes/objects';
import type { ISecret } from '../kubernetes/plus';
import type { ProjectedSource } from '../kubernetes/pod';
import { secretEntries } from '../kubernetes/secret-entry';
import type { InferenceModel } from '../serving/inference-model';
import { ModelVisibility } from '../serving/model-options';
import type { ClientCredentialsOptions, DexFormOptions, ServiceAccountTokenOptions } from './model-login-options';
import { egressTo } from './url-egress';

/** The API server issues none for less, nor for more. */
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

type ModelConfig = BridgeConfigInput['routes'][number]['model'];

interface LoginParts {
  /** What the pod gets to see. */
  readonly source: ProjectedSource;
  /** @param file where a file of the source is */
  readonly login: (file: (name: string) => string) => NonNullable<ModelConfig['login']>;
  /** Hosts that the bridge talks to, besides the models. */
  readonly urls?: readonly URL[];
  /** By which the models are called, in place of their hosts in the cluster. */
  readonly gateway?: URL;
}

/** How the bridge says who it is to whatever stands in front of the models. */
export class ModelLogin {
  /**
   * With a token of the bridge's own ServiceAccount, which the kubelet puts into the pod and renews. Whoever is to let it
   * in sees `system:serviceaccount:<namespace>:<name of the bridge>` as its subject.
   *
   * @throws EdgeError EDGE_ERR_VALUE for an empty audience, or an expiration that the API server refuses
   * @see https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
   */
  static serviceAccountToken(options: ServiceAccountTokenOptions = {}): ModelLogin {
    const { audience = 'edge-inference', expiration = Duration.hours(1) } = options;
    const at = 'ModelLogin.serviceAccountToken(..)';
    const fix = 'Name the audience that the gateway asks for, or leave it out';
    refuseEmpty(`the audience of ${at}`, audience, 'a token is made for somebody', fix);
    const seconds = expiration.toMilliseconds() / 1000;
    if (!Number.isInteger(seconds) || seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
      throw new EdgeError('EDGE_ERR_VALUE', {
        at: `the expiration of ${at}`,
        value: `${seconds} s`,
        rule: `the API server issues tokens for ${MIN_SECONDS} to ${MAX_SECONDS} whole seconds`,
        fix: 'Choose a duration within that',
      });
    }
    return new ModelLogin({
      source: { serviceAccountToken: { path: 'token', audience, expirationSeconds: seconds } },
      login: (file) => ({ bearerTokenFile: file('token') }),
    });
  }

  /**
   * With a header from a Secret, `x-api-key` for instance.
   *
   * @param name of the header
   * @param secret the Secret in the bridge's namespace, or its name
   * @param key which entry of the Secret. @default 'token'
   * @throws EdgeError EDGE_ERR_NAME for what no header, Secret or key can be called
   */
  static header(name: string, secret: ISecret | string, key: string = 'token'): ModelLogin {
    const at = 'ModelLogin.header(..)';
    if (!/^[-\w]+$/.test(name)) {
      const rule = 'headers have letters, digits, - and _';
      throw new EdgeError('EDGE_ERR_NAME', { at: `the name of ${at}`, value: name, rule, fix: 'Name a header' });
    }
    return new ModelLogin({
      source: secretEntries(at, secret, { token: key }),
      login: (file) => ({ headerFile: { name: name.toLowerCase(), file: file('token') } }),
    });
  }

  /**
   * With tokens that an identity provider issues to the bridge, OAuth's grant "client credentials". The bridge fetches one
   * before the last expires, and when a model answers 401.
   *
   * The bridge's NetworkPolicy opens the way to the provider: to the namespace of its Service, or to its port at any
   * address, as policies know no host names.
   *
   * @throws EdgeError EDGE_ERR_VALUE for URLs that are none, or for both or none of `tokenUrl` and `issuer`
   * @throws EdgeError EDGE_ERR_NAME for a name or key that no Secret can have
   */
  static clientCredentials(options: ClientCredentialsOptions): ModelLogin {
    const { tokenUrl, issuer, clientId, secret, secretKey = 'client-secret', scope, audience, secretInForm } = options;
    const at = 'ModelLogin.clientCredentials(..)';
    if ((tokenUrl === undefined) === (issuer === undefined)) {
      const value = tokenUrl === undefined ? 'neither' : 'both';
      const rule = 'the bridge asks one of them for tokens';
      const both = `what is given of tokenUrl and issuer to ${at}`;
      throw new EdgeError('EDGE_ERR_VALUE', { at: both, value, rule, fix: 'Give one of them' });
    }
    const url = httpUrl(`the ${tokenUrl === undefined ? 'issuer' : 'tokenUrl'} of ${at}`, String(tokenUrl ?? issuer));
    refuseEmpty(`the clientId of ${at}`, clientId, 'the issuer knows clients by their ids', 'Name the client');
    return new ModelLogin({
      source: secretEntries(at, secret, { 'client-secret': secretKey }),
      login: (file) => ({
        clientCredentials: {
          ...(tokenUrl === undefined ? { issuer } : { tokenUrl }),
          clientId,
          clientSecretFile: file('client-secret'),
          ...(scope !== undefined && { scope }),
          ...(audience !== undefined && { audience }),
          ...(secretInForm === true && { authentication: 'post' }),
        },
      }),
      urls: [url],
    });
  }

  /**
   * By filling in Dex's login form, as people do, for gateways with oauth2-proxy or authservice that let nobody in
   * otherwise. Prefer a token where the gateway takes one: a password is good for everything that its owner may do.
   *
   * @throws EdgeError EDGE_ERR_VALUE or EDGE_ERR_DOMAIN for a gateway or hosts that are none
   * @throws EdgeError EDGE_ERR_NAME for a name or key that no Secret can have
   */
  static dexForm(options: DexFormOptions): ModelLogin {
    const { gateway, secret, usernameKey = 'username', passwordKey = 'password', connector, allowedHosts } = options;
    const at = 'ModelLogin.dexForm(..)';
    const url = httpUrl(`the gateway of ${at}`, gateway);
    if (url.pathname !== '/' || url.search !== '') {
      const rule = 'models are found there by their own paths';
      throw new EdgeError('EDGE_ERR_VALUE', {
        at: `the gateway of ${at}`,
        value: gateway,
        rule,
        fix: 'Leave the path out',
      });
    }
    for (const [i, host] of (allowedHosts ?? []).entries()) {
      const rule = hostProblem(host);
      const where = `allowedHosts[${i}] of ${at}`;
      if (rule) throw new EdgeError('EDGE_ERR_DOMAIN', { at: where, value: host, rule, fix: 'Name a host' });
    }
    return new ModelLogin({
      source: secretEntries(at, secret, { username: usernameKey, password: passwordKey }),
      login: (file) => ({
        dexForm: {
          usernameFile: file('username'),
          passwordFile: file('password'),
          ...(connector !== undefined && { connector }),
          ...(allowedHosts && { allowedHosts: [...allowedHosts] }),
        },
      }),
      urls: [url, ...(allowedHosts ?? []).map((host) => new URL(`https://${host}`))],
      gateway: url,
    });
  }

  readonly #parts: LoginParts;

  private constructor(parts: LoginParts) {
    this.#parts = parts;
  }

  /**
   * For a projected volume: a directory and no single file, so that what is renewed shows in it.
   *
   * @internal
   */
  _source(): ProjectedSource {
    return this.#parts.source;
  }

  /**
   * @throws EdgeError EDGE_ERR_ROUTE_MODEL for a model that the gateway of the login does not know
   * @internal
   */
  _admit({ namespace, name, visibility, speaksGrpc }: InferenceModel): void {
    if (!this.#parts.gateway) return;
    if (speaksGrpc) {
      throw new EdgeError('EDGE_ERR_ROUTE_MODEL', {
        at: 'the model of a route behind ModelLogin.dexForm(..)',
        value: `${namespace}/${name}`,
        rule: 'it is asked by gRPC, and the gateway would answer with a page to log in, which gRPC has not',
        fix: 'Use another login, or leave grpcPort out of the model',
      });
    }
    if (visibility === ModelVisibility.PUBLIC) return;
    throw new EdgeError('EDGE_ERR_ROUTE_MODEL', {
      at: 'the model of a route behind ModelLogin.dexForm(..)',
      value: `${namespace}/${name}`,
      rule: 'it is for the cluster only, and the gateway that asks for the login knows public models',
      fix: 'Make the model public, or use a bridge without this login',
    });
  }

  /**
   * What the bridge has to know to call a model.
   *
   * @param folder where the volume is mounted
   * @internal
   */
  _config(model: InferenceModel, folder: string): Pick<ModelConfig, 'url' | 'hostHeader' | 'login'> {
    const { gateway, login } = this.#parts;
    const { pathname } = new URL(model.predictUrl);
    return {
      url: gateway ? new URL(pathname, gateway).href : model.predictUrl,
      ...(gateway && { hostHeader: model.externalHost }),
      login: login((name) => `${folder}/${name}`),
    };
  }

  /** @internal */
  _egress(): NetworkRule[] {
    return egressTo(this.#parts.urls ?? []);
  }
}

function httpUrl(at: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  const rule = 'it is a URL that begins with http:// or https://, without user name and password';
  throw new EdgeError('EDGE_ERR_VALUE', { at, value: withoutPassword(value), rule, fix: 'Give such a URL' });
}

function withoutPassword(value: string): string {
  return value.replace(/\/\/[^/]*@/, '//…@');
}

function refuseEmpty(at: string, value: string, rule: string, fix: string): void {
  if (value === '') throw new EdgeError('EDGE_ERR_VALUE', { at, value, rule, fix });
}

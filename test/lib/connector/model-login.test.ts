import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseBridgeConfig, type RouteConfig } from '../../../bridge/config';
import {
  type ClientCredentialsOptions,
  type DexFormOptions,
  type EdgeApp,
  InferenceProtocol,
  ModelLogin,
  ModelVisibility,
  type ServiceAccountTokenOptions,
} from '../../../lib';
import { synthesize, unseenProps } from '../../../lib/testing';
import { manifestOf } from '../support/manifests';
import { restrictedProblems } from '../support/pods';
import { expectRefusal } from '../support/refusals';
import { IRIS, irisStack, stackWithoutRoute } from '../support/stacks';

const CLIENT = { clientId: 'bridge', secret: 'bridge-client' };
const TOKEN_URL = 'https://login.example.com/token';
const GATEWAY = 'http://istio-ingressgateway.istio-system.svc.cluster.local';

function bridgeWith(modelLogin: ModelLogin): EdgeApp {
  return irisStack({}, { modelLogin }).app;
}

function appWith(options?: ServiceAccountTokenOptions): EdgeApp {
  return bridgeWith(ModelLogin.serviceAccountToken(options));
}

function podOf(app: EdgeApp) {
  return manifestOf(app, 'StatefulSet', 'bridge').spec.template.spec;
}

function modelsOf(app: EdgeApp): RouteConfig['model'][] {
  const config = parse(manifestOf(app, 'ConfigMap', 'bridge-config').data['bridge.yaml']);
  return parseBridgeConfig(config).routes.map(({ model }) => model);
}

function loginOf(app: EdgeApp) {
  return modelsOf(app)[0]?.login;
}

/** What the pod sees of Secrets for its login. */
function loginVolume(app: EdgeApp) {
  return podOf(app).volumes.find(({ name }: { name: string }) => name === 'model-login');
}

/** Where a bridge may go for its login, besides where it may go anyway. */
function loginEgress(app: EdgeApp) {
  const { egress } = manifestOf(app, 'NetworkPolicy', 'bridge').spec;
  return egress.slice(manifestOf(irisStack().app, 'NetworkPolicy', 'bridge').spec.egress.length);
}

function secretVolume(name: string, ...items: { key: string; path: string }[]) {
  return { name: 'model-login', projected: { defaultMode: 0o440, sources: [{ secret: { name, items } }] } };
}

describe('a bridge without modelLogin', () => {
  it('has no token, and sends none', () => {
    const { app } = irisStack();

    expect(loginOf(app)).toBeUndefined();
    expect(loginVolume(app)).toBeUndefined();
  });
});

describe('ModelLogin.serviceAccountToken (D-T7)', () => {
  it('puts a token of the bridge’s own ServiceAccount into the pod, not made for the API server', () => {
    const { volumes, serviceAccountName } = podOf(appWith());

    expect(serviceAccountName).toBe('bridge');
    expect(volumes).toContainEqual({
      name: 'model-login',
      projected: {
        defaultMode: 0o440,
        sources: [{ serviceAccountToken: { path: 'token', audience: 'edge-inference', expirationSeconds: 3600 } }],
      },
    });
  });

  it('is mounted where every route of the configuration looks for it', () => {
    const { app, bridge, platform, camera } = irisStack({}, { modelLogin: ModelLogin.serviceAccountToken() });
    bridge.addRoute({ model: platform.addModel('other', IRIS), clients: [camera] });

    const [{ volumeMounts }] = podOf(app).containers;

    expect(volumeMounts).toContainEqual({ name: 'model-login', mountPath: '/var/run/model-login', readOnly: true });
    const login = { bearerTokenFile: '/var/run/model-login/token' };
    expect(modelsOf(app).map((model) => model.login)).toStrictEqual([login, login]);
  });

  it('opens no way to the API server, and leaves the pod restricted', () => {
    const app = appWith();

    expect(podOf(app).automountServiceAccountToken).toBe(false);
    expect(manifestOf(app, 'ServiceAccount', 'bridge').automountServiceAccountToken).toBe(false);
    expect(restrictedProblems(manifestOf(app, 'StatefulSet', 'bridge'))).toStrictEqual([]);
  });

  it('writes all its options into the pod', () => {
    const all: Required<ServiceAccountTokenOptions> = {
      audience: 'gateway.example.com',
      expiration: Duration.hours(2),
    };

    const { audience } = all;
    const manifests = synthesize(appWith(all));
    expect(unseenProps({ audience, expirationSeconds: 7200 }, manifests)).toStrictEqual([]);
  });

  it.each([Duration.minutes(10), Duration.seconds(2 ** 32)])('takes what the API server issues: %o', (expiration) => {
    expect(() => ModelLogin.serviceAccountToken({ expiration })).not.toThrow();
  });

  it.each([
    [Duration.seconds(599), '"599 s"'],
    [Duration.seconds(2 ** 32 + 1), '"4294967297 s"'],
    [Duration.millis(600_500), '"600.5 s"'],
  ])('refuses an expiration that the API server would: %o', (expiration, value) => {
    expectRefusal(() => ModelLogin.serviceAccountToken({ expiration }), {
      code: 'EDGE_ERR_VALUE',
      value,
      rule: '600 to 4294967296 whole seconds',
    });
  });

  it('refuses a token for nobody', () => {
    expectRefusal(() => ModelLogin.serviceAccountToken({ audience: '' }), {
      code: 'EDGE_ERR_VALUE',
      value: '""',
      rule: 'a token is made for somebody',
    });
  });
});

describe('ModelLogin.header', () => {
  it('sends the entry of a Secret, which is nowhere else', () => {
    const app = bridgeWith(ModelLogin.header('X-Api-Key', 'models', 'of-the-bridge'));

    expect(loginOf(app)).toStrictEqual({ headerFile: { name: 'x-api-key', file: '/var/run/model-login/token' } });
    expect(loginVolume(app)).toStrictEqual(secretVolume('models', { key: 'of-the-bridge', path: 'token' }));
    expect(loginEgress(app)).toStrictEqual([]);
  });

  it('takes the entry "token" of the Secret', () => {
    const app = bridgeWith(ModelLogin.header('x-api-key', 'models'));

    expect(loginVolume(app)).toStrictEqual(secretVolume('models', { key: 'token', path: 'token' }));
  });

  it.each([
    ['x api key', 'models', 'token', '"x api key"', 'headers have letters, digits, - and _'],
    ['', 'models', 'token', '""', 'headers have letters'],
    ['x-api-key', 'Models', 'token', '"Models"', 'a name has only a-z'],
    ['x-api-key', 'models', 'to/ken', '"to/ken"', 'keys of a Secret have letters'],
  ])('refuses the header %j, the Secret %j and the key %j', (name, secret, key, value, rule) => {
    expectRefusal(() => ModelLogin.header(name, secret, key), { code: 'EDGE_ERR_NAME', value, rule });
  });
});

describe('ModelLogin.clientCredentials', () => {
  it('asks the issuer for tokens, with a secret from a Secret', () => {
    const app = bridgeWith(ModelLogin.clientCredentials({ ...CLIENT, tokenUrl: TOKEN_URL }));

    expect(loginOf(app)).toStrictEqual({
      clientCredentials: {
        tokenUrl: TOKEN_URL,
        clientId: 'bridge',
        clientSecretFile: '/var/run/model-login/client-secret',
        authentication: 'basic',
      },
    });
    expect(loginVolume(app)).toStrictEqual(
      secretVolume('bridge-client', { key: 'client-secret', path: 'client-secret' }),
    );
  });

  it('writes all its options into the configuration and the pod', () => {
    const all: Required<Omit<ClientCredentialsOptions, 'tokenUrl'>> = {
      issuer: 'https://login.example.com/realms/models',
      clientId: 'bridge-7',
      secret: 'bridge-client',
      secretKey: 'of-the-client',
      scope: 'models:call',
      audience: 'https://models',
      secretInForm: true,
    };
    const app = bridgeWith(ModelLogin.clientCredentials(all));

    const { secretInForm, ...plain } = all;
    expect(unseenProps(plain, synthesize(app))).toStrictEqual([]);
    expect(loginOf(app)?.clientCredentials).toMatchObject({ issuer: all.issuer, authentication: 'post' });
  });

  it.each([
    ['https://login.example.com/token', { ports: [{ port: 443, protocol: 'TCP' }] }],
    ['http://login.example.com/token', { ports: [{ port: 80, protocol: 'TCP' }] }],
    ['https://login.example.com:8443/token', { ports: [{ port: 8443, protocol: 'TCP' }] }],
    ['http://keycloak.auth.svc.cluster.local:8080/token', { to: [namespace('auth')] }],
    ['http://keycloak.auth.svc/token', { to: [namespace('auth')] }],
  ])('opens the way to %s', (tokenUrl, rule) => {
    expect(loginEgress(bridgeWith(ModelLogin.clientCredentials({ ...CLIENT, tokenUrl })))).toStrictEqual([rule]);
  });

  it.each([
    [{}, '"neither"', 'the bridge asks one of them'],
    [{ tokenUrl: TOKEN_URL, issuer: TOKEN_URL }, '"both"', 'the bridge asks one of them'],
    [{ tokenUrl: 'login.example.com' }, '"login.example.com"', 'begins with http:// or https://'],
    [{ issuer: 'ftp://login.example.com' }, '"ftp://login.example.com"', 'begins with http:// or https://'],
    [{ tokenUrl: TOKEN_URL, clientId: '' }, '""', 'the issuer knows clients by their ids'],
  ])('refuses %o', (changes, value, rule) => {
    const options: ClientCredentialsOptions = { ...CLIENT, ...changes };

    expectRefusal(() => ModelLogin.clientCredentials(options), { code: 'EDGE_ERR_VALUE', value, rule });
  });

  it('does not repeat a password that was written into a URL', () => {
    const tokenUrl = 'https://bridge:hunter2@login.example.com/token';

    expect(() => ModelLogin.clientCredentials({ ...CLIENT, tokenUrl })).toThrow('//…@login.example.com');
    expect(() => ModelLogin.clientCredentials({ ...CLIENT, tokenUrl })).not.toThrow('hunter2');
  });

  it.each([
    [{ secret: 'Bridge_Client' }, '"Bridge_Client"'],
    [{ secretKey: 'a b' }, '"a b"'],
  ])('refuses %o, which no Secret can have', (changes, value) => {
    const options = { ...CLIENT, tokenUrl: TOKEN_URL, ...changes };

    expectRefusal(() => ModelLogin.clientCredentials(options), { code: 'EDGE_ERR_NAME', value, rule: '' });
  });
});

describe('ModelLogin.dexForm', () => {
  it('calls models through the gateway, by their hosts outside (D-3), with credentials from a Secret (D-4)', () => {
    const app = bridgeWith(ModelLogin.dexForm({ gateway: GATEWAY, secret: 'bridge-user' }));

    const [model] = modelsOf(app);
    expect(model).toMatchObject({
      url: `${GATEWAY}/v1/models/iris:predict`,
      hostHeader: 'iris.staging.platform.example.com',
    });
    expect(model?.login).toStrictEqual({
      dexForm: {
        usernameFile: '/var/run/model-login/username',
        passwordFile: '/var/run/model-login/password',
        connector: 'local',
        allowedHosts: [],
      },
    });
    expect(loginVolume(app)).toStrictEqual(
      secretVolume('bridge-user', { key: 'username', path: 'username' }, { key: 'password', path: 'password' }),
    );
  });

  it('writes all its options into the configuration and the pod', () => {
    const all: Required<DexFormOptions> = {
      gateway: 'https://gateway.example.com:8443',
      secret: 'bridge-user',
      usernameKey: 'mail',
      passwordKey: 'passphrase',
      connector: 'ldap',
      allowedHosts: ['dex.example.com'],
    };

    expect(unseenProps(all, synthesize(bridgeWith(ModelLogin.dexForm(all))))).toStrictEqual([]);
  });

  it('opens the way to the gateway, and to Dex where it has a host of its own', () => {
    const allowedHosts = ['dex.auth.svc.cluster.local:5556', 'dex.example.com'];
    const app = bridgeWith(ModelLogin.dexForm({ gateway: GATEWAY, secret: 'bridge-user', allowedHosts }));

    expect(loginEgress(app)).toStrictEqual([
      { to: [namespace('istio-system', 'auth')] },
      { ports: [{ port: 443, protocol: 'TCP' }] },
    ]);
  });

  it.each([
    [
      { gateway: 'istio-ingressgateway' },
      'EDGE_ERR_VALUE',
      '"istio-ingressgateway"',
      'begins with http:// or https://',
    ],
    [{ gateway: `${GATEWAY}/dashboard` }, 'EDGE_ERR_VALUE', `"${GATEWAY}/dashboard"`, 'by their own paths'],
    [{ allowedHosts: ['https://dex'] }, 'EDGE_ERR_DOMAIN', '"https://dex"', 'must be a host in lower case'],
    [{ allowedHosts: ['*.example.com'] }, 'EDGE_ERR_DOMAIN', '"*.example.com"', 'hosts are named one by one'],
    [{ secret: '' }, 'EDGE_ERR_NAME', '""', 'a name has only a-z'],
    [{ usernameKey: '/' }, 'EDGE_ERR_NAME', '"/"', 'keys of a Secret have letters'],
    [{ passwordKey: '' }, 'EDGE_ERR_NAME', '""', 'keys of a Secret have letters'],
  ] as const)('refuses %o', (changes, code, value, rule) => {
    const { allowedHosts = [], ...others } = changes as Partial<DexFormOptions>;
    const options = { gateway: GATEWAY, secret: 'bridge-user', allowedHosts: [...allowedHosts], ...others };

    expectRefusal(() => ModelLogin.dexForm(options), { code, value, rule });
  });

  it('refuses a model that the gateway does not know', () => {
    const modelLogin = ModelLogin.dexForm({ gateway: GATEWAY, secret: 'bridge-user' });
    const { bridge, platform, camera } = stackWithoutRoute({ modelLogin });
    const model = platform.addModel('private', { ...IRIS, visibility: ModelVisibility.CLUSTER_LOCAL });

    expectRefusal(() => bridge.addRoute({ model, clients: [camera] }), {
      code: 'EDGE_ERR_ROUTE_MODEL',
      value: '"staging/private"',
      rule: 'it is for the cluster only',
    });
  });

  it('refuses a model that is asked by gRPC, which shows no page to log in', () => {
    const modelLogin = ModelLogin.dexForm({ gateway: GATEWAY, secret: 'bridge-user' });
    const { bridge, platform, camera } = stackWithoutRoute({ modelLogin });
    const model = platform.addModel('grpc', { ...IRIS, protocol: InferenceProtocol.V2, grpcPort: 8081 });

    expectRefusal(() => bridge.addRoute({ model, clients: [camera] }), {
      code: 'EDGE_ERR_ROUTE_MODEL',
      value: '"staging/grpc"',
      rule: 'it is asked by gRPC',
    });
  });
});

function namespace(...values: string[]) {
  return { namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] } };
}

import { describe, expect, it } from 'vitest';
import { type BridgeConfigInput, BridgeError, parseBridgeConfig } from '../../../bridge';
import { configInput, routeConfig, routeInput } from '../support/config';

type ModelInput = BridgeConfigInput['routes'][number]['model'];
type LoginInput = NonNullable<ModelInput['login']>;

const FILES = { usernameFile: '/run/username', passwordFile: '/run/password' };
const CLIENT = { clientId: 'bridge', clientSecretFile: '/run/secret' };

function problemsOf(model: Partial<ModelInput>): string[] {
  try {
    parseBridgeConfig(configInput({ routes: [routeInput({ model })] }));
  } catch (error) {
    expect(error).toBeInstanceOf(BridgeError);
    return (error as BridgeError).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replace('routes[0].model', 'model'));
  }
  return [];
}

function loginOf(login: LoginInput) {
  return routeConfig({ model: { login } }).model.login;
}

describe('model.login', () => {
  it('is none by default', () => {
    expect(routeConfig().model.login).toBeUndefined();
  });

  it('has few defaults', () => {
    const tokenUrl = 'https://login.example.com/token';

    expect(loginOf({ bearerTokenFile: '/run/token' })).toStrictEqual({ bearerTokenFile: '/run/token' });
    expect(loginOf({ clientCredentials: { ...CLIENT, tokenUrl } })).toStrictEqual({
      clientCredentials: { ...CLIENT, tokenUrl, authentication: 'basic' },
    });
    expect(loginOf({ dexForm: FILES })).toStrictEqual({
      dexForm: { ...FILES, connector: 'local', allowedHosts: [] },
    });
  });

  it('takes everything it knows', () => {
    const clientCredentials = {
      ...CLIENT,
      issuer: 'https://login.example.com/realms/models',
      scope: 'models',
      audience: 'iris',
      authentication: 'post' as const,
      caFile: '/etc/ca.pem',
    };
    const dexForm = {
      ...FILES,
      url: 'https://kubeflow.example.com/',
      connector: 'ldap',
      allowedHosts: ['dex.example.com', 'dex.auth.svc:5556', '[::1]:5556'],
      caFile: '/etc/ca.pem',
    };
    const headerFile = { name: 'X-Api-Key', file: '/run/key' };

    expect(loginOf({ clientCredentials })).toStrictEqual({ clientCredentials });
    expect(loginOf({ dexForm })).toStrictEqual({ dexForm });
    expect(loginOf({ headerFile })).toStrictEqual({ headerFile });
  });

  it.each([{}, { bearerTokenFile: '/run/token', dexForm: FILES }])('is one way to log in, and not %o', (login) => {
    expect(problemsOf({ login })).toStrictEqual([
      'model.login needs one way to log in. Give one of bearerTokenFile, headerFile, clientCredentials and dexForm',
    ]);
  });

  it('names the keys that a way to log in has', () => {
    expect(problemsOf({ login: { dexForm: { ...FILES, password: 'inline' } as typeof FILES } })).toStrictEqual([
      'model.login.dexForm has the unknown key "password". Known here: url, usernameFile, passwordFile, connector, allowedHosts, caFile',
    ]);
  });

  it.each([{}, { tokenUrl: 'https://a.example/token', issuer: 'https://a.example' }])(
    'knows from either tokenUrl or issuer where tokens are issued, and not from %o',
    (where) => {
      expect(problemsOf({ login: { clientCredentials: { ...CLIENT, ...where } } })).toStrictEqual([
        'model.login.clientCredentials needs to know where tokens are issued. Give either tokenUrl, or an issuer that says so itself',
      ]);
    },
  );

  it.each(['https://Dex.example.com', 'Dex.example.com', 'dex.example.com/dex', 'a b', '', 'user@dex.example.com'])(
    'leads to no host %j',
    (host) => {
      const [problem] = problemsOf({ login: { dexForm: { ...FILES, allowedHosts: [host] } } });

      expect(problem).toBe(
        `model.login.dexForm.allowedHosts[0] is "${host}", but must be a host in lower case, with a port where it is not the usual one`,
      );
    },
  );

  it('leads to hosts that are named one by one', () => {
    expect(problemsOf({ login: { dexForm: { ...FILES, allowedHosts: ['*.example.com'] } } })).toStrictEqual([
      'model.login.dexForm.allowedHosts[0] is "*.example.com", but hosts are named one by one, without *',
    ]);
  });

  it('says nothing of a password that was written into a URL', () => {
    const [problem] = problemsOf({
      login: { clientCredentials: { ...CLIENT, tokenUrl: 'https://bridge:hunter2@login.example.com/token' } },
    });

    expect(problem).toContain('model.login.clientCredentials.tokenUrl has a user name or password in it');
    expect(problem).not.toContain('hunter2');
  });

  it('is sent in no header that HTTP does not allow', () => {
    expect(problemsOf({ login: { headerFile: { name: 'x api key', file: '/run/key' } } })).toStrictEqual([
      'model.login.headerFile.name is "x api key", which HTTP does not allow for a header',
    ]);
  });

  it.each([
    [{ bearerTokenFile: '/run/token' }, 'Authorization'],
    [{ clientCredentials: { ...CLIENT, tokenUrl: 'https://a.example/token' } }, 'authorization'],
    [{ headerFile: { name: 'X-Api-Key', file: '/run/key' } }, 'x-api-key'],
    [{ dexForm: FILES }, 'Cookie'],
  ] satisfies [LoginInput, string][])('%o stands beside no header %s', (login, name) => {
    const header = name.toLowerCase();

    expect(problemsOf({ login, headers: { [name]: 'mine' } })).toStrictEqual([
      `model has a login and a header "${header}", which is what the login is sent in. Give one of them`,
    ]);
  });

  it('stands beside other headers', () => {
    expect(problemsOf({ login: { dexForm: FILES }, headers: { authorization: 'Basic YTpi' } })).toStrictEqual([]);
  });
});

describe('model.hostHeader', () => {
  it.each(['iris.staging.example.com', 'iris.staging.example.com:8080'])('may be %s', (hostHeader) => {
    expect(problemsOf({ hostHeader })).toStrictEqual([]);
  });

  it('is a host', () => {
    expect(problemsOf({ hostHeader: 'http://iris' })).toStrictEqual([
      'model.hostHeader is "http://iris", but must be a host in lower case, with a port where it is not the usual one',
    ]);
  });

  it('stands beside no header "host"', () => {
    expect(problemsOf({ hostHeader: 'iris', headers: { Host: 'iris' } })).toStrictEqual([
      'model has a hostHeader and a header "host". Give one of them',
    ]);
  });

  it('stands beside no host that comes from the topic', () => {
    const route = routeInput({
      requestTopic: '{model}/input',
      model: { url: 'http://{model}.example.com/predict', hostHeader: 'iris.example.com' },
    });

    expect(() => parseBridgeConfig(configInput({ routes: [route] }))).toThrow(
      'has a hostHeader and a URL whose host comes from the topic',
    );
  });
});

describe('model.tls', () => {
  const tls = { caFile: '/etc/ca.pem', certFile: '/run/tls.crt', keyFile: '/run/tls.key', serverName: 'iris' };

  it('is for models that are called with https://', () => {
    expect(problemsOf({ url: 'https://iris.example/predict', tls })).toStrictEqual([]);
    expect(problemsOf({ url: 'http://iris.example/predict', tls })).toStrictEqual([
      'model has tls and a URL that is not https:// or grpcs://. Change one of them',
    ]);
  });

  it('has both halves of a client certificate', () => {
    expect(problemsOf({ url: 'https://iris.example/predict', tls: { certFile: '/run/tls.crt' } })).toStrictEqual([
      'model.tls certFile and keyFile belong together. Give both or neither',
    ]);
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { CamelBuildStrategy, CamelPlatform, type CamelPlatformProps, EdgeApp, RegistryLogin } from '../../../../lib';
import { findManifest, synthesize, unseenProps } from '../../../../lib/testing';
import { manifestOf, namesOf } from '../../support/manifests';
import { expectRefusal } from '../../support/refusals';

const REGISTRY = { address: 'registry.example.com' };

afterEach(() => {
  vi.unstubAllEnvs();
});

function platformWith(props: Partial<CamelPlatformProps> = {}) {
  const app = new EdgeApp();
  return { app, platform: new CamelPlatform(app, 'camel-k', { registry: REGISTRY, ...props }) };
}

describe('a CamelPlatform without props but its registry', () => {
  it('is an IntegrationPlatform in the usual namespace, which it does not create', () => {
    expect(synthesize(platformWith().app)).toStrictEqual([
      {
        apiVersion: 'camel.apache.org/v1',
        kind: 'IntegrationPlatform',
        metadata: { name: 'camel-k', namespace: 'camel-k' },
        spec: {
          profile: 'Kubernetes',
          build: {
            publishStrategy: 'Jib',
            buildConfiguration: { strategy: 'routine' },
            registry: { address: 'registry.example.com' },
          },
        },
      },
    ]);
  });
});

describe('the props of CamelPlatform', () => {
  const all: Required<CamelPlatformProps> = {
    namespace: 'camels',
    name: 'builder',
    buildStrategy: CamelBuildStrategy.POD,
    registry: {
      address: 'registry.example.com:5000',
      organization: 'edge',
      insecure: true,
      login: RegistryLogin.fromSecret('registry-login'),
      certificateAuthority: 'registry-ca',
    },
  };

  it('are all found in the manifests, as far as they are texts and numbers', () => {
    expect(unseenProps(all, synthesize(platformWith(all).app))).toStrictEqual([]);
  });

  it('registry is where the operator pushes to', () => {
    expect(manifestOf(platformWith(all).app, 'IntegrationPlatform', 'builder', 'camels').spec.build).toStrictEqual({
      publishStrategy: 'Jib',
      buildConfiguration: { strategy: 'pod' },
      registry: {
        address: 'registry.example.com:5000',
        organization: 'edge',
        secret: 'registry-login',
        insecure: true,
        ca: 'registry-ca',
      },
    });
  });

  it('registry.login from the environment becomes a Secret as container tools read it', () => {
    vi.stubEnv('REGISTRY_USER', 'pusher');
    vi.stubEnv('REGISTRY_TOKEN', 'a-token-of-the-registry');
    const login = RegistryLogin.fromEnv('REGISTRY_USER', 'REGISTRY_TOKEN');

    const manifests = synthesize(platformWith({ registry: { ...REGISTRY, login } }).app);

    const { type, stringData } = findManifest(manifests, 'Secret', 'camel-k-registry', 'camel-k');
    expect(type).toBe('kubernetes.io/dockerconfigjson');
    expect(JSON.parse(stringData['.dockerconfigjson'])).toStrictEqual({
      auths: {
        'registry.example.com': {
          username: 'pusher',
          password: 'a-token-of-the-registry',
          auth: Buffer.from('pusher:a-token-of-the-registry').toString('base64'),
        },
      },
    });
    const { registry } = findManifest(manifests, 'IntegrationPlatform', 'camel-k').spec.build;
    expect(registry.secret).toBe('camel-k-registry');
  });

  it('registry.login needs variables that are set', () => {
    vi.stubEnv('REGISTRY_USER', '');

    expectRefusal(() => RegistryLogin.fromEnv('REGISTRY_USER', 'REGISTRY_TOKEN'), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"not set"',
      rule: 'the login to a registry is read from it',
    });
  });

  it('registry.login needs a Secret that can be', () => {
    expectRefusal(() => RegistryLogin.fromSecret('Registry'), {
      code: 'EDGE_ERR_NAME',
      value: '"Registry"',
      rule: 'only a-z',
    });
  });

  it.each(['localhost:5000', '10.0.0.1:5000', 'docker.io'])('registry.address may be %s', (address) => {
    expect(() => platformWith({ registry: { address } })).not.toThrow();
  });

  it.each(['', 'https://registry.example.com', 'registry.example.com/edge', 'a b'])(
    'registry.address may not be %j',
    (address) => {
      expectRefusal(() => platformWith({ registry: { address } }), {
        code: 'EDGE_ERR_VALUE',
        value: `"${address}"`,
        rule: 'it is a host, with a port where it needs one',
      });
    },
  );

  it.each([
    [{ namespace: 'Camels' }, '"Camels"'],
    [{ name: 'a b' }, '"a b"'],
    [{ registry: { ...REGISTRY, certificateAuthority: 'A' } }, '"A"'],
  ])('%j are names that cannot be', (props, value) => {
    expectRefusal(() => platformWith(props), { code: 'EDGE_ERR_NAME', value, rule: 'only a-z' });
  });
});

describe('the smoke test', () => {
  it('is a timer that logs, in the namespace of the platform (A-16)', () => {
    const { app, platform } = platformWith({ namespace: 'camels' });

    const { integration } = platform.addSmokeTest();

    expect(namesOf(synthesize(app))).toContain('Integration camels/camel-k-smoke-test');
    expect(manifestOf(app, 'Integration', integration.name).spec).toStrictEqual({
      flows: [
        {
          route: {
            id: 'camel-k-smoke-test',
            from: {
              uri: 'timer:tick?period=1000',
              steps: [{ setBody: { constant: 'Camel K works' } }, { to: 'log:smoke-test' }],
            },
          },
        },
      ],
    });
  });

  it('is added once', () => {
    const { platform } = platformWith();
    platform.addSmokeTest();

    expectRefusal(() => platform.addSmokeTest(), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"camel-k-smoke-test"',
      rule: 'there is one already',
    });
  });
});

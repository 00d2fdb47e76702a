import { describe, expect, it } from 'vitest';
import {
  EdgeApp,
  InferenceAccess,
  InferencePlatform,
  type InferencePlatformProps,
  MeshCaller,
  ServiceMesh,
  type TenantAccessOptions,
} from '../../../../lib';
import { synthesize, unseenProps } from '../../../../lib/testing';
import { letsThrough, type MeshRequest } from '../../support/istio';
import { manifestOf, namesOf, ofKind } from '../../support/manifests';
import { expectRefusal } from '../../support/refusals';
import { IRIS } from '../../support/stacks';

const GATEWAY = 'cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account';
const LOCAL_GATEWAY = 'cluster.local/ns/istio-system/sa/cluster-local-gateway-service-account';
const ACTIVATOR = 'cluster.local/ns/knative-serving/sa/activator';
const AUTOSCALER = 'cluster.local/ns/knative-serving/sa/controller';
const OTHER_TENANT = 'cluster.local/ns/prod/sa/default';
const PREDICT = '/v1/models/iris:predict';

function appWith(access?: InferenceAccess, props: Partial<InferencePlatformProps> = {}): EdgeApp {
  const app = new EdgeApp();
  const platform = new InferencePlatform(app, 'platform', {
    domain: 'platform.example.com',
    namespaces: ['staging', 'prod'],
    ...(access && { access }),
    ...props,
  });
  platform.addModel('iris', IRIS);
  return app;
}

/** Whether a request to the predictor of a model in `staging` comes through. */
function reaches(app: EdgeApp, request: Partial<MeshRequest>): boolean {
  const labels = { component: 'predictor' };
  return letsThrough(synthesize(app), { namespace: 'staging', labels, path: PREDICT, ...request });
}

function ofMesh(app: EdgeApp): string[] {
  return namesOf(synthesize(app).filter(({ apiVersion }) => apiVersion.startsWith('security.istio.io/')));
}

describe('InferenceAccess.perTenant(), the default', () => {
  it('is these objects, in each namespace of the platform and in no other (C-8, C-T7)', () => {
    expect(ofMesh(appWith())).toStrictEqual([
      'AuthorizationPolicy staging/predictor-access',
      'PeerAuthentication staging/predictor-access',
      'AuthorizationPolicy staging/transformer-access',
      'PeerAuthentication staging/transformer-access',
      'AuthorizationPolicy prod/predictor-access',
      'PeerAuthentication prod/predictor-access',
      'AuthorizationPolicy prod/transformer-access',
      'PeerAuthentication prod/transformer-access',
    ]);
  });

  it('says this of predictors', () => {
    expect(manifestOf(appWith(), 'AuthorizationPolicy', 'predictor-access', 'staging')).toStrictEqual({
      apiVersion: 'security.istio.io/v1beta1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'predictor-access', namespace: 'staging' },
      spec: {
        selector: { matchLabels: { component: 'predictor' } },
        action: 'ALLOW',
        rules: [
          {
            from: [{ source: { principals: [GATEWAY, ACTIVATOR, 'cluster.local/ns/staging/sa/*'] } }],
            to: [
              {
                operation: {
                  paths: [
                    '/v1/models',
                    '/v1/models/*',
                    '/v2',
                    '/v2/health/live',
                    '/v2/health/ready',
                    '/v2/models',
                    '/v2/models/*',
                    '/inference.GRPCInferenceService/Server*',
                    '/inference.GRPCInferenceService/Model*',
                  ],
                },
              },
            ],
          },
          {
            from: [{ source: { principals: [GATEWAY, ACTIVATOR] } }],
            to: [{ operation: { methods: ['GET'], paths: ['/healthz'], ports: ['8012', '8013'] } }],
            when: [{ key: 'request.headers[k-network-probe]', values: ['*'] }],
          },
          {
            to: [
              { operation: { methods: ['GET'], paths: ['/metrics'], ports: ['9090', '9091'] } },
              { operation: { methods: ['GET'], paths: ['/wait-for-drain'], ports: ['8022'] } },
            ],
          },
        ],
      },
    });
  });

  it('says the same of transformers', () => {
    const app = appWith();
    const [predictor, transformer] = ['predictor', 'transformer'].map(
      (component) => manifestOf(app, 'AuthorizationPolicy', `${component}-access`, 'staging').spec,
    );

    expect(transformer).toStrictEqual({ ...predictor, selector: { matchLabels: { component: 'transformer' } } });
  });

  it('asks for TLS where requests arrive, or the activator would call as nobody and take the refusal for a failed pod (kserve#1558)', () => {
    expect(manifestOf(appWith(), 'PeerAuthentication', 'predictor-access', 'staging')).toStrictEqual({
      apiVersion: 'security.istio.io/v1beta1',
      kind: 'PeerAuthentication',
      metadata: { name: 'predictor-access', namespace: 'staging' },
      spec: {
        selector: { matchLabels: { component: 'predictor' } },
        portLevelMtls: { 8012: { mode: 'STRICT' }, 8013: { mode: 'STRICT' } },
      },
    });
  });

  it('is there in namespaces that the app does not create', () => {
    expect(ofMesh(appWith(undefined, { createNamespaces: false }))).toStrictEqual(ofMesh(appWith()));
  });

  it.each([
    '/v1/models',
    '/v1/models/iris',
    PREDICT,
    '/v1/models/iris:explain',
    '/v2',
    '/v2/health/live',
    '/v2/health/ready',
    '/v2/models',
    '/v2/models/iris',
    '/v2/models/iris/infer',
    '/v2/models/iris/versions/1/infer',
    '/v2/models/iris/ready',
  ])('lets the gateway and the activator ask for %s', (path) => {
    const app = appWith();

    expect([GATEWAY, ACTIVATOR].map((principal) => reaches(app, { principal, path }))).toStrictEqual([true, true]);
  });

  it.each(['/', '/v2/repository/index', '/v2/repository/models/iris/unload', '/v1', '/v1/modelsx', '/v20', '/docs'])(
    'lets nobody ask for %s',
    (path) => {
      const app = appWith();
      const callers = [GATEWAY, ACTIVATOR, 'cluster.local/ns/staging/sa/default', undefined];

      expect(callers.filter((principal) => reaches(app, { ...(principal && { principal }), path }))).toStrictEqual([]);
    },
  );

  it("lets a transformer call its predictor, and a tenant's own pods its models", () => {
    expect(reaches(appWith(), { principal: 'cluster.local/ns/staging/sa/default' })).toBe(true);
  });

  it.each([
    ['of another tenant', { principal: OTHER_TENANT }],
    ['of a namespace whose name begins alike', { principal: 'cluster.local/ns/staging-2/sa/default' }],
    ['of another mesh', { principal: GATEWAY.replace('cluster.local', 'elsewhere') }],
    ['without a certificate', {}],
    ['that only names itself in a header', { headers: { 'kubeflow-userid': 'user@example.com' } }],
    ['that is neither gateway nor activator, though of their namespaces', { principal: AUTOSCALER }],
  ])('refuses a caller %s', (_, caller) => {
    expect(reaches(appWith(), caller)).toBe(false);
  });

  it.each([GATEWAY, ACTIVATOR])('lets %s probe the queue-proxy, which answers itself', (principal) => {
    const probe = { principal, path: '/healthz', method: 'GET', headers: { 'k-network-probe': 'queue' } };

    expect(reaches(appWith(), probe)).toBe(true);
    expect(reaches(appWith(), { ...probe, headers: {} })).toBe(false);
  });

  it.each([
    ['9090', '/metrics'],
    ['9091', '/metrics'],
    ['8022', '/wait-for-drain'],
  ])('lets Knative and the kubelet, who have no identity, at port %s ask for %s', (port, path) => {
    expect(reaches(appWith(), { port, path, method: 'GET' })).toBe(true);
    expect(reaches(appWith(), { port: '8080', path, method: 'GET' })).toBe(false);
    expect(reaches(appWith(), { port, path, method: 'POST' })).toBe(false);
  });

  it('is about models and nothing else in the namespace', () => {
    const labels = { app: 'notebook' };

    expect(reaches(appWith(), { labels, path: '/anything' })).toBe(true);
  });
});

describe('the options of InferenceAccess.perTenant', () => {
  const all: Required<TenantAccessOptions> = {
    mesh: ServiceMesh.istio({
      trustDomain: 'mesh.example.com',
      gateways: [MeshCaller.serviceAccount('ingress', 'outer')],
      activator: MeshCaller.serviceAccount('knative', 'controller'),
    }),
    allowFrom: [MeshCaller.serviceAccount('mosquitto', 'bridge'), MeshCaller.podsIn('batch')],
    paths: ['/openai/v1/*'],
  };

  it('are all found in the manifests', () => {
    const { mesh, ...plain } = all;
    const manifests = ofKind(synthesize(appWith(InferenceAccess.perTenant(all))), 'AuthorizationPolicy');

    expect(unseenProps({ ...plain, trustDomain: mesh.trustDomain }, manifests)).toStrictEqual([]);
    expect(unseenProps({ gateways: mesh.gateways, activator: mesh.activator }, manifests)).toStrictEqual([]);
  });

  it('mesh says who gateways and activator are, and in which trust domain', () => {
    const { rules } = manifestOf(
      appWith(InferenceAccess.perTenant(all)),
      'AuthorizationPolicy',
      'predictor-access',
      'prod',
    ).spec;

    expect(rules[0].from[0].source.principals).toStrictEqual([
      'mesh.example.com/ns/ingress/sa/outer',
      'mesh.example.com/ns/knative/sa/controller',
      'mesh.example.com/ns/prod/sa/*',
      'mesh.example.com/ns/mosquitto/sa/bridge',
      'mesh.example.com/ns/batch/sa/*',
    ]);
    expect(rules[1].from[0].source.principals).toStrictEqual([
      'mesh.example.com/ns/ingress/sa/outer',
      'mesh.example.com/ns/knative/sa/controller',
    ]);
  });

  it('mesh for Kubeflow lets its second gateway through', () => {
    const app = appWith(InferenceAccess.perTenant({ mesh: ServiceMesh.kubeflow() }));

    expect([GATEWAY, LOCAL_GATEWAY, ACTIVATOR].map((principal) => reaches(app, { principal }))).toStrictEqual([
      true,
      true,
      true,
    ]);
    expect(reaches(appWith(), { principal: LOCAL_GATEWAY })).toBe(false);
  });

  it('allowFrom lets a bridge call a predictor without a gateway in between', () => {
    const principal = 'cluster.local/ns/mosquitto/sa/bridge';
    const allowFrom = [MeshCaller.serviceAccount('mosquitto', 'bridge')];

    expect(reaches(appWith(InferenceAccess.perTenant({ allowFrom })), { principal })).toBe(true);
    expect(reaches(appWith(), { principal })).toBe(false);
  });

  it('paths opens others for the same callers', () => {
    const app = appWith(InferenceAccess.perTenant({ paths: ['/openai/v1/*'] }));
    const path = '/openai/v1/completions';

    expect(reaches(app, { principal: GATEWAY, path })).toBe(true);
    expect(reaches(app, { principal: OTHER_TENANT, path })).toBe(false);
  });

  it.each([
    ['openai/v1/*', 'a path begins with /'],
    ['*/ready', 'a path begins with /'],
    ['/v1/*:predict', 'only at the end'],
    ['/a?b=c', 'do not see what comes after'],
    ['/a b', 'no spaces'],
  ])('paths refuses %j', (path, rule) => {
    expectRefusal(() => InferenceAccess.perTenant({ paths: ['/fine/*', path] }), {
      code: 'EDGE_ERR_VALUE',
      value: `"${path}"`,
      rule,
    });
  });

  it('are not noticed when they are changed afterwards', () => {
    const paths = ['/a'];
    const access = InferenceAccess.perTenant({ paths });

    paths.push('/b');

    expect(JSON.stringify(synthesize(appWith(access)))).not.toContain('"/b"');
  });
});

describe('the warning of policies that nobody would read', () => {
  const ABOUT = 'are created without a label that gives their pods a sidecar, so the policies in them protect nothing';

  function warningsOf(label?: [name: string, value: string], props: Partial<InferencePlatformProps> = {}): string[] {
    const app = appWith(undefined, props);
    const platform = app.node.findChild('platform') as InferencePlatform;
    if (label) for (const namespace of platform.namespaceObjects) namespace.metadata.addLabel(...label);
    app.synthYaml();
    app.synthYaml();
    return app.warnings.filter((warning) => warning.startsWith('[platform/access]'));
  }

  it('names the namespaces that the app creates without sidecars, and what to do', () => {
    expect(warningsOf()).toStrictEqual([expect.stringContaining(`the namespaces staging, prod ${ABOUT}`)]);
    expect(warningsOf()[0]).toContain('InferenceAccess.none() where there is no Istio');
  });

  it.each([
    ['istio-injection', 'enabled'],
    ['istio.io/rev', 'stable'],
  ] as [string, string][])('is not there when they have the label %s', (...label) => {
    expect(warningsOf(label)).toStrictEqual([]);
  });

  it('is there when a label keeps sidecars away', () => {
    expect(warningsOf(['istio-injection', 'disabled'])).toHaveLength(1);
  });

  it('is not there for namespaces of others, of which the app knows nothing', () => {
    expect(warningsOf(undefined, { createNamespaces: false })).toStrictEqual([]);
  });

  it('is not there without policies', () => {
    expect(warningsOf(undefined, { access: InferenceAccess.none() })).toStrictEqual([]);
  });
});

describe('policies and models', () => {
  const ORDER = /AuthorizationPolicy|PeerAuthentication|InferenceService/;

  it('are applied in this order, also for models that are added later', () => {
    const app = appWith();
    const platform = app.node.findChild('platform') as InferencePlatform;
    platform.addModel('other', { ...IRIS, namespace: 'prod' });

    const kinds = synthesize(app).map(({ kind }) => kind);

    const own = kinds.filter((kind) => ORDER.test(kind));
    expect(own.lastIndexOf('AuthorizationPolicy')).toBeLessThan(own.indexOf('InferenceService'));
    expect(own.lastIndexOf('PeerAuthentication')).toBeLessThan(own.indexOf('InferenceService'));
    expect(own.filter((kind) => kind === 'InferenceService')).toHaveLength(2);
  });
});

describe('InferenceAccess.openToEverybody', () => {
  it('is the pair of policies that Kubeflow on AWS is used with, by their names and to the letter', () => {
    const app = appWith(InferenceAccess.openToEverybody());

    expect(ofMesh(app)).toStrictEqual([
      'AuthorizationPolicy istio-system/allow-predictor',
      'AuthorizationPolicy istio-system/allow-transformer',
    ]);
    expect(manifestOf(app, 'AuthorizationPolicy', 'allow-predictor').spec).toStrictEqual({
      selector: { matchLabels: { component: 'predictor' } },
      action: 'ALLOW',
      rules: [
        {
          to: [
            {
              operation: {
                paths: ['/metrics', '/healthz', '/ready', '/wait-for-drain', '/v1/models/*', '/v2/models/*'],
              },
            },
          ],
        },
      ],
    });
  });

  it('warns that it opens every namespace, also those that are not of the platform (C-8)', () => {
    const app = appWith(InferenceAccess.openToEverybody());

    expect(app.warnings).toStrictEqual([
      expect.stringMatching(
        /^\[platform\/access\] in every namespace of the mesh, anybody may call every model: allow-predictor/,
      ),
    ]);
    expect(reaches(app, { namespace: 'of-others' })).toBe(true);
  });

  it('may be in another root namespace', () => {
    expect(ofMesh(appWith(InferenceAccess.openToEverybody('mesh')))).toStrictEqual([
      'AuthorizationPolicy mesh/allow-predictor',
      'AuthorizationPolicy mesh/allow-transformer',
    ]);
  });

  it('refuses what is no namespace', () => {
    expectRefusal(() => InferenceAccess.openToEverybody('Istio'), {
      code: 'EDGE_ERR_NAME',
      value: '"Istio"',
      rule: 'only a-z',
    });
  });
});

describe('InferenceAccess.none', () => {
  it('makes no object of the mesh, for clusters without one', () => {
    const app = appWith(InferenceAccess.none());

    expect(ofMesh(app)).toStrictEqual([]);
    expect(app.warnings).toStrictEqual([]);
  });
});

describe('the policies of a platform', () => {
  it.each([
    ['perTenant', InferenceAccess.perTenant(), [4, 4]],
    ['openToEverybody', InferenceAccess.openToEverybody(), [2, 0]],
    ['none', InferenceAccess.none(), [0, 0]],
  ])('can be looked at with %s', (_, access, counts) => {
    const { accessPolicies } = appWith(access).node.findChild('platform') as InferencePlatform;
    const { authorizationPolicies, peerAuthentications } = accessPolicies;

    expect([authorizationPolicies.length, peerAuthentications.length]).toStrictEqual(counts);
  });
});

import { Bucket } from '@pulumi/aws/s3';
import { version } from '@pulumi/kubernetes/package.json';
import { Provider } from '@pulumi/kubernetes/provider';
import * as pulumi from '@pulumi/pulumi';
import { ApiObject, App, Chart, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EdgeApp, EdgeValidationError } from '../../lib';
import { PartialObject } from '../../lib/kubernetes/partial-object';
import {
  ClusterObjects,
  type ClusterObjectsArgs,
  type KubernetesObject,
  OutputResolver,
  token,
  type Waiting,
} from '../../lib/pulumi';
import { hostnameOf } from '../../lib/pulumi/ingress-hostname';
import { applyAfter } from '../../lib/synth/apply-order';
import { addFile } from '../../lib/synth/side-files';
import { addWarning } from '../../lib/synth/warnings';
import { expectProblem, expectRefusal, thrownBy } from '../lib/support/refusals';
import { INGRESS_HOSTNAME, type RegisteredResource, UNKNOWN } from './engine';
import { known, type MockOptions, mocked } from './support/mocks';
import { stateOf } from './support/outputs';

const COMPONENT = 'urn:pulumi:stack::project::edge-inference:index:ClusterObjects::cluster';

function configMap(scope: Construct, id: string, fields: object = {}, metadata: object = {}): ApiObject {
  const own = { name: id, namespace: 'ml', ...metadata };
  return new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: own, ...fields });
}

function urn(type: string, name: string): string {
  return `urn:pulumi:stack::project::edge-inference:index:ClusterObjects$kubernetes:${type}::cluster:${name}`;
}

const config = (name: string) => urn('core/v1:ConfigMap', name);

/** What is registered for the objects of an app. */
async function objectsOf(
  build: (chart: Chart, app: EdgeApp) => unknown,
  options: MockOptions = {},
  args: Partial<ClusterObjectsArgs> = {},
): Promise<readonly RegisteredResource[]> {
  const { resources } = await mocked(() => {
    const app = new EdgeApp({ resolvers: [new OutputResolver()] });
    build(new Chart(app, 'chart'), app);
    return new ClusterObjects('cluster', { app, ...args });
  }, options);
  return resources.filter(({ component }) => !component);
}

/** The URNs that each waits for. */
function edges(resources: readonly RegisteredResource[]): Record<string, readonly string[]> {
  return Object.fromEntries(resources.map((one) => [one.urn, one.dependencies]));
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the resource of an object', () => {
  it('has the manifest as its inputs, and the type that the classes of the SDK have', async () => {
    const [resource] = await objectsOf((chart) => configMap(chart, 'a', { data: { key: 'value' } }));

    expect(resource).toStrictEqual({
      urn: config('ml/a'),
      type: 'kubernetes:core/v1:ConfigMap',
      name: 'cluster:ml/a',
      parent: COMPONENT,
      component: false,
      inputs: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'a', namespace: 'ml' },
        data: { key: 'value' },
      },
      secretPaths: [],
      unknownPaths: [],
      dependencies: [],
      propertyDependencies: {},
      options: { version },
    });
  });

  it.each([
    ['apps/v1', 'Deployment', 'kubernetes:apps/v1:Deployment'],
    ['serving.kserve.io/v1beta1', 'InferenceService', 'kubernetes:serving.kserve.io/v1beta1:InferenceService'],
  ])('is for %s %s of type %s', async (apiVersion, kind, type) => {
    const [resource] = await objectsOf((chart) => configMap(chart, 'a', { apiVersion, kind }));

    expect(resource?.type).toBe(type);
  });

  it('is called by its name alone when it is in no namespace', async () => {
    const [resource] = await objectsOf((chart) => configMap(chart, 'a', {}, { namespace: undefined }));

    expect(resource?.name).toBe('cluster:a');
  });

  it('stays the same one when its construct is moved', async () => {
    const before = await objectsOf((chart) => configMap(chart, 'a'));
    const after = await objectsOf((_, app) => configMap(new Construct(new Chart(app, 'other'), 'deep'), 'a'));

    expect(after).toStrictEqual(before);
  });

  it('has no namespace where its kind has none, whatever its chart says', async () => {
    const [role] = await objectsOf((_, app) => {
      const chart = new Chart(app, 'own', { namespace: 'ml' });
      new ApiObject(chart, 'role', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'reader' },
      });
    });

    expect([role?.name, role?.inputs.metadata]).toStrictEqual(['cluster:reader', { name: 'reader' }]);
  });

  it('goes to the provider that the component was given', async () => {
    const { resources } = await mocked(() => {
      const app = new EdgeApp();
      configMap(new Chart(app, 'chart'), 'a');
      const provider = new Provider('cluster', { kubeconfig: '{}' });
      return new ClusterObjects('cluster', { app }, { provider });
    });

    const provider = resources.find(({ type }) => type === 'pulumi:providers:kubernetes');
    const object = resources.find(({ name }) => name === 'cluster:ml/a');
    expect(object?.provider?.split('::').slice(0, 4).join('::')).toBe(provider?.urn);
  });

  it('is made for an app of cdk8s itself too', async () => {
    const { resources } = await mocked(() => {
      const app = new App();
      configMap(new Chart(app, 'chart'), 'a');
      return new ClusterObjects('cluster', { app });
    });

    expect(resources.map(({ name }) => name).sort()).toStrictEqual(['cluster', 'cluster:ml/a']);
  });
});

describe('a Secret', () => {
  const secret = (fields: object) => (chart: Chart) => configMap(chart, 'a', { kind: 'Secret', ...fields });

  it('has secret values, and the SDK is told to keep them so', async () => {
    const [resource] = await objectsOf(secret({ stringData: { password: 'hush' }, data: { key: 'aHVzaA==' } }));

    expect(resource?.inputs).toMatchObject({ stringData: { password: 'hush' }, data: { key: 'aHVzaA==' } });
    expect(resource?.secretPaths).toStrictEqual(['data.key', 'stringData.password']);
    expect(resource?.options).toStrictEqual({ version, additionalSecretOutputs: ['data', 'stringData'] });
  });

  it('shows in a preview which keys it has, though a value is not known', async () => {
    const [, resource] = await objectsOf(
      (chart) => secret({ stringData: { user: 'me', password: new Bucket('bucket').arn } })(chart),
      { preview: true },
    );

    expect(resource?.inputs.stringData).toStrictEqual({ user: 'me', password: UNKNOWN });
  });
});

describe('what an object waits for', () => {
  it('is its namespace, when the app makes it', async () => {
    const resources = await objectsOf((chart) => {
      configMap(chart, 'a');
      new ApiObject(chart, 'ns', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ml' } });
    });

    const namespace = urn('core/v1:Namespace', 'ml');
    expect(edges(resources)).toStrictEqual({ [namespace]: [], [config('ml/a')]: [namespace] });
  });

  it('is the definition of its kind, when the app makes it', async () => {
    const resources = await objectsOf((chart) => {
      configMap(chart, 'a', { apiVersion: 'example.com/v1', kind: 'Widget' });
      configMap(chart, 'b', { apiVersion: 'other.example.com/v1', kind: 'Widget' });
      new ApiObject(chart, 'crd', {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'widgets.example.com' },
        spec: { group: 'example.com', names: { kind: 'Widget' } },
      });
    });

    const definition = urn('apiextensions.k8s.io/v1:CustomResourceDefinition', 'widgets.example.com');
    expect(edges(resources)).toStrictEqual({
      [definition]: [],
      [urn('example.com/v1:Widget', 'ml/a')]: [definition],
      [urn('other.example.com/v1:Widget', 'ml/b')]: [],
    });
  });

  it('is what was declared for it, or for anything it is in', async () => {
    const resources = await objectsOf((chart) => {
      const [a, b, c] = ['a', 'b', 'c'].map((id) => new Construct(chart, id)) as [Construct, Construct, Construct];
      const objects = [a, b, c].map((scope) => configMap(scope, `of-${scope.node.id}`));
      applyAfter(b, a);
      c.node.addDependency(b);
      objects[2]?.node.addDependency(objects[0] as ApiObject);
    });

    expect(edges(resources)).toStrictEqual({
      [config('ml/of-a')]: [],
      [config('ml/of-b')]: [config('ml/of-a')],
      [config('ml/of-c')]: [config('ml/of-b')],
    });
  });

  it('leaves out what another one waits for already', async () => {
    const layers = 6;
    const resources = await objectsOf((chart) => {
      const done: Construct[] = [];
      for (let layer = 0; layer < layers; layer += 1) {
        const scope = new Construct(chart, `layer-${layer}`);
        for (const side of ['left', 'right']) configMap(scope, `${side}-${layer}`);
        applyAfter(scope, ...done);
        done.push(scope);
      }
    });

    const total = Object.values(edges(resources)).flat().length;
    expect(total).toBe((layers - 1) * 4);
  });

  it('is refused when nothing can be first, with the paths', async () => {
    const found = await problems((chart) => {
      const namespace = new ApiObject(chart, 'ns', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ml' } });
      namespace.addDependency(configMap(chart, 'a'));
    });

    expectProblem(found, 'chart/a', {
      code: 'EDGE_ERR_ORDER',
      value: '"chart/a → chart/ns → chart/a"',
      rule: 'nothing in a circle can be applied first',
    });
  });
});

/** Why nothing was registered. */
async function problems(build: (chart: Chart, app: EdgeApp) => unknown): Promise<readonly string[]> {
  let found: readonly string[] = [];
  const { resources } = await mocked(() => {
    const app = new EdgeApp();
    build(new Chart(app, 'chart'), app);
    const error = thrownBy(() => new ClusterObjects('cluster', { app }));
    expect(error).toBeInstanceOf(EdgeValidationError);
    found = (error as EdgeValidationError).problems;
  });
  expect(resources).toStrictEqual([]);
  return found;
}

describe('an app with problems', () => {
  it('registers nothing, and says all of them together', async () => {
    const found = await problems((chart) => {
      configMap(chart, 'twice', {}, { name: 'same' });
      configMap(chart, 'again', {}, { name: 'same' });
      configMap(chart, 'own').node.addValidation({ validate: () => ['says no'] });
      configMap(chart, 'lost', { data: { a: 'Calling [toString] on an [Output<T>] is not supported' } });
      configMap(chart, 'foreign', { data: { a: `$\{pulumi:987654}` } });
    });

    expect(found.map((problem) => problem.split(':', 1)[0])).toStrictEqual([
      '[chart/again] EDGE_ERR_OBJECT_DUPLICATE',
      '[chart/foreign] EDGE_ERR_TOKEN',
      '[chart/lost] EDGE_ERR_TOKEN',
      '[chart/own] says no',
    ]);
  });

  it('does not need to say once more that objects are in a circle', async () => {
    const found = await problems((chart) => {
      const [a, b] = [configMap(chart, 'a'), configMap(chart, 'b')];
      a.addDependency(b);
      applyAfter(b, a);
    });

    expect(found).toStrictEqual([expect.stringContaining('EDGE_ERR_ORDER')]);
  });
});

describe('fields of an object that somebody else owns', () => {
  const patch = (chart: Chart, apiVersion: string, kind: string) =>
    new PartialObject(chart, 'patch', { apiVersion, kind, metadata: { name: 'config' }, data: { a: 'b' } });

  it.each([
    ['v1', 'ConfigMap', 'kubernetes:core/v1:ConfigMapPatch'],
    ['operator.knative.dev/v1beta1', 'KnativeServing', 'kubernetes:operator.knative.dev/v1beta1:KnativeServingPatch'],
  ])('of %s %s are a %s, forced on it, and left when the stack goes', async (apiVersion, kind, type) => {
    const [resource] = await objectsOf((chart) => patch(chart, apiVersion, kind));

    expect(resource?.type).toBe(type);
    expect(resource?.inputs).toStrictEqual({
      apiVersion,
      kind,
      metadata: { name: 'config', annotations: { 'pulumi.com/patchForce': 'true' } },
      data: { a: 'b' },
    });
    expect(resource?.options).toStrictEqual({ version, retainOnDelete: true });
  });
});

describe('waiting', () => {
  const waitingFor = (waiting: Record<string, Waiting>) =>
    objectsOf(
      (chart) => {
        configMap(chart, 'a', {}, { annotations: { own: 'yes' } });
        configMap(chart, 'b', { kind: 'Secret' });
      },
      {},
      { waiting },
    );

  it.each<[string, Waiting, object, object]>([
    ['can be left out', { skip: true }, { 'pulumi.com/skipAwait': 'true' }, {}],
    ['can be for a condition', { until: 'condition=Ready' }, { 'pulumi.com/waitFor': 'condition=Ready' }, {}],
    ['can be for a field', { until: 'jsonpath={.a}=b' }, { 'pulumi.com/waitFor': 'jsonpath={.a}=b' }, {}],
    ['can take longer', { timeout: Duration.minutes(15) }, {}, { customTimeouts: { create: '900s', update: '900s' } }],
  ])('%s, for all objects of a kind', async (_, wish, annotations, options) => {
    const [a, b] = await waitingFor({ ConfigMap: wish });

    expect(a?.inputs.metadata).toStrictEqual({
      name: 'a',
      namespace: 'ml',
      annotations: { own: 'yes', ...annotations },
    });
    expect(a?.options).toStrictEqual({ version, ...options });
    expect(b?.inputs.metadata).toStrictEqual({ name: 'b', namespace: 'ml' });
  });

  it.each<[string, Record<string, Waiting>, string, string]>([
    ['a kind that no object has', { Ingres: { skip: true } }, '"Ingres"', 'there are ConfigMap, Secret'],
    [
      'a condition of what is skipped',
      { Secret: { skip: true, until: 'condition=Ready' } },
      '"skip beside another wish"',
      'nobody waits for what is skipped',
    ],
    [
      'a time for what is skipped',
      { Secret: { skip: true, timeout: Duration.minutes(1) } },
      '"skip beside another wish"',
      'nobody waits for what is skipped',
    ],
    ['what is no condition', { Secret: { until: 'Ready' } }, '"Ready"', 'condition= or jsonpath='],
    ['no time', { Secret: { timeout: Duration.seconds(0) } }, '"0 s"', 'nothing is ready at once'],
  ])('is refused for %s', async (_, waiting, value, rule) => {
    const { resources } = await mocked(() => {
      const app = new EdgeApp();
      const chart = new Chart(app, 'chart');
      configMap(chart, 'a');
      configMap(chart, 'b', { kind: 'Secret' });

      expectRefusal(() => new ClusterObjects('cluster', { app, waiting }), { code: 'EDGE_ERR_VALUE', value, rule });
    });

    expect(resources).toStrictEqual([]);
  });
});

describe('what the app says beside its objects', () => {
  it('is passed on as warnings, and files as outputs', async () => {
    const said: unknown[] = [];
    vi.spyOn(pulumi.log, 'warn').mockImplementation(async (text) => void said.push(text));
    vi.spyOn(pulumi.log, 'info').mockImplementation(async (text) => void said.push(text));

    const { result, resources } = await mocked(() => {
      const app = new EdgeApp();
      const chart = new Chart(app, 'chart');
      addWarning(chart, 'mind this');
      addFile(chart, 'plain.values', 'a: 1');
      const { arn } = new Bucket('bucket');
      addFile(chart, 'late.values', () => `arn: ${token(arn)}`);
      return new ClusterObjects('cluster', { app });
    });

    expect(said).toStrictEqual([
      '[chart] mind this',
      'Nothing applies these files of the app: late.values, plain.values. They are in `files`.',
    ]);
    const component = resources.find(({ name }) => name === 'cluster');
    expect(component?.registeredOutputs).toStrictEqual({
      files: { 'late.values': expect.stringMatching(/^arn: arn:aws:/), 'plain.values': 'a: 1' },
    });
    expect(await known(result.files['plain.values'] as never)).toBe('a: 1');
  });
});

describe('asked for a construct', () => {
  it('gives the resource of its principal object', async () => {
    const { result } = await mocked(() => {
      const app = new EdgeApp();
      const scope = new Construct(new Chart(app, 'chart'), 'scope');
      const object = configMap(scope, 'Resource', {}, { name: 'a' });
      const cluster = new ClusterObjects('cluster', { app });
      return [cluster.get(scope), cluster.get(object)] as const;
    });

    expect(result[0]).toBeInstanceOf(pulumi.CustomResource);
    expect(result[0]).toBe(result[1]);
    expect(await known(result[0].urn)).toBe(config('ml/a'));
  });

  it.each([
    ['has no principal object', 'it has no principal object', (app: EdgeApp) => new Chart(app, 'empty'), '"empty"'],
    ['is not in the app', 'it is not in the app', () => configMap(new Chart(new EdgeApp(), 'c'), 'x'), '"c/x"'],
  ])('that %s it refuses', async (_, rule, make, value) => {
    await mocked(() => {
      const app = new EdgeApp();
      const construct = make(app);
      const cluster = new ClusterObjects('cluster', { app });

      expectRefusal(() => cluster.get(construct), { code: 'EDGE_ERR_NOT_REGISTERED', value, rule });
    });
  });
});

describe('the host name of an Ingress', () => {
  const hostname = (options: MockOptions) =>
    mocked(() => {
      const app = new EdgeApp();
      const ingress = configMap(new Chart(app, 'chart'), 'a', { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' });
      return stateOf(new ClusterObjects('cluster', { app }).ingressHostname(ingress));
    }, options);

  it('is that of its load balancer', async () => {
    const { result } = await hostname({});

    expect(await result).toMatchObject({ value: INGRESS_HOSTNAME, isKnown: true });
  });

  it('is not known in a preview, also of an Ingress that has none yet', async () => {
    const { result } = await hostname({ preview: true });

    expect(await result).toMatchObject({ isKnown: false });
  });

  it('is no reason to fail a preview', async () => {
    const { result } = await mocked(
      () => stateOf(hostnameOf({ status: pulumi.output({}) } as KubernetesObject, 'Ingress a')),
      { preview: true },
    );

    expect(await result).toMatchObject({ isKnown: false });
  });
});

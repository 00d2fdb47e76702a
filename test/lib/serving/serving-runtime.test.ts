import { Chart } from 'cdk8s';
import { describe, expect, it, vi } from 'vitest';
import {
  EdgeApp,
  InferenceProtocol,
  ModelFormat,
  type ModelOptions,
  type RuntimeOptions,
  ServingRuntime,
} from '../../../lib';
import { findManifest, synthesize, unseenProps } from '../../../lib/testing';
import { MAXIMAL_RUNTIME } from '../support/maximal-serving';
import { expectProblem, expectRefusal, problemsOf } from '../support/refusals';
import { IRIS, platformIn } from '../support/stacks';

const RUNTIME: RuntimeOptions = {
  container: { image: 'registry.example.com/shapes:1', args: ['--model_name={{.Name}}'] },
  formats: [{ format: ModelFormat.of('shapes', '2') }],
};

function runtime(options: Partial<RuntimeOptions>, name = 'shapes') {
  return platformIn(new EdgeApp()).addRuntime(name, { ...RUNTIME, ...options });
}

describe('a ServingRuntime', () => {
  it('is one of all namespaces, which speaks V1, unless told otherwise', () => {
    const app = new EdgeApp();
    platformIn(app).addRuntime('shapes', RUNTIME);

    expect(findManifest(synthesize(app), 'ClusterServingRuntime', 'shapes')).toStrictEqual({
      apiVersion: 'serving.kserve.io/v1alpha1',
      kind: 'ClusterServingRuntime',
      metadata: { name: 'shapes' },
      spec: {
        supportedModelFormats: [{ name: 'shapes', version: '2' }],
        protocolVersions: ['v1'],
        multiModel: false,
        containers: [
          {
            name: 'kserve-container',
            image: 'registry.example.com/shapes:1',
            args: ['--model_name={{.Name}}'],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true },
          },
        ],
      },
    });
  });

  it('has all its options in the manifest, as far as they are texts and numbers', () => {
    const app = new EdgeApp();
    platformIn(app, ['vision']).addRuntime('shapes', MAXIMAL_RUNTIME);
    const { container, ...plain } = MAXIMAL_RUNTIME;
    const { resources, ...inContainer } = container;

    const manifest = findManifest(synthesize(app), 'ServingRuntime', 'shapes', 'vision');

    expect(unseenProps({ ...plain, ...inContainer }, [manifest])).toStrictEqual([]);
  });

  it('belongs to no namespace of the chart it is in, when it is one of all namespaces', () => {
    const app = new EdgeApp();
    new ServingRuntime(new Chart(app, 'chart', { namespace: 'elsewhere' }), 'runtime', { ...RUNTIME, name: 'shapes' });

    expect(findManifest(synthesize(app), 'ClusterServingRuntime', 'shapes').metadata).toStrictEqual({ name: 'shapes' });
  });

  it.each([
    [{ formats: [] }, '"[]"', 'no model could use it'],
    [{ protocols: [] }, '"[]"', 'no model could use it'],
    [{ formats: [{ format: ModelFormat.ONNX, autoSelect: true, priority: 0 }] }, '0', 'a whole number from 1 on'],
    [{ formats: [{ format: ModelFormat.ONNX, priority: 1 }] }, '1', 'KServe reads it of formats with autoSelect only'],
    [
      {
        formats: [
          { format: ModelFormat.of('a', '1'), autoSelect: true, priority: 1 },
          { format: ModelFormat.of('a', '2'), autoSelect: true, priority: 2 },
        ],
      },
      '"a 1, a 2"',
      'KServe refuses two for "a"',
    ],
  ])('is refused with %j', (options, value, rule) => {
    expectRefusal(() => runtime(options), { code: 'EDGE_ERR_VALUE', value, rule });
  });

  it('is refused in a namespace that is not one of the platform', () => {
    expectRefusal(() => runtime({ namespace: 'dev' }), {
      code: 'EDGE_ERR_NAMESPACE',
      value: '"dev"',
      rule: "the platform's namespaces are staging, prod",
    });
  });

  it.each([
    ['Shapes', {}],
    ['shapes', { namespace: 'A' }],
  ])('by itself is refused under names that no object has', (name, options) => {
    const chart = new Chart(new EdgeApp(), 'chart');

    expect(() => new ServingRuntime(chart, 'runtime', { ...RUNTIME, ...options, name })).toThrow('EDGE_ERR_NAME');
  });

  it('is refused twice, and not in another namespace', () => {
    const platform = platformIn(new EdgeApp());
    platform.addRuntime('shapes', { ...RUNTIME, namespace: 'staging' });
    platform.addRuntime('shapes', { ...RUNTIME, namespace: 'prod' });
    platform.addRuntime('shapes', RUNTIME);

    expectRefusal(() => platform.addRuntime('shapes', RUNTIME), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"shapes"',
      rule: 'there is one already by this name',
    });
    expect(platform.runtimes).toHaveLength(3);
  });

  it('is recognised when it comes from another installed copy of the library', async () => {
    vi.resetModules();
    const copy = await import('../../../lib/index.js');
    const platform = new copy.InferencePlatform(new copy.EdgeApp(), 'platform', { domain: 'a.b', namespaces: ['a'] });

    expect(ServingRuntime.isServingRuntime(platform.addRuntime('shapes', RUNTIME))).toBe(true);
    expect(ServingRuntime.isServingRuntime({})).toBe(false);
  });
});

describe('a model that names a runtime of the app', () => {
  const SHAPES: ModelOptions = { ...IRIS, format: ModelFormat.of('shapes', '2'), runtime: 'shapes' };

  function problems(model: Partial<ModelOptions>, ...runtimes: Partial<RuntimeOptions>[]): string[] {
    const app = new EdgeApp();
    const platform = platformIn(app);
    platform.addModel('circles', { ...SHAPES, ...model });
    for (const options of runtimes) platform.addRuntime('shapes', { ...RUNTIME, ...options });
    return problemsOf(app);
  }

  function accepted(model: Partial<ModelOptions>, ...runtimes: Partial<RuntimeOptions>[]): void {
    expect(() => problems(model, ...runtimes)).toThrow('nothing was thrown');
  }

  const path = 'platform/staging.circles';
  const refusal = { code: 'EDGE_ERR_RUNTIME', value: '"shapes"' } as const;

  it('is fine with format, version and protocol of it, whichever was added first', () => {
    accepted({}, {});
  });

  it('is fine without a version', () => {
    accepted({ format: ModelFormat.of('shapes') }, {});
  });

  it('is fine with a runtime that the app does not know', () => {
    accepted({ runtime: 'kserve-sklearnserver' }, {});
  });

  it.each([
    [{ format: ModelFormat.SKLEARN }, 'it serves shapes 2, and the model is sklearn'],
    [{ format: ModelFormat.of('shapes', '3') }, 'it serves shapes 2, and the model is shapes 3'],
    [{ protocol: InferenceProtocol.V2 }, 'it speaks v1, and the model is asked by v2'],
  ])('is refused with %j', (model, rule) => {
    expectProblem(problems(model, {}), path, { ...refusal, rule });
  });

  it('is refused when the runtime is one of another namespace', () => {
    const rule = 'it is one of namespace prod, whose models alone can use it';

    expectProblem(problems({}, { namespace: 'prod' }), path, { ...refusal, rule });
  });

  it('gets the one of its own namespace before the one of all namespaces', () => {
    const formats = [{ format: ModelFormat.SKLEARN }];

    accepted({}, { namespace: 'staging' }, { formats });
    expectProblem(problems({}, { namespace: 'staging', formats }, {}), path, { ...refusal, rule: 'it serves sklearn' });
  });

  it('is applied after it', () => {
    const app = new EdgeApp();
    const platform = platformIn(app);
    platform.addModel('circles', SHAPES);
    platform.addRuntime('shapes', RUNTIME);

    const kinds = synthesize(app).map(({ kind }) => kind);

    expect(kinds.indexOf('ClusterServingRuntime')).toBeLessThan(kinds.indexOf('InferenceService'));
  });
});

describe('two runtimes for one format', () => {
  function problems(second: Partial<RuntimeOptions>): string[] {
    const app = new EdgeApp();
    const platform = platformIn(app);
    const formats = [{ format: ModelFormat.ONNX, autoSelect: true, priority: 2 }];
    platform.addRuntime('one', { ...RUNTIME, formats });
    platform.addRuntime('two', { ...RUNTIME, formats, ...second });
    return problemsOf(app);
  }

  it('are refused with one priority', () => {
    expectProblem(problems({}), 'platform/runtime.two', {
      code: 'EDGE_ERR_RUNTIME',
      value: '2',
      rule: 'runtime one has the same, and KServe could not choose',
    });
  });

  it.each([
    { formats: [{ format: ModelFormat.ONNX, autoSelect: true, priority: 3 }] },
    { formats: [{ format: ModelFormat.of('onnx', '1'), autoSelect: true, priority: 2 }] },
    { protocols: [InferenceProtocol.V2] },
    { namespace: 'staging' },
  ])('are fine when the second has %j', (second) => {
    expect(() => problems(second)).toThrow('nothing was thrown');
  });
});

import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { describe, expect, it, vi } from 'vitest';
import {
  EdgeApp,
  InferenceModel,
  InferencePlatform,
  InferenceProtocol,
  ModelFormat,
  type ModelOptions,
} from '../../../lib';
import { findManifest, synthesize, unseenProps } from '../../../lib/testing';
import { manifestOf } from '../support/manifests';
import { expectRefusal } from '../support/refusals';
import { IRIS, platformIn } from '../support/stacks';

function addModel(options: Partial<ModelOptions> = {}, name = 'iris'): InferenceModel {
  return platformIn(new EdgeApp()).addModel(name, { ...IRIS, ...options });
}

function specOf(options: Partial<ModelOptions>) {
  const app = new EdgeApp();
  platformIn(app).addModel('iris', { ...IRIS, ...options });
  return manifestOf(app, 'InferenceService', 'iris').spec;
}

describe('a model without options', () => {
  it('is an InferenceService that leaves to KServe what is not said', () => {
    const app = new EdgeApp();
    platformIn(app).addModel('iris', IRIS);

    expect(manifestOf(app, 'InferenceService', 'iris')).toStrictEqual({
      apiVersion: 'serving.kserve.io/v1beta1',
      kind: 'InferenceService',
      metadata: { name: 'iris', namespace: 'staging' },
      spec: {
        predictor: {
          timeout: 60,
          model: { modelFormat: { name: 'sklearn' }, protocolVersion: 'v1', storageUri: 'gs://models/iris' },
        },
      },
    });
  });

  it('is found inside and outside of the cluster', () => {
    const { name, namespace, externalHost, inClusterUrls, externalUrls, predictUrl } = addModel();

    expect({ name, namespace, externalHost, inClusterUrls, externalUrls, predictUrl }).toStrictEqual({
      name: 'iris',
      namespace: 'staging',
      externalHost: 'iris.staging.platform.example.com',
      inClusterUrls: {
        base: 'http://iris.staging.svc.cluster.local',
        v1Predict: 'http://iris.staging.svc.cluster.local/v1/models/iris:predict',
        v2Infer: 'http://iris.staging.svc.cluster.local/v2/models/iris/infer',
      },
      externalUrls: {
        base: 'http://iris.staging.platform.example.com',
        v1Predict: 'http://iris.staging.platform.example.com/v1/models/iris:predict',
        v2Infer: 'http://iris.staging.platform.example.com/v2/models/iris/infer',
      },
      predictUrl: 'http://iris.staging.svc.cluster.local/v1/models/iris:predict',
    });
  });
});

describe('the options of a model', () => {
  const all: Required<ModelOptions> = {
    namespace: 'prod',
    format: ModelFormat.of('onnx', '1.16'),
    storageUri: 's3://bucket/detector',
    protocol: InferenceProtocol.V2,
    runtime: 'kserve-tritonserver',
    timeout: Duration.seconds(321),
    minReplicas: 23,
    maxReplicas: 45,
    serviceAccountName: 'model-reader',
    resources: {
      cpu: { request: Cpu.millis(350), limit: Cpu.units(3) },
      memory: { request: Size.mebibytes(640), limit: Size.gibibytes(6) },
      ephemeralStorage: { request: Size.gibibytes(11), limit: Size.gibibytes(12) },
    },
  };

  function synthesizeAll() {
    const app = new EdgeApp();
    platformIn(app).addModel('iris', all);
    return synthesize(app);
  }

  it('are all found in the manifests, as far as they are texts and numbers', () => {
    const { timeout, resources, ...plain } = all;

    expect(unseenProps(plain, synthesizeAll())).toStrictEqual([]);
  });

  it('are all in the InferenceService', () => {
    expect(findManifest(synthesizeAll(), 'InferenceService', 'iris', 'prod').spec).toStrictEqual({
      predictor: {
        minReplicas: 23,
        maxReplicas: 45,
        timeout: 321,
        serviceAccountName: 'model-reader',
        model: {
          modelFormat: { name: 'onnx', version: '1.16' },
          protocolVersion: 'v2',
          storageUri: 's3://bucket/detector',
          runtime: 'kserve-tritonserver',
          resources: {
            requests: { cpu: '350m', memory: '640Mi', 'ephemeral-storage': '11Gi' },
            limits: { cpu: '3', memory: '6Gi', 'ephemeral-storage': '12Gi' },
          },
        },
      },
    });
  });

  it.each([
    [InferenceProtocol.V1, 'http://iris.staging.svc.cluster.local/v1/models/iris:predict'],
    [InferenceProtocol.V2, 'http://iris.staging.svc.cluster.local/v2/models/iris/infer'],
  ])('protocol %s decides where the bridge asks', (protocol, url) => {
    expect(addModel({ protocol }).predictUrl).toBe(url);
  });

  it('minReplicas: 0 lets Knative scale to zero', () => {
    expect(specOf({ minReplicas: 0 }).predictor.minReplicas).toBe(0);
  });

  it.each([
    [0, 0],
    [2, 2],
    [2, 0],
    [undefined, 1],
    [5, undefined],
  ])('minReplicas %s and maxReplicas %s go together', (minReplicas, maxReplicas) => {
    expect(() => addModel({ minReplicas, maxReplicas })).not.toThrow();
  });

  it.each([
    [-1, undefined, 'they are whole numbers from 0 on'],
    [1.5, undefined, 'they are whole numbers from 0 on'],
    [undefined, -1, 'they are whole numbers from 0 on'],
    [3, 2, 'minReplicas is at most maxReplicas'],
  ])('minReplicas %s and maxReplicas %s are refused', (minReplicas, maxReplicas, rule) => {
    expectRefusal(() => addModel({ minReplicas, maxReplicas }), {
      code: 'EDGE_ERR_VALUE',
      value: `"${JSON.stringify({ minReplicas, maxReplicas })}"`,
      rule,
    });
  });

  it.each([1_000, 2_000, 600_000])('timeout of %i ms is one that Knative takes', (milliseconds) => {
    const timeout = Duration.millis(milliseconds);

    expect(specOf({ timeout }).predictor.timeout).toBe(milliseconds / 1000);
  });

  it.each([
    [0, '0 s'],
    [999, '0.999 s'],
    [1_500, '1.5 s'],
    [601_000, '601 s'],
  ])('timeout of %i ms is refused', (milliseconds, value) => {
    expectRefusal(() => addModel({ timeout: Duration.millis(milliseconds) }), {
      code: 'EDGE_ERR_VALUE',
      value: `"${value}"`,
      rule: 'Knative takes whole seconds from 1 to 600',
    });
  });

  it.each(['gs://b/m', 's3://b/m', 'pvc://claim/m', 'https://x.example.com/m.tar', 'hf://org/m', '/mnt/models'])(
    'storageUri %s is one that KServe may fetch from',
    (storageUri) => {
      expect(specOf({ storageUri }).predictor.model.storageUri).toBe(storageUri);
    },
  );

  it.each(['', 'models/iris', 'gs:/b/m', 'gs://', '/', 'gs://b/m m', 'GS://b/m'])(
    'storageUri %j is refused',
    (storageUri) => {
      expectRefusal(() => addModel({ storageUri }), {
        code: 'EDGE_ERR_VALUE',
        value: `"${storageUri}"`,
        rule: 'it is a URI that KServe can fetch from',
      });
    },
  );
});

describe('the name of a model', () => {
  it.each(['a', 'iris-2', 'a'.repeat(53)])('may be %j', (name) => {
    expect(addModel({}, name).name).toBe(name);
  });

  it.each([
    ['a'.repeat(54), 'which leaves 53, and this name has 54'],
    ['1a', "KServe's names have only a-z, 0-9 and -, begin with a letter"],
    ['Iris', "KServe's names have only a-z"],
    ['', "KServe's names have only a-z"],
  ])('may not be %j', (name, rule) => {
    expectRefusal(() => addModel({}, name), { code: 'EDGE_ERR_NAME', value: `"${name}"`, rule });
  });

  it.each([
    ['my-predictor', '-predictor'],
    ['a-transformer-b', '-transformer'],
    ['iris-default', '-default'],
  ])('may not be %j, from which KServe derives a wrong host', (name, word) => {
    expectRefusal(() => addModel({}, name), {
      code: 'EDGE_ERR_MODEL_HOST',
      value: `"${name}"`,
      rule: `KServe cuts "${word}" out of hosts`,
    });
  });
});

describe('the host of a model', () => {
  /** A domain with which the host of model "iris" in "staging" has this many characters. */
  function domainFor(length: number): string {
    const labels = Array.from({ length: 3 }, () => 'a'.repeat(60)).join('.');
    return `${labels}.${'b'.repeat(length - `iris.staging.${labels}.`.length)}`;
  }

  function modelWithHost(length: number): InferenceModel {
    const props = { domain: domainFor(length), namespaces: ['staging'] };
    return new InferencePlatform(new EdgeApp(), 'platform', props).addModel('iris', IRIS);
  }

  it('may have 243 characters: its predictor has ten more', () => {
    expect(modelWithHost(243).externalHost).toHaveLength(243);
  });

  it("may not have 244 characters: the predictor's would have 254", () => {
    expectRefusal(() => modelWithHost(244), {
      code: 'EDGE_ERR_DOMAIN',
      value: `"iris.staging.${domainFor(244)}"`,
      rule: 'a host has at most 253 characters, and this one has 254',
    });
  });
});

describe('InferenceModel.isInferenceModel', () => {
  it('recognises a model', () => {
    expect(InferenceModel.isInferenceModel(addModel())).toBe(true);
  });

  it('recognises a model of another installed copy of the library', async () => {
    vi.resetModules();
    const copy = await import('../../../lib/index.js');
    const platform = new copy.InferencePlatform(new copy.EdgeApp(), 'platform', {
      domain: 'example.com',
      namespaces: ['staging'],
    });

    const model = platform.addModel('iris', { ...IRIS, format: copy.ModelFormat.SKLEARN });

    expect(copy.InferenceModel).not.toBe(InferenceModel);
    expect(InferenceModel.isInferenceModel(model)).toBe(true);
  });

  it.each([undefined, null, 'iris', {}, new EdgeApp()])('does not take %o for a model', (value) => {
    expect(InferenceModel.isInferenceModel(value)).toBe(false);
  });
});

import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { describe, expect, it, vi } from 'vitest';
import {
  DeploymentMode,
  EdgeApp,
  HostLayout,
  InferenceModel,
  InferencePlatform,
  InferenceProtocol,
  KServeIngress,
  type KServeOptions,
  KServeVersion,
  type ModelOptions,
  ModelVisibility,
  ScaleMetric,
} from '../../../lib';
import { servedHosts } from '../../../lib/synth/served-hosts';
import { findManifest, type Manifest, synthesize, unseenProps } from '../../../lib/testing';
import { manifestOf } from '../support/manifests';
import { MAXIMAL_MODEL, MAXIMAL_PLATFORM } from '../support/maximal-serving';
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
        grpc: 'grpc://iris.staging.svc.cluster.local/iris',
      },
      externalUrls: {
        base: 'http://iris.staging.platform.example.com',
        v1Predict: 'http://iris.staging.platform.example.com/v1/models/iris:predict',
        v2Infer: 'http://iris.staging.platform.example.com/v2/models/iris/infer',
        grpc: 'grpc://iris.staging.platform.example.com/iris',
      },
      predictUrl: 'http://iris.staging.svc.cluster.local/v1/models/iris:predict',
    });
  });
});

describe('the options of a model', () => {
  function synthesizeAll() {
    const app = new EdgeApp();
    new InferencePlatform(app, 'platform', MAXIMAL_PLATFORM).addModel('shapes', MAXIMAL_MODEL);
    return synthesize(app);
  }

  it('are all found in the manifests, as far as they are texts and numbers', () => {
    const { timeout, resources, transformer, batcher, modelName, visibility, ...plain } = MAXIMAL_MODEL;

    expect(unseenProps(plain, synthesizeAll())).toStrictEqual([]);
  });

  it('are all in the InferenceService', () => {
    const { apiVersion, metadata, spec } = findManifest(synthesizeAll(), 'InferenceService', 'shapes', 'vision');
    const container = {
      name: 'kserve-container',
      image: 'registry.example.com/server@sha256:0123456789abcdef',
      command: ['/usr/bin/serve'],
      args: ['--workers=7'],
      env: [
        { name: 'BATCH', value: '29' },
        { name: 'THREADS', value: '13' },
        { name: 'LICENSE', valueFrom: { secretKeyRef: { name: 'license', key: 'content' } } },
      ],
      ports: [{ containerPort: 9081, protocol: 'TCP' }],
      resources: {
        limits: { cpu: '2150m', memory: '900Mi', 'ephemeral-storage': '80Mi' },
        requests: { cpu: '150m', memory: '300Mi', 'ephemeral-storage': '70Mi' },
      },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: false },
    };

    expect({ apiVersion, metadata, spec }).toStrictEqual({
      apiVersion: 'serving.kserve.io/v1beta1',
      metadata: {
        name: 'shapes',
        namespace: 'vision',
        labels: { stage: 'lab' },
        annotations: { 'example.com/owner': 'vision-team', 'serving.kserve.io/deploymentMode': 'Knative' },
      },
      spec: {
        predictor: {
          minReplicas: 0,
          maxReplicas: 11,
          scaleTarget: 53,
          scaleMetric: 'rps',
          containerConcurrency: 59,
          timeout: 777,
          serviceAccountName: 'model-reader',
          canaryTrafficPercent: 37,
          logger: { mode: 'all', url: 'http://after.vision.svc.cluster.local' },
          batcher: { maxBatchSize: 61, maxLatency: 670 },
          model: {
            modelFormat: { name: 'shapes', version: '2' },
            protocolVersion: 'v1',
            storage: { key: 'minio', path: 'models/shapes', parameters: { type: 's3', bucket: 'lab' } },
            runtime: 'shapes-server',
            runtimeVersion: '1.71',
            env: [
              { name: 'OMP_NUM_THREADS', value: '73' },
              { name: 'LICENSE', valueFrom: { secretKeyRef: { name: 'license', key: 'content' } } },
            ],
            args: ['--verbose'],
            resources: { requests: { cpu: '790m' } },
          },
        },
        transformer: {
          minReplicas: 3,
          maxReplicas: 17,
          scaleTarget: 19,
          scaleMetric: 'concurrency',
          containerConcurrency: 31,
          timeout: 777,
          logger: { mode: 'request', url: 'http://before.vision.svc.cluster.local' },
          batcher: { maxBatchSize: 41, maxLatency: 430 },
          containers: [container],
        },
      },
    });
  });

  it('resources are what Kubernetes calls them', () => {
    const resources = {
      cpu: { request: Cpu.millis(350), limit: Cpu.units(3) },
      memory: { request: Size.mebibytes(640), limit: Size.gibibytes(6) },
    };

    expect(specOf({ resources }).predictor.model.resources).toStrictEqual({
      requests: { cpu: '350m', memory: '640Mi' },
      limits: { cpu: '3', memory: '6Gi' },
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

describe('where a model is found', () => {
  const transformer = { container: { image: 'transform:1' } };

  function found(kserve: KServeOptions, options: Partial<ModelOptions> = {}, hostLayout = HostLayout.PER_NAMESPACE) {
    const props = { domain: 'example.com', namespaces: ['staging'], kserve, hostLayout };
    const edge = new InferencePlatform(new EdgeApp(), 'platform', props);
    const { externalHost, inClusterUrls } = edge.addModel('iris', { ...IRIS, ...options });
    return [externalHost, inClusterUrls.base];
  }

  const STANDARD: KServeOptions = { deploymentMode: DeploymentMode.STANDARD };
  const KOURIER: KServeOptions = { ingress: KServeIngress.unmanaged(false) };
  const OTHER_DOMAIN: KServeOptions = {
    ...STANDARD,
    ingress: KServeIngress.configured({ ingressDomain: 'a.example.org' }),
  };

  it.each([
    ['Knative', {}, {}, 'iris.staging.example.com', 'iris'],
    ['Knative, with a transformer', {}, { transformer }, 'iris.staging.example.com', 'iris'],
    ['Knative, without Istio', KOURIER, {}, 'iris-predictor.staging.example.com', 'iris-predictor'],
    [
      'Knative, without Istio, with a transformer',
      KOURIER,
      { transformer },
      'iris-transformer.staging.example.com',
      'iris-transformer',
    ],
    ['Standard', STANDARD, {}, 'iris.staging.example.com', 'iris-predictor'],
    ['Standard, with a transformer', STANDARD, { transformer }, 'iris.staging.example.com', 'iris-transformer'],
    ['Standard, under a domain of its own', OTHER_DOMAIN, {}, 'iris.staging.a.example.org', 'iris-predictor'],
  ])('in mode %s', (_, kserve, options, host, service) => {
    expect(found(kserve, options)).toStrictEqual([host, `http://${service}.staging.svc.cluster.local`]);
  });

  it.each([
    [{}, 'iris-staging.example.com'],
    [KOURIER, 'iris-predictor-staging.example.com'],
    [STANDARD, 'iris-staging.example.com'],
  ])('in the flat layout', (kserve, host) => {
    expect(found(kserve, {}, HostLayout.FLAT)[0]).toBe(host);
  });

  it('by the name under which the server has it', () => {
    const { predictUrl, externalUrls } = addModel({ modelName: 'folder', protocol: InferenceProtocol.V2 });

    expect([predictUrl, externalUrls.v1Predict]).toStrictEqual([
      'http://iris.staging.svc.cluster.local/v2/models/folder/infer',
      'http://iris.staging.platform.example.com/v1/models/folder:predict',
    ]);
  });

  it('under the domain that its labels select', () => {
    const selectedDomains = [{ domain: 'lab.example.org', selector: { stage: 'lab' } }];
    const props = { domain: 'example.com', namespaces: ['staging'], selectedDomains };
    const edge = new InferencePlatform(new EdgeApp(), 'platform', props);

    const hosts = ['lab', 'live'].map(
      (stage) => edge.addModel(`iris-${stage}`, { ...IRIS, labels: { stage } }).externalHost,
    );

    expect(hosts).toStrictEqual(['iris-lab.staging.lab.example.org', 'iris-live.staging.example.com']);
  });

  it('is declared for certificates and DNS records, with the further domains of KServe', () => {
    const app = new EdgeApp();
    const ingress = KServeIngress.configured({ additionalIngressDomains: ['b.example.org'] });
    const props = { domain: 'example.com', namespaces: ['staging'], externalScheme: 'https' as const };
    new InferencePlatform(app, 'platform', { ...props, kserve: { ingress } }).addModel('iris', IRIS);

    const path = 'platform/staging.iris';
    expect(servedHosts(app)).toStrictEqual([
      { host: 'iris.staging.example.com', tls: true, path },
      { host: 'iris.staging.b.example.org', tls: true, path },
    ]);
  });
});

describe('a cluster-local model', () => {
  const options = { visibility: ModelVisibility.CLUSTER_LOCAL };

  it.each([
    [undefined, 'networking.knative.dev/visibility'],
    [DeploymentMode.STANDARD, 'networking.kserve.io/visibility'],
  ])('has in mode %s the label %s', (deploymentMode, label) => {
    const app = new EdgeApp();
    const props = { domain: 'example.com', namespaces: ['staging'], kserve: { deploymentMode } };
    new InferencePlatform(app, 'platform', props).addModel('iris', { ...IRIS, ...options });

    const { metadata } = manifestOf(app, 'InferenceService', 'iris');
    expect(metadata.labels).toStrictEqual({ [label]: 'cluster-local' });
  });

  it('has no other name for its visibility: the model would be public', () => {
    const visibility = 'private' as ModelVisibility;

    expectRefusal(() => addModel({ visibility }), {
      code: 'EDGE_ERR_VALUE',
      value: '"private"',
      rule: 'it is one of public, cluster-local',
    });
  });

  it('has no host outside, and declares none', () => {
    const model = addModel(options);

    expect(model.externalHost).toBe('iris.staging.svc.cluster.local');
    expect(model.externalUrls).toStrictEqual(model.inClusterUrls);
    expect(servedHosts(model.node.root)).toStrictEqual([]);
  });
});

describe('the deployment mode', () => {
  function annotationsOf(kserve: KServeOptions) {
    const app = new EdgeApp();
    const props = { domain: 'example.com', namespaces: ['staging'], kserve };
    new InferencePlatform(app, 'platform', props).addModel('iris', IRIS);
    return manifestOf(app, 'InferenceService', 'iris').metadata.annotations;
  }

  it('is not said unless it is asked for: installations have one', () => {
    expect(annotationsOf({ version: KServeVersion.V0_15 })).toBeUndefined();
  });

  it.each([
    [KServeVersion.V0_11, DeploymentMode.KNATIVE, 'Serverless'],
    [KServeVersion.V0_15, DeploymentMode.STANDARD, 'RawDeployment'],
    [KServeVersion.V0_16, DeploymentMode.STANDARD, 'Standard'],
    [KServeVersion.V0_19, DeploymentMode.STANDARD, 'Standard'],
    [KServeVersion.V0_20, DeploymentMode.KNATIVE, 'Knative'],
  ])('is said in the words of KServe %s', (version, deploymentMode, name) => {
    expect(annotationsOf({ version, deploymentMode })).toStrictEqual({ 'serving.kserve.io/deploymentMode': name });
  });
});

describe('what a mode does not have', () => {
  function inMode(deploymentMode: DeploymentMode, options: Partial<ModelOptions>) {
    const props = { domain: 'example.com', namespaces: ['staging'], kserve: { deploymentMode } };
    return new InferencePlatform(new EdgeApp(), 'platform', props).addModel('iris', { ...IRIS, ...options });
  }

  it.each([
    [{ canaryTrafficPercent: 10 }, '10', 'only Knative has revisions'],
    [{ containerConcurrency: 1 }, '1', 'nobody reads it in Standard mode'],
    [{ minReplicas: 0 }, '0', 'a HorizontalPodAutoscaler keeps at least one pod'],
    [{ scaleMetric: ScaleMetric.RPS }, '"rps"', 'what scales here knows cpu and memory'],
  ])('%j is refused in Standard mode, and not in Knative mode', (options, value, rule) => {
    expectRefusal(() => inMode(DeploymentMode.STANDARD, options), { code: 'EDGE_ERR_DEPLOYMENT_MODE', value, rule });
    expect(() => inMode(DeploymentMode.KNATIVE, options)).not.toThrow();
  });

  it.each([ScaleMetric.CPU, ScaleMetric.MEMORY])('%s is no metric of Knative', (scaleMetric) => {
    expectRefusal(() => inMode(DeploymentMode.KNATIVE, { scaleMetric }), {
      code: 'EDGE_ERR_DEPLOYMENT_MODE',
      value: `"${scaleMetric}"`,
      rule: 'what scales here knows concurrency and rps',
    });
    expect(() => inMode(DeploymentMode.STANDARD, { scaleMetric })).not.toThrow();
  });

  it('cpu is one where Knative is told to scale by a HorizontalPodAutoscaler', () => {
    const annotations = { 'autoscaling.knative.dev/class': 'hpa.autoscaling.knative.dev' };

    expect(() => inMode(DeploymentMode.KNATIVE, { annotations, scaleMetric: ScaleMetric.CPU })).not.toThrow();
    expect(() => inMode(DeploymentMode.KNATIVE, { annotations, scaleMetric: ScaleMetric.RPS })).toThrow('cpu');
  });

  it('a long timeout is one of Knative only', () => {
    const timeout = Duration.minutes(11);

    expect(inMode(DeploymentMode.STANDARD, { timeout }).timeout.toSeconds()).toBe(660);
    expect(() => inMode(DeploymentMode.KNATIVE, { timeout })).toThrow('Knative takes whole seconds from 1 to 600');
  });

  it('the parts of names that KServe cuts out of hosts in Knative mode stay in Standard mode', () => {
    const props = { domain: 'example.com', namespaces: ['team-default'] };
    const kserve = { deploymentMode: DeploymentMode.STANDARD };
    const edge = new InferencePlatform(new EdgeApp(), 'platform', { ...props, kserve });

    const { externalHost } = edge.addModel('a-predictors', { ...IRIS, namespace: 'team-default' });

    expect(externalHost).toBe('a-predictors.team-default.example.com');
  });
});

describe('X-6: the timeout of a model is at most that of the platform', () => {
  function withMaximum(seconds: number, mode: DeploymentMode, timeout: number) {
    const props = { domain: 'example.com', namespaces: ['staging'], maxTimeout: Duration.seconds(seconds) };
    const edge = new InferencePlatform(new EdgeApp(), 'platform', { ...props, kserve: { deploymentMode: mode } });
    return edge.addModel('iris', { ...IRIS, timeout: Duration.seconds(timeout) });
  }

  it.each([
    [DeploymentMode.KNATIVE, 'Knative'],
    [DeploymentMode.STANDARD, 'KServe'],
  ])('in %s mode', (mode, reader) => {
    expect(withMaximum(900, mode, 900).timeout.toSeconds()).toBe(900);
    expectRefusal(() => withMaximum(900, mode, 901), {
      code: 'EDGE_ERR_VALUE',
      value: '"901 s"',
      rule: `${reader} takes whole seconds from 1 to 900`,
    });
  });
});

describe('what the webhook of KServe refuses', () => {
  const cpu = { deploymentMode: DeploymentMode.STANDARD };

  function add(options: Partial<ModelOptions>, kserve: KServeOptions = {}) {
    const props = { domain: 'example.com', namespaces: ['staging'], kserve };
    return new InferencePlatform(new EdgeApp(), 'platform', props).addModel('iris', { ...IRIS, ...options });
  }

  it.each([
    [{ canaryTrafficPercent: 101 }, '101', 'it is a whole number from 0 to 100'],
    [{ canaryTrafficPercent: -1 }, '-1', 'it is a whole number from 0 to 100'],
    [{ containerConcurrency: -1 }, '-1', 'Knative takes whole numbers from 0 to 1000'],
    [{ containerConcurrency: 1001 }, '1001', 'Knative takes whole numbers from 0 to 1000'],
    [{ scaleTarget: 0 }, '0', 'a target for concurrency is a whole number from 1 on'],
    [{ scaleTarget: 0.5, scaleMetric: ScaleMetric.RPS }, '0.5', 'a target for rps is a whole number from 1 on'],
  ])('%j', (options, value, rule) => {
    expectRefusal(() => add(options), { code: 'EDGE_ERR_VALUE', value, rule });
  });

  it.each([
    { canaryTrafficPercent: 0 },
    { canaryTrafficPercent: 100 },
    { containerConcurrency: 0 },
    { scaleTarget: 1 },
  ])('but not %j', (options) => {
    expect(() => add(options)).not.toThrow();
  });

  it.each([0, 101])('a target of %i per cent of a processor', (scaleTarget) => {
    expectRefusal(() => add({ scaleTarget }, cpu), {
      code: 'EDGE_ERR_VALUE',
      value: String(scaleTarget),
      rule: 'a target for cpu is a whole number from 1 to 100, in per cent',
    });
  });

  it('a target of more than 100 MiB before KServe 0.15, which takes them for per cents', () => {
    const options = { scaleMetric: ScaleMetric.MEMORY, scaleTarget: 101 };

    expectRefusal(() => add(options, { ...cpu, version: KServeVersion.V0_14 }), {
      code: 'EDGE_ERR_KSERVE_VERSION',
      value: '101',
      rule: 'KServe 0.14 refuses more than 100, even of MiB',
    });
    expect(() => add(options, { ...cpu, version: KServeVersion.V0_15 })).not.toThrow();
  });

  it('a logger without a mode, so there always is one', () => {
    const { logger } = (add({ logger: {} }).inferenceService.toJson() as Manifest).spec.predictor;

    expect(logger).toStrictEqual({ mode: 'all' });
  });

  it.each(['archive', 'ftp://archive', 'http://'])('a logger that writes to %j', (url) => {
    expectRefusal(() => add({ logger: { url } }), {
      code: 'EDGE_ERR_VALUE',
      value: `"${url}"`,
      rule: "KServe's agent sends them by HTTP",
    });
  });

  it.each([
    [{ maxBatchSize: 0 }, '0'],
    [{ maxBatchSize: 1.5 }, '1.5'],
    [{ maxLatency: Duration.millis(0) }, '0'],
  ])('a batcher with %j', (batcher, value) => {
    expectRefusal(() => add({ batcher }), { code: 'EDGE_ERR_VALUE', value, rule: 'it is a whole number from 1 on' });
  });

  it('and a batcher of V2 requests, which pass it by', () => {
    expectRefusal(() => add({ batcher: {}, protocol: InferenceProtocol.V2 }), {
      code: 'EDGE_ERR_VALUE',
      value: '"one for protocol v2"',
      rule: 'KServe batches what goes to …:predict only',
    });
  });

  it.each([
    [{ labels: { 'networking.knative.dev/visibility': 'cluster-local' } }, 'networking.knative.dev/visibility'],
    [{ labels: { 'networking.kserve.io/visibility': 'cluster-local' } }, 'networking.kserve.io/visibility'],
    [{ annotations: { 'serving.kserve.io/deploymentMode': 'Serverless' } }, 'serving.kserve.io/deploymentMode'],
  ])('what is a prop may not be written by hand: %j', (options, value) => {
    expectRefusal(() => add(options), {
      code: 'EDGE_ERR_VALUE',
      value: `"${value}"`,
      rule: 'it follows from visibility',
    });
  });

  it.each(['', 'a b', 'a/b'])('modelName %j is no part of a path', (modelName) => {
    expectRefusal(() => add({ modelName }), {
      code: 'EDGE_ERR_VALUE',
      value: `"${modelName}"`,
      rule: 'it is a part of the path of a URL',
    });
  });

  it('the name of a model with a transformer has at most 51 characters', () => {
    const transformer = { container: { image: 'transform:1' } };

    expect(addModel({ transformer }, 'a'.repeat(51)).name).toHaveLength(51);
    expectRefusal(() => addModel({ transformer }, 'a'.repeat(52)), {
      code: 'EDGE_ERR_NAME',
      value: `"${'a'.repeat(52)}"`,
      rule: 'which leaves 51, and this name has 52',
    });
  });

  it('a transformer is looked at like the model', () => {
    const transformer = { container: { image: 'transform:1' }, minReplicas: 2, maxReplicas: 1 };

    expectRefusal(() => add({ transformer }), {
      code: 'EDGE_ERR_VALUE',
      value: '"{"minReplicas":2,"maxReplicas":1}"',
      rule: 'minReplicas is at most maxReplicas',
    });
  });
});

describe('where a model comes from', () => {
  const storage = { path: 'models/iris' };

  it('may be an entry of storage-config', () => {
    const { model } = specOf({ storageUri: undefined, storage }).predictor;

    expect(model.storage).toStrictEqual(storage);
    expect(model.storageUri).toBeUndefined();
  });

  it('may be what arguments of the runtime say', () => {
    expect(specOf({ storageUri: undefined, args: ['--model_id=org/m'] }).predictor.model.args).toStrictEqual([
      '--model_id=org/m',
    ]);
  });

  it('may not be two places', () => {
    expectRefusal(() => addModel({ storage }), {
      code: 'EDGE_ERR_VALUE',
      value: '"gs://models/iris"',
      rule: 'a model is fetched from one place, and storage names another',
    });
  });

  it('may not be nowhere', () => {
    expectRefusal(() => addModel({ storageUri: undefined }), {
      code: 'EDGE_ERR_VALUE',
      value: 'undefined',
      rule: 'the runtime would have nothing to serve',
    });
  });

  it.each(['s3', 'hdfs', 'webhdfs'])('may be a storage of type %s', (type) => {
    expect(() => addModel({ storageUri: undefined, storage: { ...storage, parameters: { type } } })).not.toThrow();
  });

  it('may not be a storage of another type', () => {
    expectRefusal(() => addModel({ storageUri: undefined, storage: { ...storage, parameters: { type: 'gs' } } }), {
      code: 'EDGE_ERR_VALUE',
      value: '"gs"',
      rule: 'KServe has s3, hdfs, webhdfs',
    });
  });

  it('has no password in it', () => {
    const parameters = { secret_access_key: 'not shown' };

    expectRefusal(() => addModel({ storageUri: undefined, storage: { ...storage, parameters } }), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"secret_access_key"',
      rule: 'everybody who may read the model could read it',
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

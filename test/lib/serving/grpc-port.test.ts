import { describe, expect, it } from 'vitest';
import {
  type CustomModelOptions,
  DeploymentMode,
  EdgeApp,
  InferencePlatform,
  InferenceProtocol,
  type ModelOptions,
} from '../../../lib';
import { manifestOf } from '../support/manifests';
import { expectRefusal } from '../support/refusals';
import { IRIS, platformIn } from '../support/stacks';

const GRPC: ModelOptions = { ...IRIS, protocol: InferenceProtocol.V2, grpcPort: 8081 };

function addModel(options: Partial<ModelOptions> = {}) {
  const app = new EdgeApp();
  const model = platformIn(app).addModel('iris', { ...GRPC, ...options });
  return { model, predictor: manifestOf(app, 'InferenceService', 'iris').spec.predictor };
}

function addServer(options: Partial<CustomModelOptions> = {}) {
  const app = new EdgeApp();
  const container = { image: 'registry.example.com/words:1' };
  const grpc = { namespace: 'staging', protocol: InferenceProtocol.V2, grpcPort: 9000 };
  platformIn(app).addCustomModel('words', { ...grpc, container, ...options });
  return manifestOf(app, 'InferenceService', 'words').spec.predictor;
}

describe('a model with a port for gRPC', () => {
  it('has it as the one port that KServe publishes, under the name by which Knative speaks HTTP/2', () => {
    expect(addModel().predictor.model).toStrictEqual({
      modelFormat: { name: 'sklearn' },
      protocolVersion: 'v2',
      storageUri: 'gs://models/iris',
      ports: [{ name: 'h2c', containerPort: 8081, protocol: 'TCP' }],
    });
  });

  it('has it under a name that begins with the protocol where there is no Knative', () => {
    const app = new EdgeApp();
    const kserve = { deploymentMode: DeploymentMode.STANDARD };
    const platform = new InferencePlatform(app, 'platform', { domain: 'example.com', namespaces: ['staging'], kserve });
    const { predictUrl } = platform.addModel('iris', GRPC);

    expect(manifestOf(app, 'InferenceService', 'iris').spec.predictor.model.ports).toStrictEqual([
      { name: 'grpc-port', containerPort: 8081, protocol: 'TCP' },
    ]);
    expect(predictUrl).toBe('grpc://iris-predictor.staging.svc.cluster.local/iris');
  });

  it('may be a server of your own', () => {
    expect(addServer().containers[0].ports).toStrictEqual([{ name: 'h2c', containerPort: 9000, protocol: 'TCP' }]);
  });

  it('is asked by gRPC, by the name that its server knows', () => {
    const { model } = addModel({ modelName: 'folder' });

    expect([model.speaksGrpc, model.predictUrl]).toStrictEqual([true, 'grpc://iris.staging.svc.cluster.local/folder']);
  });

  it('is one among those that are not', () => {
    expect(addModel({ grpcPort: undefined }).model.speaksGrpc).toBe(false);
  });

  it.each([0, 65_536, 1.5, Number.NaN])('has none that is %d', (grpcPort) => {
    const rule = 'ports are whole numbers from 1 to 65535';
    expectRefusal(() => addModel({ grpcPort }), { code: 'EDGE_ERR_VALUE', value: String(grpcPort), rule });
  });

  it.each([1, 65_535])('may have %d', (grpcPort) => {
    expect(addModel({ grpcPort }).predictor.model.ports[0].containerPort).toBe(grpcPort);
  });

  it.each([InferenceProtocol.V1, undefined])('does not speak %s', (protocol) => {
    const rule = 'only the Open Inference Protocol, V2, has a form in gRPC';
    expectRefusal(() => addModel({ protocol }), { code: 'EDGE_ERR_VALUE', value: '8081', rule });
  });

  it('has no transformer', () => {
    expectRefusal(() => addModel({ transformer: { container: { image: 'registry.example.com/resize:1' } } }), {
      code: 'EDGE_ERR_VALUE',
      value: '8081',
      rule: 'requests come to the transformer first',
    });
  });

  it('has no second port', () => {
    expectRefusal(() => addServer({ container: { image: 'registry.example.com/words:1', port: 8080 } }), {
      code: 'EDGE_ERR_VALUE',
      value: '8080',
      rule: 'KServe publishes one port, and grpcPort is another',
    });
  });
});

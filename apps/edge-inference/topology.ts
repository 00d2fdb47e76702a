import {
  type AlbExposure,
  type AlbIngress,
  type BridgeRoute,
  Credentials,
  type EdgeApp,
  InferenceBridge,
  type InferenceModel,
  InferencePlatform,
  ModelFormat,
  Mosquitto,
  type TraefikBrokerRoutes,
} from '../../lib';

/** Where Traefik listens for devices. */
export const DEVICE_PORTS = { mqtt: 5883, websockets: 5884 };

/** What differs between places where models are served. */
export interface ModelSettings {
  readonly domain: string;
  /** The tenants, of whom the first has the model. */
  readonly namespaces: string[];
  /** Where the model is kept. @default - the iris flowers of KServe's examples */
  readonly modelUri?: string;
}

export interface EdgeInferenceSettings extends ModelSettings {
  /** How services reach the model over HTTPS. */
  readonly exposure: AlbExposure;
}

/** The parts of the stack that others refer to. */
export interface ModelsForDevices {
  readonly platform: InferencePlatform;
  readonly iris: InferenceModel;
  readonly broker: Mosquitto;
  readonly entry: TraefikBrokerRoutes;
  readonly route: BridgeRoute;
}

export interface EdgeInference extends ModelsForDevices {
  readonly ingress: AlbIngress;
}

/** A model that devices reach over MQTT, and services over HTTPS through a load balancer of AWS. */
export function edgeInference(app: EdgeApp, { exposure, ...settings }: EdgeInferenceSettings): EdgeInference {
  const stack = modelsForDevices(app, settings);
  return { ...stack, ingress: stack.platform.exposeThroughAlb(exposure) };
}

/** The same without the way over HTTPS: for what makes its certificates from the platform. */
export function modelsForDevices(app: EdgeApp, settings: ModelSettings): ModelsForDevices {
  const { domain, namespaces, modelUri = 'gs://kfserving-examples/models/sklearn/1.0/model' } = settings;
  const platform = new InferencePlatform(app, 'platform', { domain, namespaces, externalScheme: 'https' });
  for (const namespace of platform.namespaceObjects) namespace.metadata.addLabel('istio-injection', 'enabled');
  const iris = platform.addModel('sklearn-iris', {
    namespace: namespaces[0] ?? '',
    format: ModelFormat.SKLEARN,
    storageUri: modelUri,
  });

  const broker = new Mosquitto(app, 'broker');
  const entry = broker.exposeThroughTraefik(DEVICE_PORTS);
  const camera = broker.addUser('camera-7', Credentials.fromSecret('camera-7-mqtt'));

  const bridge = new InferenceBridge(app, 'bridge', { broker });
  const route = bridge.addRoute({ model: iris, clients: [camera] });
  return { platform, iris, broker, entry, route };
}

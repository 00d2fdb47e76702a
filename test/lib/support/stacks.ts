import {
  BridgeCode,
  type BridgeRouteOptions,
  Credentials,
  EdgeApp,
  InferenceBridge,
  type InferenceBridgeProps,
  type InferenceModel,
  InferencePlatform,
  ModelFormat,
  type ModelOptions,
  Mosquitto,
  type MosquittoProps,
  type MosquittoUser,
} from '../../../lib';

/** An image in place of the bundled program: a third of a megabyte less in every manifest. */
export const BRIDGE_IMAGE = 'registry.example.com/bridge@sha256:0123456789abcdef';

export const IRIS: ModelOptions = {
  namespace: 'staging',
  format: ModelFormat.SKLEARN,
  storageUri: 'gs://models/iris',
};

export function platformIn(app: EdgeApp, namespaces = ['staging', 'prod']): InferencePlatform {
  return new InferencePlatform(app, 'platform', { domain: 'platform.example.com', namespaces });
}

/** A broker whose hashes take no time. */
export function brokerIn(app: EdgeApp, props: MosquittoProps = {}, id = 'broker'): Mosquitto {
  return new Mosquitto(app, id, { passwordIterations: 1_000, ...props });
}

/** A user whose password is in a Secret of the cluster. */
export function deviceOf(broker: Mosquitto, name: string): MosquittoUser {
  return broker.addUser(name, Credentials.fromSecret(`${name}-mqtt`));
}

export interface IrisStack {
  readonly app: EdgeApp;
  readonly platform: InferencePlatform;
  readonly iris: InferenceModel;
  readonly broker: Mosquitto;
  readonly camera: MosquittoUser;
  readonly bridge: InferenceBridge;
}

/** A model, a broker with one device, and a bridge that has no route yet. */
export function stackWithoutRoute(props: Partial<InferenceBridgeProps> = {}, app = new EdgeApp()): IrisStack {
  const platform = platformIn(app);
  const iris = platform.addModel('iris', IRIS);
  const broker = (props.broker as Mosquitto | undefined) ?? brokerIn(app);
  const camera = deviceOf(broker, 'camera');
  const bridge = new InferenceBridge(app, 'bridge', { code: BridgeCode.fromImage(BRIDGE_IMAGE), ...props, broker });
  return { app, platform, iris, broker, camera, bridge };
}

/** The same with one route. */
export function irisStack(
  route: Partial<BridgeRouteOptions> = {},
  props: Partial<InferenceBridgeProps> = {},
  app = new EdgeApp(),
): IrisStack {
  const stack = stackWithoutRoute(props, app);
  stack.bridge.addRoute({ model: stack.iris, clients: [stack.camera], ...route });
  return stack;
}

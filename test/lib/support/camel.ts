import {
  CamelConnector,
  type CamelConnectorProps,
  type CamelRoute,
  EdgeApp,
  type InferenceModel,
  type InferencePlatform,
  type Mosquitto,
  type MosquittoUser,
  type RouteOptions,
} from '../../../lib';
import { type Manifest, synthesize } from '../../../lib/testing';
import { brokerIn, deviceOf, IRIS, platformIn } from './stacks';

export interface CamelStack {
  readonly app: EdgeApp;
  readonly platform: InferencePlatform;
  readonly iris: InferenceModel;
  readonly broker: Mosquitto;
  readonly camera: MosquittoUser;
  readonly connector: CamelConnector;
}

/** A model, a broker with one device, and a connector that has no route yet. */
export function camelStackWithoutRoute(props: Partial<CamelConnectorProps> = {}, app = new EdgeApp()): CamelStack {
  const platform = platformIn(app);
  const iris = platform.addModel('iris', IRIS);
  const broker = props.broker ?? brokerIn(app);
  const camera = deviceOf(broker, 'camera');
  const connector = new CamelConnector(app, 'camel', { ...props, broker });
  return { app, platform, iris, broker, camera, connector };
}

/** The same with one route. */
export function camelStack(
  route: Partial<RouteOptions> = {},
  props: Partial<CamelConnectorProps> = {},
): CamelStack & { readonly route: CamelRoute } {
  const stack = camelStackWithoutRoute(props);
  const added = stack.connector.addRoute({ model: stack.iris, clients: [stack.camera], ...route });
  return { ...stack, route: added };
}

/** The objects of a connector named `camel`. */
export function camelObjects(app: EdgeApp): Manifest[] {
  return synthesize(app).filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === 'camel-connector');
}

/** All URIs in the objects of the connector, by their scheme. */
export function urisOf(app: EdgeApp, scheme: 'paho-mqtt5' | 'http'): string[] {
  return texts(camelObjects(app)).filter((text) => text.startsWith(`${scheme}:`));
}

/** The parameters of a Camel URI. */
export function parametersOf(uri: string): Record<string, string> {
  const [, query = ''] = uri.split('?');
  return Object.fromEntries(query.split('&').map((parameter) => parameter.split(/=(.*)/s).slice(0, 2)));
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

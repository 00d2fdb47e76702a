import { type BridgeConfig, type BridgeConfigInput, parseBridgeConfig } from '../../../bridge';
import type { RouteConfig } from '../../../bridge/config';

type RouteInput = BridgeConfigInput['routes'][number];
type RouteChanges = Partial<Omit<RouteInput, 'model' | 'reply'>> & {
  readonly model?: Partial<RouteInput['model']>;
  readonly reply?: Partial<RouteInput['reply']>;
};

/** The shortest route there is, and what a test wants to be different. */
export function routeInput({ model, reply, ...changes }: RouteChanges = {}): RouteInput {
  return {
    name: 'iris',
    requestTopic: 'iris/input',
    deadLetter: { topic: 'iris/dead' },
    ...changes,
    model: { url: 'http://iris.example/v1/models/iris:predict', ...model },
    reply: { topic: 'iris/output', ...reply },
  };
}

/** The shortest configuration there is, and what a test wants to be different. */
export function configInput(changes: Partial<BridgeConfigInput> = {}): BridgeConfigInput {
  return { broker: { url: 'mqtt://broker.example', clientId: 'bridge-0' }, routes: [routeInput()], ...changes };
}

export function routeConfig(changes?: RouteChanges): RouteConfig {
  return parseBridgeConfig(configInput({ routes: [routeInput(changes)] })).routes[0] as RouteConfig;
}

export function brokerConfig(changes: Partial<BridgeConfigInput['broker']> = {}): BridgeConfig['broker'] {
  const broker = { url: 'mqtt://broker.example', clientId: 'bridge-0', ...changes };
  return parseBridgeConfig(configInput({ broker })).broker;
}

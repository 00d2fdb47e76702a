import type { ServerResponse } from 'node:http';
import type { MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import { type BridgeConfigInput, parseBridgeConfig, type RunningBridge, startBridge } from '../../../bridge';
import { connectClient, startBroker, type TestBroker } from './broker';
import { routeInput } from './config';
import { type FakeModel, json, startModel } from './http';
import { CapturedLog } from './log';

/** A broker, a model and a bridge between them, all in this process and gone after the test. */
export interface Loop {
  readonly broker: TestBroker;
  readonly model: FakeModel;
  readonly bridge: RunningBridge;
  readonly log: CapturedLog;
  /** A configuration for the same broker. */
  config(changes?: Partial<BridgeConfigInput>): ReturnType<typeof parseBridgeConfig>;
  /** A route from `<name>/input` to the model at `/<name>`, and its answers to `<name>/output`. */
  route(name: string, changes?: Parameters<typeof routeInput>[0]): BridgeConfigInput['routes'][number];
  get(path: string): Promise<{ status: number; text: string }>;
  /** Publishes a request, and resolves with the next message on a topic. */
  ask(topic: string, replyTopic?: string): Promise<unknown>;
}

export interface LoopOptions {
  readonly config?: Partial<BridgeConfigInput>;
  readonly broker?: Parameters<typeof startBroker>[0];
  /** What the bridge says who it is. */
  readonly login?: Pick<BridgeConfigInput['broker'], 'username' | 'passwordFile'>;
  readonly answer?: (response: ServerResponse, path: string) => void;
}

const predicting = (response: ServerResponse) => json(response, { predictions: [1] });

/** Resolves when the bridge has both connections. */
export async function startLoop({
  config: changes = {},
  broker: options,
  login = {},
  answer = predicting,
}: LoopOptions = {}): Promise<Loop> {
  const broker = await startBroker(options);
  onTestFinished(() => broker.close());
  const model = await startModel((response, { url }) => answer(response, url));
  onTestFinished(() => model.close());
  const route: Loop['route'] = (name, more) =>
    routeInput({
      name,
      requestTopic: `${name}/input`,
      deadLetter: { topic: `${name}/dead` },
      ...more,
      model: { url: `${model.origin}/${name}`, ...more?.model },
      reply: { topic: `${name}/output`, ...more?.reply },
    });
  const config: Loop['config'] = (more) =>
    parseBridgeConfig({
      broker: {
        url: broker.url,
        clientId: 'bridge-0',
        protocolVersion: 4,
        reconnect: { minMs: 10, maxMs: 20 },
        ...login,
      },
      routes: [route('iris')],
      http: { host: '127.0.0.1', port: 0 },
      ...changes,
      ...more,
    });
  const log = new CapturedLog();
  const bridge = await startBridge(config(), log.logger);
  onTestFinished(async () => {
    await bridge.stop();
  });
  await Promise.all(['requests', 'replies'].map((connection) => log.line({ msg: 'connected', connection })));
  let requester: Promise<MqttClient> | undefined;
  return {
    broker,
    model,
    bridge,
    log,
    config,
    route,
    get: async (path) => {
      const response = await fetch(`http://127.0.0.1:${bridge.operationsPort}${path}`);
      return { status: response.status, text: await response.text() };
    },
    ask: async (topic, replyTopic = topic.replace(/input$/, 'output')) => {
      requester ??= connectClient(broker.url);
      const client = await requester;
      onTestFinished(() => client.endAsync(true));
      await client.subscribeAsync(replyTopic, { qos: 1 });
      const heard = new Promise<unknown>((resolve) => {
        client.on('message', (name, payload) => name === replyTopic && resolve(JSON.parse(payload.toString())));
      });
      await client.publishAsync(topic, '{"instances":[[1]]}', { qos: 1 });
      return heard;
    },
  };
}

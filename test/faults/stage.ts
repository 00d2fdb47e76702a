import type { BridgeConfigInput } from '../../bridge/config';
import { BridgeProcess } from './bridge-process';
import { makeTemporaryDirectory, removeTemporaryDirectory } from './leftovers';
import { ANSWER_TOPIC, DEAD_LETTER_TOPIC, REQUEST_TOPIC } from './messages';
import { ModelServer } from './model-server';
import { MosquittoProcess } from './mosquitto-process';
import { Publisher } from './publisher';
import { ResettingProxy } from './resetting-proxy';
import { Verifier } from './verifier';

const SESSION_SECONDS = 3_600;
const RECONNECT = { minMs: 100, maxMs: 1_000 };

/** What a scenario runs in. */
export interface Setting {
  /** How the bridge reaches the broker. */
  readonly link: 'direct' | 'proxy' | 'websocket';
  readonly protocolVersion: 4 | 5;
  readonly qos: 1 | 2;
  readonly window: number;
  readonly keepaliveSeconds: number;
  /** Requests the broker keeps for a bridge that is away. */
  readonly maxQueuedMessages: number;
  /** Without an answer for so long, no more are expected. */
  readonly silenceMs: number;
}

/** Everything a scenario plays with, running and connected. */
export interface Stage {
  readonly broker: MosquittoProcess;
  readonly proxy: ResettingProxy;
  readonly model: ModelServer;
  readonly bridge: BridgeProcess;
  readonly verifier: Verifier;
  readonly publisher: Publisher;
}

/** Builds the stage, hands it to `play`, and takes it down again, whatever happens. */
export async function onStage<T>(setting: Setting, play: (stage: Stage) => Promise<T>): Promise<T> {
  const directory = makeTemporaryDirectory();
  const built: { close(): Promise<void> }[] = [];
  const keep = <U extends { close(): Promise<void> }>(part: U): U => {
    built.push(part);
    return part;
  };
  try {
    const broker = keep(await MosquittoProcess.start({ directory, maxQueuedMessages: setting.maxQueuedMessages }));
    const proxy = keep(await ResettingProxy.start(broker.port));
    const model = keep(await ModelServer.start());
    const verifier = keep(await Verifier.connect(broker.port, setting.silenceMs));
    const publisher = keep(await Publisher.connect(broker.port, setting.qos));
    const url = brokerUrl(setting.link, broker, proxy);
    const bridge = keep(new BridgeProcess(directory, bridgeConfig(setting, url, model.url)));
    await bridge.start();
    await bridge.ready();
    return await play({ broker, proxy, model, bridge, verifier, publisher });
  } finally {
    for (const part of built.reverse()) await part.close();
    removeTemporaryDirectory(directory);
  }
}

function brokerUrl(link: Setting['link'], broker: MosquittoProcess, proxy: ResettingProxy): string {
  const urls = {
    direct: `mqtt://127.0.0.1:${broker.port}`,
    proxy: `mqtt://127.0.0.1:${proxy.port}`,
    websocket: `ws://127.0.0.1:${broker.websocketPort}`,
  };
  return urls[link];
}

function bridgeConfig(setting: Setting, brokerUrl: string, modelUrl: string): BridgeConfigInput {
  const { protocolVersion, qos, window, keepaliveSeconds } = setting;
  return {
    broker: {
      url: brokerUrl,
      clientId: 'faults-bridge',
      protocolVersion,
      keepaliveSeconds,
      sessionExpirySeconds: SESSION_SECONDS,
      reconnect: RECONNECT,
    },
    delivery: { window },
    routes: [
      {
        name: 'faults',
        requestTopic: REQUEST_TOPIC,
        qos,
        model: { url: modelUrl },
        reply: { topic: ANSWER_TOPIC, qos },
        deadLetter: { topic: DEAD_LETTER_TOPIC },
      },
    ],
    http: { host: '127.0.0.1', port: 0 },
  };
}

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BridgeConfigInput } from '../../bridge/config';
import { BridgeProcess } from './bridge-process';
import { makeTemporaryDirectory, removeTemporaryDirectory } from './leftovers';
import { ANSWER_TOPIC, DEAD_LETTER_TOPIC, OWN_ANSWER_TOPIC, REQUEST_TOPIC } from './messages';
import { ModelServer } from './model-server';
import { type MosquittoOptions, MosquittoProcess } from './mosquitto-process';
import { Publisher } from './publisher';
import { ResettingProxy } from './resetting-proxy';
import { SmallDisk } from './small-disk';
import { Verifier } from './verifier';

const SESSION_SECONDS = 3_600;
const RECONNECT = { minMs: 100, maxMs: 1_000 };

/** The bridge at the broker, where the broker asks who it is. */
export const BRIDGE_USER = 'bridge';

type RouteInput = BridgeConfigInput['routes'][number];

/** What is different from the usual configuration of the bridge. */
interface ConfigChanges {
  readonly connectTimeoutSeconds?: number;
  readonly droppedMessagesTopic?: string;
  readonly delivery?: BridgeConfigInput['delivery'];
  readonly model?: Partial<RouteInput['model']>;
  readonly request?: RouteInput['request'];
}

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
  /** Bridges that share the requests. */
  readonly members?: number;
  readonly config?: ConfigChanges;
  readonly broker?: Pick<MosquittoOptions, 'maxPacketBytes' | 'users' | 'acl'>;
  /** The size of the disk that the broker keeps its sessions on. */
  readonly diskKibibytes?: number;
}

/** Everything a scenario plays with, running and connected. */
export interface Stage {
  readonly broker: MosquittoProcess;
  readonly disk: SmallDisk | undefined;
  readonly proxy: ResettingProxy;
  readonly model: ModelServer;
  /** The first of the bridges, and the only one where nothing else is said. */
  readonly bridge: BridgeProcess;
  readonly bridges: readonly BridgeProcess[];
  /** Replaces the password that the bridge tells the broker. */
  readonly changePassword: (password: string) => void;
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
  const { maxQueuedMessages, diskKibibytes, broker: brokerOptions, members = 1 } = setting;
  const passwordFile = path.join(directory, 'bridge-password');
  const changePassword = (password: string) => writeFileSync(passwordFile, `${password}\n`);
  try {
    changePassword('first');
    const disk = diskKibibytes === undefined ? undefined : keep(new SmallDisk(`${directory}/disk`, diskKibibytes));
    const state = disk && { stateDirectory: disk.directory };
    const [broker, model] = await Promise.all([
      MosquittoProcess.start({ directory, maxQueuedMessages, ...state, ...brokerOptions }).then(keep),
      ModelServer.start(directory).then(keep),
    ]);
    const proxy = keep(await ResettingProxy.start(broker.port));
    const verifier = keep(await Verifier.connect(broker.port, setting.silenceMs));
    const publisher = keep(await Publisher.connect(broker.port, setting.qos));
    const url = brokerUrl(setting.link, broker, proxy);
    const bridges = Array.from({ length: members }, (_, member) => {
      const config = bridgeConfig(setting, member, { url, passwordFile, modelUrl: model.url });
      return keep(new BridgeProcess(path.join(directory, `${config.broker.clientId}.json`), config));
    });
    await Promise.all(bridges.map((one) => one.start().then(() => one.ready())));
    const [bridge] = bridges;
    if (!bridge) throw new Error('a scenario needs a bridge');
    return await play({ broker, disk, proxy, model, bridge, bridges, changePassword, verifier, publisher });
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

function bridgeConfig(
  setting: Setting,
  member: number,
  { url, passwordFile, modelUrl }: { url: string; passwordFile: string; modelUrl: string },
): BridgeConfigInput {
  const { protocolVersion, qos, window, keepaliveSeconds, members = 1, config = {} } = setting;
  const { connectTimeoutSeconds, droppedMessagesTopic, delivery, model, request } = config;
  return {
    broker: {
      url,
      clientId: `faults-bridge-${member}`,
      username: BRIDGE_USER,
      passwordFile,
      protocolVersion,
      keepaliveSeconds,
      connectTimeoutSeconds,
      droppedMessagesTopic,
      sessionExpirySeconds: SESSION_SECONDS,
      reconnect: RECONNECT,
    },
    delivery: { window, ...delivery },
    routes: [
      {
        name: 'faults',
        requestTopic: REQUEST_TOPIC,
        share: members > 1 ? 'faults' : undefined,
        qos,
        request,
        model: { url: modelUrl, ...model },
        reply: { topic: ANSWER_TOPIC, qos, allowedResponseTopics: [OWN_ANSWER_TOPIC] },
        deadLetter: { topic: DEAD_LETTER_TOPIC },
      },
    ],
    http: { host: '127.0.0.1', port: 0 },
  };
}

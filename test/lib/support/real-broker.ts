import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { EdgeApp, type Mosquitto, type MosquittoProps, MosquittoVersion } from '../../../lib';
import { findManifest, type Manifest, synthesize } from '../../../lib/testing';
import { Child } from '../../../lib/testing/local/child';
import { type LocalMosquitto, mosquittoInstalled, startMosquitto } from '../../../lib/testing/local/mosquitto-broker';
import { freePort } from '../../faults/free-port';
import { temporaryFolder } from './folders';
import { brokerIn, deviceOf } from './stacks';

export const PASSWORD = 'hunter2 "hunter2" $hunter2';
export const CAMERA = { username: 'camera', password: PASSWORD, protocolVersion: 5 } as const;
export const SECRETS = { 'camera-mqtt/password': PASSWORD };
export const PERSISTENT = { clean: false, properties: { sessionExpiryInterval: 3600 } };

/** Every Mosquitto reads what is written for 2.0; what is for 2.1 needs its plugins where the official image has them. */
const hasPlugins = existsSync('/usr/lib/mosquitto_password_file.so');
export const REAL_VERSIONS = [MosquittoVersion.V2_0, ...(hasPlugins ? [MosquittoVersion.V2_1] : [])];

/** Why a test is skipped, for its name. */
export const NOTE = mosquittoInstalled() ? '' : ' (skipped: Mosquitto is not installed)';

/** A camera that may write to "in", and read it and "out". */
export function withCamera(broker: Mosquitto): void {
  deviceOf(broker, 'camera').allowPublish('in').allowSubscribe('in').allowSubscribe('out');
}

export function manifestsOf(props: MosquittoProps, use: (broker: Mosquitto) => void): Manifest[] {
  const app = new EdgeApp();
  use(brokerIn(app, props));
  return synthesize(app);
}

export interface RealBrokerOptions {
  /** Name of the broker. @default 'mosquitto' */
  readonly name?: string;
  /** What is in the Secrets and ConfigMaps of the cluster, by `<name>/<key>`. */
  readonly secrets?: Record<string, string>;
  /** Where the parents are, by their names. */
  readonly parents?: Record<string, string>;
  /** The folder of an earlier run, with its sessions. @default - a new one */
  readonly folder?: string;
  /** The port for MQTT. @default - a free one */
  readonly mqttPort?: number;
}

/** A rendered broker, run with the Mosquitto of this machine until the test is over. */
export class RealBroker {
  static async start(manifests: readonly Manifest[], options: RealBrokerOptions = {}): Promise<RealBroker> {
    const { name = 'mosquitto', secrets = {}, parents, folder = temporaryFolder() } = options;
    const pod = findManifest(manifests, 'StatefulSet', name);
    const secret = (_: string, object: string, key: string) => {
      const value = secrets[`${object}/${key}`];
      if (value === undefined) throw new Error(`the test has no Secret ${object}/${key}`);
      return value;
    };
    const mosquitto = await startMosquitto(pod, manifests, folder, secret, {
      mqttPort: options.mqttPort ?? (await freePort()),
      websocketPort: await freePort(),
      parents,
    });
    onTestFinished(() => mosquitto.stop());
    return new RealBroker(mosquitto, pod, folder);
  }

  readonly mosquitto: LocalMosquitto;
  readonly folder: string;
  readonly #pod: Manifest;

  private constructor(mosquitto: LocalMosquitto, pod: Manifest, folder: string) {
    this.mosquitto = mosquitto;
    this.#pod = pod;
    this.folder = folder;
  }

  /** Where a listener is, by its name in the pod. */
  url(listener: string, host = 'localhost'): string {
    const scheme = { mqtt: 'mqtt', websockets: 'ws', mqtts: 'mqtts', wss: 'wss', 'mqtts-cert': 'mqtts' }[listener];
    return `${scheme}://${host}:${this.mosquitto.ports[listener]}`;
  }

  /** Runs the container that sees changes of files, and looks often. */
  watch(): { readonly lines: string[] } {
    const lines: string[] = [];
    const { command } = this.#pod.spec.template.spec.containers[1];
    const child = new Child('reload', command[0], command.slice(1).map(this.mosquitto.files.localised), (line) =>
      lines.push(line),
    );
    onTestFinished(() => child.stop());
    return { lines };
  }

  /** Does what a kubelet does with a changed Secret or ConfigMap. */
  write(volume: string, file: string, text: string): void {
    const target = path.join(this.folder, volume, file);
    rmSync(target);
    writeFileSync(target, text);
  }
}

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Manifest, readManifests } from '../manifests';
import { startAedes } from './aedes-broker';
import type { Child } from './child';
import { freePort } from './free-port';
import { startBridgePod } from './local-bridge';
import type { LocalBroker } from './local-broker';
import { mosquittoInstalled, startMosquitto } from './mosquitto-broker';

export interface LocalModel {
  readonly name: string;
  readonly namespace: string;
  /** The model's format, `sklearn` for instance. */
  readonly format: string;
}

export interface LocalLoopOptions {
  /** The folder that `synth()` wrote to. */
  readonly manifests: string;
  /** Starts something that answers in a model's place, and says where: scheme, host and port. */
  readonly startModel: (model: LocalModel) => Promise<string>;
  /**
   * Which broker to run.
   *
   * @default - 'mosquitto' when it is installed, else 'aedes'
   */
  readonly broker?: 'mosquitto' | 'aedes';
  /** Port for MQTT. @default - a free one */
  readonly mqttPort?: number;
  /** Port for MQTT over websockets. @default - a free one */
  readonly websocketPort?: number;
  /**
   * Values of Secrets that cannot be drawn at random, certificates for instance, by `<name>/<key>`.
   *
   * @default - none
   */
  readonly secrets?: Record<string, string>;
  /** Told what happens, in sentences. @default - nobody is */
  readonly onStep?: (step: string) => void;
  /** Told each line that a bridge logs. @default - nobody is */
  readonly onBridgeLine?: (line: string) => void;
}

/** A topology at work on this machine. */
export interface LocalLoop {
  readonly broker: 'mosquitto' | 'aedes';
  readonly mqttPort: number;
  readonly websocketPort: number;
  /** Where the bridges answer /readyz and /metrics, by their names. */
  readonly operationsPorts: Record<string, number>;
  /**
   * The password that was drawn for a Secret the manifests refer to but do not contain.
   *
   * @throws Error when no user's password is in that Secret
   */
  password(secretName: string, key?: string): string;
  stop(): Promise<void>;
}

/**
 * Runs what was synthesized: the broker with its rendered files, the bridges with their rendered program and
 * configuration, and the models' stand-ins. Only addresses are changed. Secrets that the cluster would have get random
 * values.
 *
 * Needs the package `aedes` where Mosquitto is not installed.
 *
 * @throws Error when a part does not start, with its last lines
 */
export async function startLocalLoop(options: LocalLoopOptions): Promise<LocalLoop> {
  const { onStep = () => undefined, onBridgeLine = () => undefined } = options;
  const manifests = readManifests(options.manifests);
  const folder = mkdtempSync(path.join(tmpdir(), 'edge-inference-'));
  const drawn = new Map(Object.entries(options.secrets ?? {}));
  const secrets = (_: string, name: string, key: string) => {
    const id = `${name}/${key}`;
    const value = drawn.get(id) ?? draw(name, key);
    drawn.set(id, value);
    return value;
  };
  const parts: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of parts.reverse()) await part.stop();
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    if (options.mqttPort !== undefined && options.mqttPort === options.websocketPort) {
      throw new Error(
        `mqttPort and websocketPort are both ${options.mqttPort}, but a port has one listener. Change one`,
      );
    }
    const ports = { mqttPort: await freePort(options.mqttPort), websocketPort: await freePort(options.websocketPort) };
    const brokerPod = onlyPod(manifests, 'mosquitto');
    const kind = options.broker ?? (mosquittoInstalled() ? 'mosquitto' : 'aedes');
    const broker: LocalBroker =
      kind === 'mosquitto'
        ? await startMosquitto(brokerPod, manifests, path.join(folder, 'broker'), secrets, ports)
        : await startAedes(brokerPod, manifests, secrets, ports);
    parts.push(broker);
    onStep(`broker: ${kind} listens on 127.0.0.1:${broker.mqttPort}, websockets on ${broker.websocketPort}`);

    const origins = new Map<string, string>();
    for (const { metadata, spec } of manifests.filter(({ kind }) => kind === 'InferenceService')) {
      const { name, namespace = 'default' } = metadata;
      const origin = await options.startModel({ name, namespace, format: spec.predictor.model.modelFormat.name });
      origins.set(`${name}.${namespace}`, origin);
      onStep(`model: ${namespace}/${name} answers at ${origin}`);
    }
    const modelOrigin = ({ hostname }: URL) => origins.get(hostname.split('.', 2).join('.')) ?? `http://${hostname}`;

    const operationsPorts: Record<string, number> = {};
    for (const pod of podsOf(manifests, 'inference-bridge')) {
      const { name } = pod.metadata;
      const operationsPort = await freePort();
      const bridge: Child = await startBridgePod(pod, manifests, path.join(folder, name), secrets, {
        broker,
        operationsPort,
        modelOrigin,
        onLine: onBridgeLine,
      });
      parts.push(bridge);
      operationsPorts[name] = operationsPort;
      onStep(`bridge: ${name} takes requests; metrics at http://127.0.0.1:${operationsPort}/metrics`);
    }
    const password = (secretName: string, key = 'password') => {
      const value = drawn.get(`${secretName}/${key}`);
      if (value === undefined) throw new Error(`no user's password is under "${key}" in a Secret "${secretName}"`);
      return value;
    };
    return { broker: kind, ...ports, operationsPorts, password, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function draw(name: string, key: string): string {
  if (!/\.(crt|key)$/.test(key)) return randomBytes(12).toString('hex');
  throw new Error(`a certificate cannot be drawn at random: give "${name}/${key}" in options.secrets`);
}

function podsOf(manifests: readonly Manifest[], label: string): Manifest[] {
  return manifests.filter(
    ({ kind, metadata }) => kind === 'StatefulSet' && metadata.labels?.['app.kubernetes.io/name'] === label,
  );
}

function onlyPod(manifests: readonly Manifest[], label: string): Manifest {
  const pods = podsOf(manifests, label);
  if (pods.length === 1) return pods[0] as Manifest;
  throw new Error(`the manifests have ${pods.length} brokers, but a local loop runs one`);
}

import { execFileSync, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import type { Manifest } from '../manifests';
import { Child } from './child';
import { freePort } from './free-port';
import type { BrokerPorts, LocalBroker } from './local-broker';
import { type ExternalSecrets, mountVolumes, type PodFiles } from './pod-files';

/** Whether Mosquitto, with its password tool, is installed on this machine. */
export function mosquittoInstalled(): boolean {
  return ['mosquitto', 'mosquitto_passwd'].every((program) => spawnSync('which', [program]).status === 0);
}

/** Mosquitto on this machine. */
export interface LocalMosquitto extends LocalBroker {
  /** The ports of all its listeners, by the names they have in the pod. */
  readonly ports: Record<string, number>;
  /** The pod's files on this machine. */
  readonly files: PodFiles;
  /** Waits until it has ended by itself, or by a signal of somebody else. */
  ended(): Promise<void>;
}

/** What a broker has on this machine in place of what it has in the cluster. */
export interface MosquittoPlace extends BrokerPorts {
  /** Host and port for each of its parents, by name. @default - none of them can be reached from here */
  readonly parents?: Record<string, string>;
}

/** Runs the broker's pod with the Mosquitto of this machine: its init container's script, then its command. */
export async function startMosquitto(
  pod: Manifest,
  manifests: readonly Manifest[],
  folder: string,
  secrets: ExternalSecrets,
  { parents = {}, ...wanted }: MosquittoPlace,
): Promise<LocalMosquitto> {
  const { initContainers, containers } = pod.spec.template.spec;
  const ports = await localPorts(containers[0].ports, wanted);
  const files = mountVolumes(pod, manifests, folder, secrets, (file, text) => {
    if (file === 'mosquitto.conf') return forThisMachine(text, containers[0].ports, ports);
    const [, parent] = /^parent-(.+)\.conf$/.exec(file) ?? [];
    // A stack that is tried out must not log in to the broker of the real site above it.
    return parent === undefined ? text : text.replace(/^address .*$/m, `address ${parents[parent] ?? '127.0.0.1:1'}`);
  });
  for (const { command } of initContainers) runOnce(command.map(files.localised));
  const [program, ...args] = containers[0].command.map(files.localised);
  const child = new Child('mosquitto', program, args);
  for (const port of Object.values(ports)) await child.whenReady(() => listening(port));
  return {
    kind: 'mosquitto',
    scheme: 'mqtt' in ports ? 'mqtt' : 'mqtts',
    protocolVersion: 5,
    ...wanted,
    ports,
    files,
    ended: () => child.ended(),
    stop: () => child.stop(),
  };
}

interface PodPort {
  readonly name: string;
  readonly containerPort: number;
}

async function localPorts(podPorts: PodPort[], { mqttPort, websocketPort }: BrokerPorts) {
  const first = (...names: string[]) => names.find((name) => podPorts.some((port) => port.name === name));
  const wanted = new Map([
    [first('mqtt', 'mqtts'), mqttPort],
    [first('websockets', 'wss'), websocketPort],
  ]);
  const ports: Record<string, number> = {};
  for (const { name } of podPorts) ports[name] = wanted.get(name) ?? (await freePort());
  return ports;
}

function forThisMachine(conf: string, podPorts: PodPort[], ports: Record<string, number>): string {
  const local = new Map(podPorts.map(({ name, containerPort }) => [containerPort, ports[name]]));
  const listeners = conf.replace(/^listener (\d+)$/gm, (_, port) => `listener ${local.get(Number(port))} 127.0.0.1`);
  // Mosquitto 2.0 binds websockets to every address of the machine unless it is told the family.
  const here = listeners.replace(/^protocol websockets$/gm, '$&\nsocket_domain ipv4');
  // Started by root, Mosquitto would become a user who may not read the files; in the pod it never runs as root.
  return process.getuid?.() === 0 ? `${here}user root\n` : here;
}

function runOnce([program, ...args]: string[]): void {
  execFileSync(program ?? '', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function listening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

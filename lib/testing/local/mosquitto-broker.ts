import { execFileSync, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import type { Manifest } from '../manifests';
import { Child } from './child';
import type { BrokerPorts, LocalBroker } from './local-broker';
import { type ExternalSecrets, mountVolumes } from './pod-files';

/** Whether Mosquitto, with its password tool, is installed on this machine. */
export function mosquittoInstalled(): boolean {
  return ['mosquitto', 'mosquitto_passwd'].every((program) => spawnSync('which', [program]).status === 0);
}

/** Runs the broker's pod with the Mosquitto of this machine: its init container's script, then its command. */
export async function startMosquitto(
  pod: Manifest,
  manifests: readonly Manifest[],
  folder: string,
  secrets: ExternalSecrets,
  ports: BrokerPorts,
): Promise<LocalBroker> {
  const { initContainers, containers } = pod.spec.template.spec;
  const files = mountVolumes(pod, manifests, folder, secrets, (file, text) =>
    file === 'mosquitto.conf' ? forThisMachine(text, containers[0].ports, ports) : text,
  );
  for (const { command } of initContainers) runOnce(command.map(files.localised));
  const [program, ...args] = containers[0].command.map(files.localised);
  const child = new Child('mosquitto', program, args);
  await child.whenReady(() => listening(ports.mqttPort));
  return { kind: 'mosquitto', protocolVersion: 5, ...ports, stop: () => child.stop() };
}

function forThisMachine(
  conf: string,
  podPorts: { name: string; containerPort: number }[],
  { mqttPort, websocketPort }: BrokerPorts,
): string {
  const local = new Map(
    podPorts.map(({ name, containerPort }) => [containerPort, name === 'mqtt' ? mqttPort : websocketPort]),
  );
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

import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Manifest } from '../../../lib/testing';
import { Child } from '../../../lib/testing/local/child';
import { freePort } from '../../../lib/testing/local/free-port';
import { mountVolumes, type PodFiles } from '../../../lib/testing/local/pod-files';
import { rabbitMqEnvironment } from '../../../lib/testing/local/rabbitmq-environment';
import type { ClusterSecrets } from './cluster-secrets';

/** Erlang takes its time for the first start of a node. */
const PATIENCE_MS = 120_000;
/** How nodes find each other, of which there is one here, and what older versions than the stack's do not know. */
const NOT_HERE = /^(cluster_formation|cluster_partition_handling|quorum_queue\.continuous|anonymous_login_user)/;

export interface LocalRabbitMqOptions {
  /** The StatefulSet of the stack. */
  readonly pod: Manifest;
  readonly manifests: readonly Manifest[];
  readonly secrets: ClusterSecrets;
  readonly folder: string;
  /** Of RabbitMQ. */
  readonly programs: string;
}

/** One node of the stack's broker on this machine, with its settings, certificates, users and queues. */
export class LocalRabbitMq {
  /** @throws Error when a part does not start, with its last lines; then nothing of it runs any more */
  static async start(options: LocalRabbitMqOptions): Promise<LocalRabbitMq> {
    const broker = new LocalRabbitMq(options, await localPorts(options.pod), await freePort(), await freePort());
    try {
      await broker.#start();
      return broker;
    } catch (error) {
      await broker.stop();
      throw error;
    }
  }

  /** Of AMQP over TLS. */
  readonly port: number;
  readonly #options: LocalRabbitMqOptions;
  readonly #files: PodFiles;
  readonly #epmdPort: number;
  readonly #distPort: number;
  readonly #children: Child[] = [];

  private constructor(
    options: LocalRabbitMqOptions,
    ports: ReadonlyMap<string, number>,
    epmdPort: number,
    distPort: number,
  ) {
    this.#options = options;
    this.#epmdPort = epmdPort;
    this.#distPort = distPort;
    this.port = ports.get('5671') as number;
    const { pod, manifests, folder, secrets } = options;
    this.#files = mountVolumes(
      pod,
      manifests,
      folder,
      (_, name, key) => secrets.value(name, key),
      (file, text) => forThisMachine(file, text, ports),
    );
  }

  async stop(): Promise<void> {
    for (const child of this.#children.reverse()) await child.stop();
  }

  async #start(): Promise<void> {
    const { pod, folder } = this.#options;
    const { initContainers, containers } = pod.spec.template.spec;
    for (const volume of ['home', 'etc']) mkdirSync(path.join(folder, volume), { recursive: true });
    const epmd = ['epmd', '-d', '-port', String(this.#epmdPort), '-address', '127.0.0.1'];
    await this.#run('epmd', epmd, 'epmd running');
    for (const { command } of initContainers) {
      const [program, ...args] = command.map(this.#files.localised);
      await promisify(execFile)(program, args, { env: this.#environment() });
    }
    await this.#run('rabbitmq-server', containers[0].command, 'Server startup complete');
    const definitions = containers[1].command.map(this.#files.localised);
    await this.#run('definitions', definitions, 'users, permissions and queues are those of the stack');
  }

  /** Starts a program, and waits until it says something. */
  async #run(name: string, command: string[], says: string): Promise<void> {
    let said = false;
    const environment = Object.entries(this.#environment()).map(([variable, value]) => `${variable}=${value}`);
    const child = new Child(name, 'env', ['-i', ...environment, ...command], (line) => {
      said ||= line.includes(says);
    });
    this.#children.push(child);
    await child.whenReady(() => Promise.resolve(said), PATIENCE_MS);
  }

  #environment(): Record<string, string> {
    const { programs, folder } = this.#options;
    return rabbitMqEnvironment({
      name: 'local',
      folder,
      programs,
      distPort: this.#distPort,
      epmdPort: this.#epmdPort,
    });
  }
}

/** A free port for each port of the pod. */
async function localPorts(pod: Manifest): Promise<Map<string, number>> {
  const ports = new Map<string, number>();
  const listed: { readonly containerPort: number }[] = pod.spec.template.spec.containers[0].ports;
  for (const { containerPort } of listed) ports.set(String(containerPort), await freePort());
  return ports;
}

function forThisMachine(file: string, text: string, ports: ReadonlyMap<string, number>): string {
  // There is one node here.
  if (file === 'definitions.sh') return text.replace(/await_online_nodes \d+/, 'await_online_nodes 1');
  if (file !== 'rabbitmq.conf') return text;
  return text
    .split('\n')
    .filter((line) => !NOT_HERE.test(line))
    .map((line) =>
      line
        .replace(/^(listeners\.\w+\.default = )(\d+)$/, (_, key, port) => `${key}127.0.0.1:${ports.get(port)}`)
        .replace(/^(prometheus\.tcp\.port = )(\d+)$/, (_, key, port) => `${key}${ports.get(port)}`),
    )
    .join('\n');
}

import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { findManifest, type Manifest } from '../../../lib/testing';
import { mountVolumes, type PodFiles } from '../../../lib/testing/local/pod-files';
import { rabbitMqEnvironment } from '../../../lib/testing/local/rabbitmq-environment';
import { Child } from '../../faults/child';
import { freePort } from '../../faults/free-port';
import { rabbitMqProblem } from '../../rabbitmq/rabbitmq-process';

const START_MS = 120_000;
const EPMD_MS = 10_000;
const INSTALLED_IN = '/usr/lib/rabbitmq/lib';

/** Why a test is skipped, or nothing. */
export const RABBITMQ_MISSING = rabbitMqProblem();
export const RABBITMQ_NOTE = RABBITMQ_MISSING ? ` (skipped: ${RABBITMQ_MISSING})` : '';

/**
 * What RabbitMQ 3.13 knows and Debian's 3.10 does not, and what only makes sense in a cluster: there the nodes have names
 * that the DNS knows.
 */
const NOT_HERE =
  /^(cluster_formation|cluster_partition_handling|quorum_queue\.continuous|anonymous_login_user|mqtt\.max_)/;

interface PodPort {
  readonly name: string;
  readonly containerPort: number;
}

/** A rendered broker, run with the RabbitMQ of this machine. */
export class RealRabbitMq {
  /**
   * @param folder where it keeps everything
   * @param secrets what is in the Secrets of the cluster, by `<name>/<key>`
   */
  static async start(
    manifests: readonly Manifest[],
    folder: string,
    secrets: Record<string, string>,
  ): Promise<RealRabbitMq> {
    const pod = findManifest(manifests, 'StatefulSet', 'rabbitmq');
    const ports = await localPorts(pod);
    const files = mountVolumes(
      pod,
      manifests,
      folder,
      (_, name, key) => {
        const value = secrets[`${name}/${key}`];
        if (value === undefined) throw new Error(`the test has no Secret ${name}/${key}`);
        return value;
      },
      (file, text) => (file === 'rabbitmq.conf' ? forThisMachine(text, pod, ports) : text),
    );
    const broker = new RealRabbitMq(pod, files, folder, ports, await freePort(), await freePort());
    try {
      await broker.#start();
    } catch (error) {
      await broker.stop();
      throw error;
    }
    return broker;
  }

  readonly ports: Readonly<Record<string, number>>;
  readonly folder: string;
  readonly #pod: Manifest;
  readonly #files: PodFiles;
  readonly #epmdPort: number;
  readonly #distPort: number;
  readonly #children: Child[] = [];

  private constructor(
    pod: Manifest,
    files: PodFiles,
    folder: string,
    ports: Record<string, number>,
    epmdPort: number,
    distPort: number,
  ) {
    this.#pod = pod;
    this.#files = files;
    this.folder = folder;
    this.ports = ports;
    this.#epmdPort = epmdPort;
    this.#distPort = distPort;
  }

  /** What rabbitmqctl says. */
  async ctl(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(path.join(programs(), 'rabbitmqctl'), ['--silent', ...args], {
      env: this.#environment,
    });
    return stdout;
  }

  /** Runs the container that brings changes into the broker, until it says that it has. */
  async applyDefinitions(): Promise<Child> {
    const { command } = this.#pod.spec.template.spec.containers[1];
    const child = this.#spawn('definitions', command.map(this.#files.localised));
    await child.says(/users, permissions and queues are those of the stack/, START_MS);
    return child;
  }

  /** Does what a kubelet does with a changed Secret or ConfigMap. */
  write(volume: string, file: string, text: string): void {
    const target = path.join(this.folder, volume, file);
    rmSync(target);
    writeFileSync(target, text);
  }

  async #start(): Promise<void> {
    for (const volume of ['home', 'etc']) mkdirSync(path.join(this.folder, volume), { recursive: true });
    const epmd = ['epmd', '-d', '-port', String(this.#epmdPort), '-address', '127.0.0.1'];
    await this.#spawn('epmd', epmd).says(/epmd running/, EPMD_MS);
    for (const { command } of this.#pod.spec.template.spec.initContainers) {
      const [program, ...args] = command.map(this.#files.localised);
      execFileSync(program, args, { env: this.#environment, stdio: ['ignore', 'ignore', 'pipe'] });
    }
    const node = this.#spawn('rabbitmq-server', this.#pod.spec.template.spec.containers[0].command);
    await node.says(/Server startup complete/, START_MS);
  }

  #spawn(name: string, [program = '', ...args]: string[]): Child {
    const child = new Child(name, spawn(program, args, { stdio: 'pipe', env: this.#environment }));
    this.#children.push(child);
    return child;
  }

  async stop(): Promise<void> {
    for (const child of this.#children.reverse()) await child.end('SIGKILL');
  }

  get #environment(): Record<string, string> {
    return rabbitMqEnvironment({
      name: 'rendered',
      folder: this.folder,
      programs: programs(),
      distPort: this.#distPort,
      epmdPort: this.#epmdPort,
    });
  }
}

async function localPorts(pod: Manifest): Promise<Record<string, number>> {
  const ports: Record<string, number> = {};
  for (const { name } of pod.spec.template.spec.containers[0].ports as PodPort[]) ports[name] = await freePort();
  return ports;
}

/** The same settings, on ports of 127.0.0.1, and without what only a cluster of newer nodes knows. */
function forThisMachine(conf: string, pod: Manifest, ports: Record<string, number>): string {
  const podPorts = pod.spec.template.spec.containers[0].ports as PodPort[];
  const local = new Map(podPorts.map(({ name, containerPort }) => [String(containerPort), ports[name]]));
  const lines = conf.split('\n').filter((line) => !NOT_HERE.test(line));
  return lines
    .map((line) =>
      line.replace(/^(.*listeners\.\w+\.default = )(\d+)$/, (_, key, port) => `${key}127.0.0.1:${local.get(port)}`),
    )
    .map((line) => line.replace(/^(.*\.(tcp|ssl)\.port = )(\d+)$/, (_, key, __, port) => `${key}${local.get(port)}`))
    .join('\n');
}

function programs(): string {
  const [folder = ''] = existsSync(INSTALLED_IN)
    ? readdirSync(INSTALLED_IN).filter((name) => name.startsWith('rabbitmq_server-'))
    : [];
  return path.join(INSTALLED_IN, folder, 'sbin');
}

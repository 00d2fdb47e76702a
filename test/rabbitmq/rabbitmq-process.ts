import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Child } from '../faults/child';
import { freePort } from '../faults/free-port';

/** Erlang compiles at its first start, and other tests want the machine too. */
const START_MS = 120_000;
const EPMD_MS = 10_000;
/** Where distributions put the programs; those on PATH there become another user first, or know one directory only. */
const INSTALLED_IN = '/usr/lib/rabbitmq/lib';

export interface RabbitMqOptions {
  /** Where the node keeps everything, its messages included. */
  readonly directory: string;
  /** Lines of rabbitmq.conf, after those for the listener. */
  readonly config?: readonly string[];
  readonly plugins?: readonly string[];
  /** Users, queues and whatever else is there from the start; with users of its own there is no `guest`. */
  readonly definitions?: object;
  /** Further environment of the node. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Of another node, to be in one cluster with it. */
  readonly peer?: RabbitMqProcess;
}

/** Says what is missing when there is no RabbitMQ to run, or nothing. */
export function rabbitMqProblem(): string | undefined {
  if (programs() === undefined) return 'rabbitmq-server is not installed. Install it: apt-get install rabbitmq-server';
  if (spawnSync('epmd', ['-help']).error)
    return 'epmd is not on PATH. It comes with Erlang: apt-get install erlang-base';
  return undefined;
}

/** A RabbitMQ node of its own on 127.0.0.1, as whoever runs the tests, whose messages survive its restart. */
export class RabbitMqProcess {
  readonly port: number;
  readonly nodename: string;
  readonly #distPort: number;
  readonly #epmdPort: number;
  #options: RabbitMqOptions;
  #epmd: Child | undefined;
  #child: Child | undefined;

  private constructor(ports: { port: number; distPort: number; epmdPort: number }, options: RabbitMqOptions) {
    this.port = ports.port;
    this.#distPort = ports.distPort;
    this.#epmdPort = ports.epmdPort;
    this.nodename = `test${ports.port}@localhost`;
    this.#options = options;
  }

  static async start(options: RabbitMqOptions): Promise<RabbitMqProcess> {
    const epmdPort = options.peer ? options.peer.#epmdPort : await freePort();
    const broker = new RabbitMqProcess({ port: await freePort(), distPort: await freePort(), epmdPort }, options);
    try {
      if (!options.peer) await broker.#startEpmd();
      await broker.#start();
    } catch (error) {
      await broker.close();
      throw error;
    }
    return broker;
  }

  /** As guest, or as somebody of the definitions. */
  url(user = 'guest', password = user): string {
    return `amqp://${user}:${password}@127.0.0.1:${this.port}`;
  }

  get directory(): string {
    return this.#options.directory;
  }

  /** A file with a secret in it, a password for instance. */
  secret(text: string): string {
    const file = this.#file(`secret-${text}`);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  /** Ends the node as a service manager does, or with another signal. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#child?.end(signal);
  }

  /** Suspends it with SIGSTOP, for one. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.signal(signal);
  }

  /** Starts it again with what it has kept, on the same ports, perhaps with other options. */
  async startAgain(changes: Partial<RabbitMqOptions> = {}): Promise<void> {
    this.#options = { ...this.#options, ...changes };
    await this.#start();
  }

  async restart({ signal, ...changes }: { signal?: NodeJS.Signals } & Partial<RabbitMqOptions> = {}): Promise<void> {
    await this.stop(signal);
    await this.startAgain(changes);
  }

  /** What rabbitmqctl says. */
  ctl(...args: string[]): Promise<string> {
    return this.run('rabbitmqctl', '--silent', '--node', this.nodename, ...args);
  }

  /** What another of RabbitMQ's programs says: rabbitmq-diagnostics, rabbitmq-plugins. */
  async run(program: string, ...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(path.join(programs() ?? '', program), args, {
      env: this.#environment,
      timeout: START_MS,
    });
    return stdout;
  }

  /** Resolves when the node says so in its log. */
  async says(pattern: RegExp, withinMs = START_MS): Promise<void> {
    await this.#child?.says(pattern, withinMs);
  }

  async close(): Promise<void> {
    await this.#child?.end('SIGKILL');
    await this.#epmd?.end('SIGKILL');
  }

  /** In the foreground, so that it ends with the test: by itself Erlang starts one that stays for ever. */
  async #startEpmd(): Promise<void> {
    const args = ['-d', '-port', String(this.#epmdPort), '-address', '127.0.0.1'];
    this.#epmd = new Child('epmd', spawn('epmd', args, { stdio: 'pipe' }));
    await this.#epmd.says(/epmd running/, EPMD_MS);
  }

  async #start(): Promise<void> {
    const { plugins = [], config = [], definitions, directory, peer } = this.#options;
    mkdirSync(directory, { recursive: true });
    // Nodes of one cluster, and programs that talk to them, know the same secret.
    writeFileSync(this.#file('.erlang.cookie'), 'RABBITMQTESTCOOKIE', { mode: 0o600, flag: 'w' });
    writeFileSync(this.#file('enabled_plugins'), `[${plugins.join(',')}].\n`);
    if (definitions) writeFileSync(this.#file('definitions.json'), JSON.stringify(definitions));
    const lines = [
      `listeners.tcp.1 = 127.0.0.1:${this.port}`,
      'log.console = true',
      'log.console.level = info',
      'log.file = false',
      ...(definitions ? [`load_definitions = ${this.#file('definitions.json')}`] : []),
      ...(peer
        ? [
            'cluster_formation.peer_discovery_backend = classic_config',
            `cluster_formation.classic_config.nodes.1 = ${peer.nodename}`,
            `cluster_formation.classic_config.nodes.2 = ${this.nodename}`,
          ]
        : []),
      ...config,
    ];
    writeFileSync(this.#file('rabbitmq.conf'), lines.map((line) => `${line}\n`).join(''));
    const server = path.join(programs() ?? '', 'rabbitmq-server');
    this.#child = new Child(
      'rabbitmq-server',
      spawn(server, { cwd: directory, stdio: 'pipe', env: this.#environment }),
    );
    await this.#child.says(/Server startup complete/, START_MS);
  }

  get #environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      HOME: this.#options.directory,
      // The node in place of the shell that starts it, so that a signal reaches it.
      RUNNING_UNDER_SYSTEMD: 'true',
      RABBITMQ_NODENAME: this.nodename,
      RABBITMQ_DIST_PORT: String(this.#distPort),
      ERL_EPMD_PORT: String(this.#epmdPort),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      RABBITMQ_MNESIA_BASE: this.#file('mnesia'),
      RABBITMQ_LOG_BASE: this.#file('log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_CONFIG_FILE: this.#file('rabbitmq.conf'),
      RABBITMQ_ADVANCED_CONFIG_FILE: this.#file('advanced.config'),
      RABBITMQ_CONF_ENV_FILE: this.#file('rabbitmq-env.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: this.#file('enabled_plugins'),
      ...this.#options.environment,
    };
  }

  #file(name: string): string {
    return path.join(this.#options.directory, name);
  }
}

/** The folder with RabbitMQ's own programs. */
function programs(): string | undefined {
  const installed = existsSync(INSTALLED_IN)
    ? readdirSync(INSTALLED_IN)
        .filter((name) => name.startsWith('rabbitmq_server-'))
        .map((name) => path.join(INSTALLED_IN, name, 'sbin'))
    : [];
  const onPath = (process.env.PATH ?? '').split(path.delimiter);
  return [...installed, ...onPath].find((folder) => existsSync(path.join(folder, 'rabbitmq-server')));
}

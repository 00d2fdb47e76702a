import { spawn, spawnSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child';
import { freePort } from './free-port';

const START_MS = 20_000;
const SAVE_MS = 20_000;
const SAYS_MS = 20_000;
const LOOK_EVERY_MS = 20;

export interface MosquittoOptions {
  /** Where the broker keeps its configuration, and its sessions if nothing else is said. */
  readonly directory: string;
  readonly stateDirectory?: string;
  readonly maxQueuedMessages: number;
  /** Whether its sessions survive a restart. */
  readonly persistence?: boolean;
  /** The largest packet it takes. */
  readonly maxPacketBytes?: number;
  /** Passwords by user; without any it lets everybody in. */
  readonly users?: Readonly<Record<string, string>>;
  /** Lines of its ACL file; without any everybody may do everything. */
  readonly acl?: readonly string[];
}

/** Says what is missing when there is no Mosquitto to run, or nothing. */
export function mosquittoProblem(): string | undefined {
  if (!spawnSync('mosquitto', ['-h']).error) return undefined;
  return 'mosquitto is not on PATH. Install it (apt-get install mosquitto); Debian puts it in /usr/sbin';
}

/** A broker that keeps its sessions in a file, so that they survive a restart. */
export class MosquittoProcess {
  readonly port: number;
  readonly websocketPort: number;
  readonly #directory: string;
  #options: MosquittoOptions;
  #child: Child | undefined;

  private constructor(port: number, websocketPort: number, options: MosquittoOptions) {
    this.port = port;
    this.websocketPort = websocketPort;
    this.#directory = options.directory;
    this.#options = options;
  }

  static async start(options: MosquittoOptions): Promise<MosquittoProcess> {
    const broker = new MosquittoProcess(await freePort(), await freePort(), options);
    await broker.#start();
    return broker;
  }

  /**
   * Ends the broker as a service manager does, or with another signal, and starts it again on the same port with the
   * state it has saved.
   */
  async restart({ signal = 'SIGTERM', ...changes }: { signal?: NodeJS.Signals } & Partial<MosquittoOptions> = {}) {
    this.#options = { ...this.#options, ...changes };
    await this.#child?.end(signal);
    await this.#start();
  }

  /** Makes the broker write everything it keeps at the moment into its file, if it can. */
  askToSave(): void {
    this.#child?.signal('SIGUSR1');
  }

  /** Resolves when everything the broker keeps at the moment is in its file. */
  async save(): Promise<void> {
    const before = this.#savedAt();
    const deadline = performance.now() + SAVE_MS;
    this.askToSave();
    while (this.#savedAt() === before) {
      if (performance.now() > deadline) throw this.#child?.error('did not save its state');
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Resolves when the broker has said so in its log. */
  async says(pattern: RegExp): Promise<void> {
    await this.#child?.says(pattern, SAYS_MS);
  }

  async close(): Promise<void> {
    await this.#child?.end('SIGKILL');
  }

  async #start(): Promise<void> {
    const { users, acl } = this.#options;
    const configFile = this.#file('mosquitto.conf');
    if (users) writePasswords(this.#file('passwords'), users);
    if (acl) writeFileSync(this.#file('acl'), acl.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    writeFileSync(configFile, this.#configuration());
    this.#child = new Child('mosquitto', spawn('mosquitto', ['-c', configFile], { stdio: 'pipe' }));
    await this.#child.says(/ running$/, START_MS);
  }

  /** When the file with the broker's state was written. */
  #savedAt(): number | undefined {
    return statSync(path.join(this.#stateDirectory, 'mosquitto.db'), { throwIfNoEntry: false })?.mtimeMs;
  }

  get #stateDirectory(): string {
    return this.#options.stateDirectory ?? this.#directory;
  }

  #file(name: string): string {
    return path.join(this.#directory, name);
  }

  #configuration(): string {
    const { maxQueuedMessages, persistence = true, maxPacketBytes, users, acl } = this.#options;
    return `
listener ${this.port} 127.0.0.1

listener ${this.websocketPort} 127.0.0.1
protocol websockets
# Without this, 2.0.11 binds a websocket listener to every address.
socket_domain ipv4

user ${userInfo().username}
allow_anonymous ${users === undefined}
${users ? `password_file ${this.#file('passwords')}` : ''}
${acl ? `acl_file ${this.#file('acl')}` : ''}
persistence ${persistence}
persistence_location ${this.#stateDirectory}/
max_queued_messages ${maxQueuedMessages}
${maxPacketBytes === undefined ? '' : `max_packet_size ${maxPacketBytes}`}
set_tcp_nodelay true
sys_interval 1
log_dest stderr
connection_messages false
`;
  }
}

function writePasswords(file: string, users: Readonly<Record<string, string>>): void {
  writeFileSync(file, '', { mode: 0o600 });
  for (const [user, password] of Object.entries(users)) {
    const { status, stderr } = spawnSync('mosquitto_passwd', ['-b', file, user, password], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`mosquitto_passwd: ${stderr}`);
  }
}

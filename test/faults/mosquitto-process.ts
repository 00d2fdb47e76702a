import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { Child } from './child';
import { freePort } from './free-port';

const START_MS = 10_000;

export interface MosquittoOptions {
  /** Where the broker keeps its configuration and its sessions. */
  readonly directory: string;
  readonly maxQueuedMessages: number;
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
  readonly #configFile: string;
  #child: Child | undefined;

  private constructor(port: number, websocketPort: number, options: MosquittoOptions) {
    this.port = port;
    this.websocketPort = websocketPort;
    this.#configFile = path.join(options.directory, 'mosquitto.conf');
    writeFileSync(this.#configFile, configuration(port, websocketPort, options));
  }

  static async start(options: MosquittoOptions): Promise<MosquittoProcess> {
    const broker = new MosquittoProcess(await freePort(), await freePort(), options);
    await broker.#start();
    return broker;
  }

  /** Ends the broker as a service manager does, and starts it again on the same port with the state it has saved. */
  async restart(): Promise<void> {
    await this.#child?.end('SIGTERM');
    await this.#start();
  }

  async close(): Promise<void> {
    await this.#child?.end('SIGKILL');
  }

  async #start(): Promise<void> {
    this.#child = new Child('mosquitto', spawn('mosquitto', ['-c', this.#configFile], { stdio: 'pipe' }));
    await this.#child.says(/ running$/, START_MS);
  }
}

function configuration(
  port: number,
  websocketPort: number,
  { directory, maxQueuedMessages }: MosquittoOptions,
): string {
  return `
listener ${port} 127.0.0.1

listener ${websocketPort} 127.0.0.1
protocol websockets
# Without this, 2.0.11 binds a websocket listener to every address.
socket_domain ipv4

user ${userInfo().username}
allow_anonymous true
persistence true
persistence_location ${directory}/
max_queued_messages ${maxQueuedMessages}
set_tcp_nodelay true
log_dest stderr
connection_messages false
`;
}

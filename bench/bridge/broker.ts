import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';
import { Child } from '../../test/faults/child';
import { freePort } from '../../test/faults/free-port';

const START_MS = 10_000;

/** How something reaches the broker. */
export type Link = 'tcp' | 'tls' | 'websocket';

/** A Mosquitto with a listener for each kind of link, set up as the construct library sets its brokers up. */
export class Broker {
  /** Of the authority that signed the broker's certificate. */
  readonly caFile: string;
  readonly #child: Child;
  readonly #ports: Readonly<Record<Link, number>>;

  private constructor(child: Child, ports: Record<Link, number>, caFile: string) {
    this.#child = child;
    this.#ports = ports;
    this.caFile = caFile;
  }

  static async start(directory: string): Promise<Broker> {
    const ports = { tcp: await freePort(), tls: await freePort(), websocket: await freePort() };
    const certificate = await generate([{ name: 'commonName', value: 'localhost' }], {
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    const certFile = path.join(directory, 'broker.pem');
    const keyFile = path.join(directory, 'broker.key');
    const configFile = path.join(directory, 'mosquitto.conf');
    writeFileSync(certFile, certificate.cert);
    writeFileSync(keyFile, certificate.private);
    writeFileSync(configFile, configuration(directory, ports, certFile, keyFile));
    const child = new Child('mosquitto', spawn('mosquitto', ['-c', configFile], { stdio: 'pipe' }));
    await child.says(/ running$/, START_MS);
    return new Broker(child, ports, certFile);
  }

  url(link: Link): string {
    const urls = { tcp: 'mqtt://127.0.0.1', tls: 'mqtts://localhost', websocket: 'ws://127.0.0.1' };
    return `${urls[link]}:${this.#ports[link]}`;
  }

  async close(): Promise<void> {
    await this.#child.end('SIGKILL');
  }
}

function configuration(directory: string, ports: Record<Link, number>, certFile: string, keyFile: string): string {
  return `
listener ${ports.tcp} 127.0.0.1

listener ${ports.tls} 127.0.0.1
certfile ${certFile}
keyfile ${keyFile}

listener ${ports.websocket} 127.0.0.1
protocol websockets
# Without this, 2.0.11 binds a websocket listener to every address.
socket_domain ipv4

user ${userInfo().username}
allow_anonymous true
persistence true
persistence_location ${directory}/
max_inflight_messages 1000
max_queued_messages 100000
set_tcp_nodelay true
log_dest stderr
connection_messages false
`;
}

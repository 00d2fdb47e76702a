import type { MqttClient } from 'mqtt';

/** How long a broker may take to answer when it is asked for the last time. */
const PATIENCE_MS = 2_000;
/** The broker gives a client up after 1.5 times the keepalive without a packet. */
const PING_EVERY = 0.4;
const SILENT_AFTER = 1.5;

/**
 * Pings by the clock, in place of MQTT.js' own.
 *
 * MQTT.js gives a connection up when the answer to a ping is not read in time. Behind a long queue of messages it is
 * read late, and not at all while reading is held up on purpose, although the connection is good. Here anything that is
 * read shows that it is.
 */
export class Heartbeat {
  readonly #client: MqttClient;
  readonly #keepaliveMs: number;
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting = new Map<() => void, number>();
  #sent = 0;
  #answered = 0;
  #heardAt = performance.now();
  #deaf = false;

  constructor(client: MqttClient) {
    this.#client = client;
    this.#keepaliveMs = (client.options.keepalive ?? 60) * 1000;
    client.on('connect', () => {
      this.#heardAt = performance.now();
      this.#timer = setInterval(() => this.#beat(), this.#keepaliveMs * PING_EVERY);
    });
    client.on('packetsend', ({ cmd }) => {
      if (cmd === 'pingreq') this.#sent += 1;
    });
    client.on('packetreceive', ({ cmd }) => {
      this.#heardAt = performance.now();
      if (cmd === 'pingresp') this.#hear();
    });
  }

  /** Says that nothing will be read for a while, or that reading goes on: silence means nothing meanwhile. */
  set deaf(deaf: boolean) {
    this.#deaf = deaf;
    this.#heardAt = performance.now();
  }

  /** Resolves when the broker has read all that was sent so far: it reads in order, and has answered a ping sent now. */
  answered(): Promise<void> {
    return new Promise((resolve) => {
      const patience = setTimeout(resolve, PATIENCE_MS);
      const done = () => {
        clearTimeout(patience);
        resolve();
      };
      this.#client.sendPing();
      this.#waiting.set(done, this.#sent);
    });
  }

  /** The connection is gone. */
  stop(): void {
    clearInterval(this.#timer);
    for (const done of this.#waiting.keys()) done();
    this.#waiting.clear();
  }

  #beat(): void {
    if (!this.#client.connected) return;
    if (!this.#deaf && performance.now() - this.#heardAt > this.#keepaliveMs * SILENT_AFTER) {
      this.#client.stream.destroy(new Error('the broker has not been heard of for 1.5 times the keepalive'));
      return;
    }
    this.#client.sendPing();
    this.#client.reschedulePing(true);
  }

  #hear(): void {
    this.#answered += 1;
    for (const [done, ping] of this.#waiting) {
      if (ping > this.#answered) continue;
      this.#waiting.delete(done);
      done();
    }
  }
}

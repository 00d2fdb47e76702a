import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';

/** A client that is gone after the test, and never comes back by itself. */
export async function connect(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 0, connectTimeout: 5_000, ...options });
  onTestFinished(async () => {
    await client.endAsync(true);
  });
  return client;
}

/** What a client receives from the moment of its connection on: also what waited for it. */
export function inboxOf(url: string, options: IClientOptions = {}): Inbox {
  const client = mqtt.connect(url, { reconnectPeriod: 0, connectTimeout: 5_000, ...options });
  onTestFinished(async () => {
    await client.endAsync(true);
  });
  return new Inbox(client);
}

/** The reason code with which a broker refuses a client. */
export function refusalOf(url: string, options: IClientOptions = {}): Promise<number | undefined> {
  return connect(url, options).then(
    () => undefined,
    (error: { code: number }) => error.code,
  );
}

/** Waits until a client's connection is closed. */
export function closing(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    client.once('close', () => resolve());
  });
}

export interface Received {
  readonly topic: string;
  readonly text: string;
  readonly packet: IPublishPacket;
}

/** Everything that a client receives, in order. */
export class Inbox {
  readonly #received: Received[] = [];
  readonly #waiting: ((message: Received) => void)[] = [];
  #taken = 0;

  constructor(client: MqttClient) {
    client.on('message', (topic, payload, packet) => {
      const message = { topic, text: payload.toString(), packet };
      this.#received.push(message);
      const taker = this.#waiting.shift();
      if (!taker) return;
      this.#taken += 1;
      taker(message);
    });
  }

  /** All that has arrived so far, as `topic text`. */
  get all(): string[] {
    return this.#received.map(({ topic, text }) => `${topic} ${text}`);
  }

  /** The next message that nobody has taken yet. */
  next(): Promise<Received> {
    const known = this.#received[this.#taken];
    if (!known) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#taken += 1;
    return Promise.resolve(known);
  }
}

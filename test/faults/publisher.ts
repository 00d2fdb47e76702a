import type { IClientPublishOptions, MqttClient } from 'mqtt';
import { type Amount, atPace } from './amount';
import { REQUEST_TOPIC, request, type Wish } from './messages';
import { connected, connectTestClient } from './test-client';

/** Mosquitto refuses QoS 2 publishes above its max_inflight_messages, 20; it does not mind QoS 1. */
const MOST_IN_FLIGHT = { 1: 64, 2: 18 } as const;
const ATTEMPTS = 50;

/** What is special about a request. */
export interface Special extends Wish {
  /** What is sent instead of a request that a model takes. */
  readonly payload?: string;
  readonly responseTopic?: string;
  readonly expirySeconds?: number;
}

/** The requests of a scenario. */
export interface Load extends Amount {
  readonly special?: (index: number) => Special | undefined;
}

/** Publishes requests until the broker has acknowledged each. */
export class Publisher {
  readonly #client: MqttClient;
  readonly #qos: 1 | 2;

  private constructor(client: MqttClient, qos: 1 | 2) {
    this.#client = client;
    this.#qos = qos;
  }

  static async connect(port: number, qos: 1 | 2): Promise<Publisher> {
    return new Publisher(await connectTestClient(port, 'faults-publisher'), qos);
  }

  /** Resolves when the broker has acknowledged every request: from then on none may be lost. */
  async publish({ special, ...amount }: Load): Promise<void> {
    await atPace(amount, MOST_IN_FLIGHT[this.#qos], (id) => this.#publishOne(String(id), special?.(id) ?? {}));
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }

  async #publishOne(
    id: string,
    { payload, responseTopic, expirySeconds, delayMs, answerBytes }: Special,
  ): Promise<void> {
    const options: IClientPublishOptions = {
      qos: this.#qos,
      properties: {
        correlationData: Buffer.from(id),
        ...(responseTopic !== undefined && { responseTopic }),
        ...(expirySeconds !== undefined && { messageExpiryInterval: expirySeconds }),
      },
    };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#client.publishAsync(REQUEST_TOPIC, payload ?? request(id, { delayMs, answerBytes }), options);
        return;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await connected(this.#client);
      }
    }
  }
}

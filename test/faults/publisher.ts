import { setTimeout as sleep } from 'node:timers/promises';
import type { IClientPublishOptions, MqttClient } from 'mqtt';
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

/** The requests of a scenario: ids in their order, at an even pace. */
export interface Load {
  readonly messages: number;
  readonly perSecond: number;
  /** The id of the first one; 0 by default. */
  readonly first?: number;
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
  async publish({ messages, perSecond, first = 0, special }: Load): Promise<void> {
    const started = performance.now();
    let next = 0;
    const worker = async () => {
      for (let index = next++; index < messages; index = next++) {
        const early = started + (index * 1000) / perSecond - performance.now();
        if (early > 0) await sleep(early);
        await this.#publishOne(String(first + index), special?.(first + index) ?? {});
      }
    };
    await Promise.all(Array.from({ length: MOST_IN_FLIGHT[this.#qos] }, worker));
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

/** The first part of a load, by its share, and the rest. */
export function split(load: Load, share: number): [Load, Load] {
  const { messages, first = 0 } = load;
  const some = Math.floor(messages * share);
  return [
    { ...load, messages: some },
    { ...load, first: first + some, messages: messages - some },
  ];
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { REQUEST_TOPIC, request } from './messages';
import { connected, connectTestClient } from './test-client';

/** Mosquitto refuses QoS 2 publishes above its max_inflight_messages, 20; it does not mind QoS 1. */
const MOST_IN_FLIGHT = { 1: 64, 2: 18 } as const;
const ATTEMPTS = 50;

/** The requests of a scenario: ids from "0" on, at an even pace. */
export interface Load {
  readonly messages: number;
  readonly perSecond: number;
  /** How long the model is to take for a request, where that is not left to the model. */
  readonly delayMs?: (index: number) => number | undefined;
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
  async publish({ messages, perSecond, delayMs }: Load): Promise<void> {
    const started = performance.now();
    let next = 0;
    const worker = async () => {
      for (let index = next++; index < messages; index = next++) {
        const early = started + (index * 1000) / perSecond - performance.now();
        if (early > 0) await sleep(early);
        await this.#publishOne(request(String(index), delayMs?.(index)));
      }
    };
    await Promise.all(Array.from({ length: MOST_IN_FLIGHT[this.#qos] }, worker));
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }

  async #publishOne(payload: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#client.publishAsync(REQUEST_TOPIC, payload, { qos: this.#qos });
        return;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await connected(this.#client);
      }
    }
  }
}

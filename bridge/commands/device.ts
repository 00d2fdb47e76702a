import { randomUUID } from 'node:crypto';
import type { IPublishPacket, MqttClient } from 'mqtt';
import type { BrokerConfig } from '../config';
import { connectOnce } from '../mqtt/client';

/** What came back for a request. */
export interface DeviceAnswer {
  readonly body: Buffer;
  /** As the bridge says it, `200` or that of the error; nothing where MQTT 3.1.1 is spoken. */
  readonly status: string | undefined;
}

/** A request that the broker has taken. */
export interface Asked {
  /** May never come. */
  readonly answer: Promise<DeviceAnswer>;
}

export interface DeviceTopics {
  readonly request: string;
  readonly reply: string;
}

/** A client of a route, as a device is one: publishes requests and hears the answers. */
export class Device {
  /**
   * Connects, and subscribes to the answers.
   *
   * @throws Error with what the broker said
   */
  static async connect(broker: BrokerConfig, topics: DeviceTopics): Promise<Device> {
    const client = await connectOnce(broker);
    await client.subscribeAsync(topics.reply, { qos: 1 });
    return new Device(client, topics, broker.protocolVersion === 5);
  }

  readonly #client: MqttClient;
  readonly #topics: DeviceTopics;
  readonly #correlates: boolean;
  readonly #waiting = new Map<string, (answer: DeviceAnswer) => void>();

  private constructor(client: MqttClient, topics: DeviceTopics, correlates: boolean) {
    this.#client = client;
    this.#topics = topics;
    this.#correlates = correlates;
    client.on('message', (_topic, _payload, packet) => this.#hear(packet));
  }

  /** Calls back when the connection is gone. */
  onClose(listener: () => void): void {
    this.#client.on('close', listener);
  }

  /**
   * Publishes a request, and resolves when the broker has taken it.
   *
   * In MQTT 3.1.1 an answer does not say which request it is for. There it is taken for that of the oldest one, which is
   * right as long as nobody else asks this route.
   */
  async ask(payload: Buffer, qos: 0 | 1 | 2): Promise<Asked> {
    const id = randomUUID();
    const answer = new Promise<DeviceAnswer>((resolve) => this.#waiting.set(id, resolve));
    const properties = {
      responseTopic: this.#topics.reply,
      correlationData: Buffer.from(id),
      contentType: 'application/json',
    };
    await this.#client.publishAsync(this.#topics.request, payload, {
      qos,
      ...(this.#correlates && { properties }),
    });
    return { answer };
  }

  async disconnect(): Promise<void> {
    await this.#client.endAsync(true);
  }

  #hear({ payload, properties }: IPublishPacket): void {
    const [oldest] = this.#waiting.keys();
    const id = this.#correlates ? properties?.correlationData?.toString() : oldest;
    const resolve = this.#waiting.get(id ?? '');
    if (id === undefined || !resolve) return;
    this.#waiting.delete(id);
    resolve({ body: Buffer.from(payload), status: properties?.userProperties?.status?.toString() });
  }
}

import { Connection, type Envelope } from 'rabbitmq-client';

/** A message that was read. */
export interface ReadMessage {
  readonly body: Buffer;
  readonly correlationId: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly contentType: string | undefined;
  readonly durable: boolean;
  readonly expiration: string | undefined;
  readonly replyTo: string | undefined;
}

/** Whoever asks, with rabbitmq-client as it comes: publishes what it is told, and reads queues. */
export class Requester {
  readonly #connection: Connection;
  readonly #answers = new Map<string, (answer: ReadMessage) => void>();
  #replyQueue: Promise<string> | undefined;

  constructor(url: string) {
    this.#connection = new Connection({ url, retryLow: 100, retryHigh: 500 });
    this.#connection.on('error', () => undefined);
  }

  get connection(): Connection {
    return this.#connection;
  }

  async publish(envelope: Envelope, body: Buffer | string): Promise<void> {
    const channel = await this.#connection.acquire();
    try {
      await channel.confirmSelect();
      const content = { contentType: 'application/json', durable: true, ...envelope };
      await channel.basicPublish(content, Buffer.from(body));
    } finally {
      await channel.close();
    }
  }

  /** The answer to a request, which comes to a queue that the broker made up a name for. */
  async ask(envelope: Envelope, body: Buffer | string): Promise<ReadMessage> {
    this.#replyQueue ??= this.#listen();
    const replyTo = await this.#replyQueue;
    const correlationId = envelope.correlationId ?? `c-${Math.random()}`;
    const answer = new Promise<ReadMessage>((resolve) => this.#answers.set(correlationId, resolve));
    await this.publish({ replyTo, correlationId, ...envelope }, body);
    return answer;
  }

  /** The next message of a queue, as soon as there is one. */
  async next(queue: string, withinMs = 20_000): Promise<ReadMessage> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const message = await this.get(queue);
      if (message) return message;
      if (performance.now() > deadline) throw new Error(`no message in ${queue} within ${withinMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async get(queue: string): Promise<ReadMessage | undefined> {
    const channel = await this.#connection.acquire();
    try {
      // Text and JSON would be parsed.
      const raw = channel as unknown as { _onHeader(frame: { fields: { contentEncoding?: string } }): void };
      const read = raw._onHeader.bind(channel);
      raw._onHeader = (frame) => {
        frame.fields.contentEncoding ||= 'identity';
        read(frame);
      };
      const message = await channel.basicGet({ queue });
      if (!message) return undefined;
      channel.basicAck({ deliveryTag: message.deliveryTag });
      const { body, correlationId, headers = {}, contentType, durable, expiration, replyTo } = message;
      return { body, correlationId, headers, contentType, durable: durable ?? false, expiration, replyTo };
    } finally {
      await channel.close();
    }
  }

  async count(queue: string): Promise<number> {
    const { messageCount } = await this.#connection.queueDeclare({ queue, passive: true });
    return messageCount;
  }

  async close(): Promise<void> {
    this.#connection.unsafeDestroy();
  }

  async #listen(): Promise<string> {
    const channel = await this.#connection.acquire();
    const { queue } = await channel.queueDeclare({ exclusive: true, arguments: { 'x-queue-type': 'classic' } });
    await channel.basicConsume({ queue, noAck: true }, (message) => {
      const { correlationId = '', headers = {}, contentType, durable = false, expiration, replyTo } = message;
      const body = Buffer.isBuffer(message.body) ? message.body : Buffer.from(JSON.stringify(message.body));
      this.#answers.get(correlationId)?.({ body, correlationId, headers, contentType, durable, expiration, replyTo });
    });
    return queue;
  }
}

import { EventEmitter } from 'node:events';
import type { AsyncMessage, Channel } from 'rabbitmq-client';
import type { AmqpConnection } from '../../../bridge/amqp/connection';

interface Sent {
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** The broker has it. */
  confirm(): void;
  fail(code: string, message: string): void;
}

/** The part of a channel of rabbitmq-client that is used, and the order in which it tells of things. */
export class FakeChannel extends EventEmitter {
  active = true;
  readonly sent: Sent[] = [];
  readonly acknowledged: number[] = [];
  /** Those of the acknowledgements that are for all messages before them too. */
  readonly acknowledgedUpTo: number[] = [];
  readonly handedBack: number[] = [];
  readonly #failures: ((error: Error) => void)[] = [];

  get channel(): Channel {
    return this as unknown as Channel;
  }

  async confirmSelect(): Promise<void> {}

  basicPublish(envelope: Record<string, unknown>, body: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#failures.push(reject);
      const fail = (code: string, message: string) => reject(Object.assign(new Error(message), { code }));
      this.sent.push({ envelope, body, confirm: resolve, fail });
    });
  }

  /** The broker gives a message back; the library tells so one turn later. */
  giveBack(envelope: Readonly<Record<string, unknown>>): void {
    setImmediate(() => this.emit('basic.return', envelope));
  }

  /** The broker ends the channel because of the first message that is under way. */
  end(code: string, message: string): void {
    this.active = false;
    const [first, ...others] = this.#failures;
    first?.(Object.assign(new Error(message), { code }));
    for (const fail of others) fail(Object.assign(new Error('channel is closed'), { code: 'CH_CLOSE' }));
    this.emit('close');
  }

  basicAck({ deliveryTag, multiple = false }: { deliveryTag: number; multiple?: boolean }): void {
    (multiple ? this.acknowledgedUpTo : this.acknowledged).push(deliveryTag);
  }

  basicNack({ deliveryTag }: { deliveryTag: number }): void {
    this.handedBack.push(deliveryTag);
  }

  async close(): Promise<void> {
    if (this.active) this.end('CH_CLOSE', 'channel is closed');
  }
}

/** A connection whose channels are the test's. */
export class FakeConnection {
  readonly channels: FakeChannel[] = [];
  isOpen = true;
  readonly #blocked: ((reason: string | undefined) => void)[] = [];
  readonly #closed: ((reason: Error) => void)[] = [];

  get connection(): AmqpConnection {
    return this as unknown as AmqpConnection;
  }

  async channel(): Promise<Channel> {
    const channel = new FakeChannel();
    this.channels.push(channel);
    return channel.channel;
  }

  onBlocked(listener: (reason: string | undefined) => void): void {
    this.#blocked.push(listener);
  }

  onClose(listener: (reason: Error) => void): void {
    this.#closed.push(listener);
  }

  block(reason: string | undefined): void {
    for (const tell of this.#blocked) tell(reason);
  }

  destroy(reason: Error): void {
    this.isOpen = false;
    for (const channel of this.channels) if (channel.active) channel.end('CONN_CLOSE', reason.message);
    for (const tell of this.#closed) tell(reason);
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }
}

/** A request as RabbitMQ delivers it. */
export function delivery(deliveryTag: number, changes: Partial<AsyncMessage> = {}): AsyncMessage {
  return {
    consumerTag: 'consumer',
    deliveryTag,
    redelivered: false,
    exchange: 'ML.MQ',
    routingKey: 'predict.now',
    correlationId: `c-${deliveryTag}`,
    replyTo: 'amq.gen-1',
    contentEncoding: 'identity',
    body: Buffer.from('{"data":"[29, 29]"}'),
    ...changes,
  };
}

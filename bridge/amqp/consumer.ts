import { setTimeout as sleep } from 'node:timers/promises';
import type { AsyncMessage, Channel } from 'rabbitmq-client';
import { fullJitter } from '../pacing/backoff';
import type { AmqpConnection } from './connection';
import { TopologyError } from './declare';

const SETTLED_MS = 2_000;
const LOOK_EVERY_MS = 5;

export interface ConsumerOptions {
  readonly queue: string;
  /** How many messages the broker hands out without an acknowledgement. */
  readonly prefetch: number;
  /** Sees to it that the queue is there. */
  readonly prepare: (connection: AmqpConnection) => Promise<void>;
  readonly take: (message: AsyncMessage, channel: Channel) => void;
  /** Told of a channel on which messages were taken and that is no more. */
  readonly lost: (channel: Channel) => void;
  /** Told when messages begin to come. */
  readonly consuming: () => void;
  /** Told when they no longer come, or could not begin to, while the connection is open. */
  readonly failed: (reason: Error, retryInMs: number) => void;
  readonly reconnect: { readonly minMs: number; readonly maxMs: number };
}

/** Takes the messages of one queue, on a channel of its own, which is opened anew for as long as there is a connection. */
export class Consumer {
  readonly #options: ConsumerOptions;
  #connection: AmqpConnection | undefined;
  #current: { readonly channel: Channel; readonly tag: string } | undefined;
  #stopped = false;
  /** When it was cancelled, itself included. */
  #consumersBefore = 0;

  constructor(options: ConsumerOptions) {
    this.#options = options;
  }

  /** Resolves when messages may come for the first time on this connection, or could not begin to. */
  opened(connection: AmqpConnection): Promise<void> {
    this.#connection = connection;
    return new Promise((tried) => void this.#keepConsuming(connection, tried));
  }

  closed(): void {
    this.#connection = undefined;
  }

  /** No more messages are asked for. Those that came can still be acknowledged. */
  async cancel(): Promise<void> {
    this.#stopped = true;
    if (!this.#current) return;
    const { channel, tag } = this.#current;
    try {
      this.#consumersBefore = await this.#countConsumers(channel);
      await channel.basicCancel({ consumerTag: tag });
    } catch {
      // There is no channel any more, and nothing comes on it.
    }
  }

  /**
   * Resolves when the queue has every acknowledgement, after `cancel` and the last of them; or when that takes too long.
   *
   * A busy quorum queue keeps some of them back, and forgets those together with their channel. Until it has them it counts
   * the consumer as one of its own. Where others come and go at the same time, that is as good as can be known.
   *
   * @see https://github.com/rabbitmq/rabbitmq-server/issues/10327
   */
  async settled(): Promise<void> {
    const { channel } = this.#current ?? {};
    const deadline = performance.now() + SETTLED_MS;
    try {
      while (channel?.active && performance.now() < deadline) {
        if ((await this.#countConsumers(channel)) < this.#consumersBefore) return;
        await sleep(LOOK_EVERY_MS);
      }
    } catch {
      // The queue delivers again what it does not have.
    }
  }

  async #countConsumers(channel: Channel): Promise<number> {
    const { consumerCount } = await channel.queueDeclare({ queue: this.#options.queue, passive: true });
    return consumerCount;
  }

  async #keepConsuming(connection: AmqpConnection, tried: () => void): Promise<void> {
    const { reconnect, failed } = this.#options;
    for (let attempt = 0; this.#wants(connection); attempt += 1) {
      const since = performance.now();
      const reason = await this.#consume(connection, tried).catch((error: Error) => error);
      tried();
      if (!this.#wants(connection)) return;
      if (performance.now() - since > reconnect.maxMs) attempt = 0;
      const waitMs = waitFor(reason, attempt, reconnect);
      failed(reason, waitMs);
      await sleep(waitMs, undefined, { ref: false });
    }
  }

  /**
   * @returns why it has come to an end
   * @throws Error when it did not even begin
   */
  async #consume(connection: AmqpConnection, began: () => void): Promise<Error> {
    const { queue, prefetch, prepare, take, lost, consuming } = this.#options;
    await prepare(connection);
    const channel = await connection.channel();
    const ended = new Promise<Error>((resolve) => {
      channel.on('error', resolve);
      channel.on('basic.cancel', () => resolve(new Error('the broker ended it: the queue was deleted, or has moved')));
      channel.once('close', () => resolve(new Error('the channel was closed')));
    });
    channel.once('close', () => lost(channel));
    try {
      await channel.basicQos({ prefetchCount: prefetch });
      const { consumerTag } = await channel.basicConsume({ queue }, (message) => {
        if (channel.active) take(message, channel);
      });
      this.#current = { channel, tag: consumerTag };
      if (this.#stopped) await this.cancel();
      consuming();
      began();
      return await ended;
    } finally {
      if (this.#current?.channel === channel && !this.#stopped) this.#current = undefined;
      if (!this.#stopped) void channel.close();
    }
  }

  #wants(connection: AmqpConnection): boolean {
    return !this.#stopped && this.#connection === connection && connection.isOpen;
  }
}

/** What somebody has to change is looked at now and then. */
function waitFor(reason: Error, attempt: number, { minMs, maxMs }: ConsumerOptions['reconnect']): number {
  return reason instanceof TopologyError ? maxMs : fullJitter(attempt, minMs, maxMs);
}

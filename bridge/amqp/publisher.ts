import { setTimeout as sleep } from 'node:timers/promises';
import type { PublishResult } from '../delivery/publish-result';
import { LinkError } from '../operations/link-error';
import { fullJitter } from '../pacing/backoff';
import { type AmqpMessage, ChannelError, ConfirmChannel } from './confirm-channel';
import type { AmqpConnection } from './connection';

const MIN_RETRY_MS = 50;
const MAX_RETRY_MS = 5_000;
/** A full queue may be emptied meanwhile. A requester's own, that nobody reads, is not. */
const MOST_NACKS = 5;
/** A broker that never answers one message, and does others, will not next time. */
const MOST_STALLS = 3;
const LOOKS = 10;

/**
 * Publishes until the broker has said yes or a final no, across as many channels and connections as that takes.
 *
 * A message whose confirmation is lost is published again: it may be there twice, and is there.
 */
export class AmqpPublisher {
  readonly #watchdogMs: number;
  readonly #retried: () => void;
  #connection: AmqpConnection | undefined;
  #whenOpen = Promise.withResolvers<AmqpConnection>();
  #channel: Promise<ConfirmChannel> | undefined;
  #current: ConfirmChannel | undefined;
  #watch: NodeJS.Timeout | undefined;
  #blocked = false;
  /** As soon as the broker has said what it is. */
  #maxBytes = Number.POSITIVE_INFINITY;

  /**
   * @param watchdogMs how long the broker may leave a message without an answer
   * @param retried called each time a message has to be published again
   */
  constructor(watchdogMs: number, retried: () => void) {
    this.#watchdogMs = watchdogMs;
    this.#retried = retried;
  }

  opened(connection: AmqpConnection): void {
    this.#connection = connection;
    this.#blocked = false;
    connection.onBlocked((reason) => {
      this.#blocked = reason !== undefined;
    });
    this.#watch = setInterval(() => this.#endIfStalled(), this.#watchdogMs / LOOKS).unref();
    this.#whenOpen.resolve(connection);
  }

  closed(): void {
    clearInterval(this.#watch);
    this.#connection = undefined;
    this.#channel = undefined;
    this.#current = undefined;
    this.#whenOpen = Promise.withResolvers();
  }

  async publish(message: AmqpMessage): Promise<PublishResult> {
    let nacks = 0;
    let stalls = 0;
    for (let attempt = 0; ; attempt += 1) {
      const { length } = message.payload;
      if (length > this.#maxBytes) {
        return {
          accepted: false,
          why: 'too large',
          message: `${length} bytes, but the broker takes ${this.#maxBytes}`,
        };
      }
      const since = performance.now();
      try {
        const channel = this.#current?.isOpen ? this.#current : await this.#open();
        const confirmation = await channel.publish(message);
        if (confirmation === 'confirmed') return { accepted: true };
        if (confirmation === 'unroutable') {
          return { accepted: false, why: 'unroutable', message: 'there is no queue for it' };
        }
        nacks += 1;
        if (nacks === MOST_NACKS)
          return { accepted: false, why: 'refused', message: 'the queue takes no more messages' };
      } catch (error) {
        const refusal = this.#refusal(error as Error, message);
        if (refusal) return refusal;
        if (performance.now() - since >= this.#watchdogMs) stalls += 1;
        if (stalls === MOST_STALLS) return { accepted: false, why: 'refused', message: 'the broker never confirms it' };
      }
      this.#retried();
      await sleep(fullJitter(attempt, MIN_RETRY_MS, MAX_RETRY_MS), undefined, { ref: false });
    }
  }

  /** The channel of the connection that is open, or of the next one; another one when it has ended. */
  async #open(): Promise<ConfirmChannel> {
    const connection = this.#connection ?? (await this.#whenOpen.promise);
    if (this.#current?.isOpen) return this.#current;
    this.#channel ??= ConfirmChannel.open(connection).then(
      (channel) => {
        if (this.#connection === connection) this.#current = channel;
        this.#channel = undefined;
        return channel;
      },
      (error) => {
        this.#channel = undefined;
        throw error;
      },
    );
    return this.#channel;
  }

  /** Why the broker will never take the message; nothing when another one, or the connection, is to blame. */
  #refusal(error: Error, { exchange, payload }: AmqpMessage): PublishResult | undefined {
    const { message: text } = error;
    const code = error instanceof ChannelError ? error.code : undefined;
    const limit = /larger than configured max size (\d+)/.exec(text)?.[1];
    if (limit !== undefined) {
      this.#maxBytes = Number(limit);
      return payload.length > this.#maxBytes ? { accepted: false, why: 'too large', message: text } : undefined;
    }
    if (code === 'CODEC') return { accepted: false, why: 'too large', message: `its headers are too long: ${text}` };
    const named = text.includes(`'${exchange || 'amq.default'}'`);
    if ((code !== 'ACCESS_REFUSED' && code !== 'NOT_FOUND') || !named) return undefined;
    return { accepted: false, why: 'refused', message: text };
  }

  /** A broker that neither answers a message nor closes the connection is asked again on a new one. */
  #endIfStalled(): void {
    const silentForMs = this.#current?.silentForMs ?? 0;
    if (this.#blocked || silentForMs < this.#watchdogMs) return;
    const seconds = Math.round(silentForMs / 1000);
    this.#connection?.destroy(new LinkError('silent', `the broker has not confirmed a message for ${seconds} s`));
  }
}

import type { Channel, Envelope, ReturnedMessage } from 'rabbitmq-client';
import type { AmqpConnection } from './connection';

/** Something to publish: where to, what it says of itself, and its body. */
export interface AmqpMessage
  extends Pick<
    Envelope,
    'contentType' | 'contentEncoding' | 'correlationId' | 'replyTo' | 'expiration' | 'messageId' | 'timestamp' | 'type'
  > {
  /** Empty for the default one, which knows queues by their names. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
  readonly payload: Buffer;
  /** Left out, it is not. */
  readonly optional?: boolean;
}

/**
 * What the broker said: that it has the message, that no queue wants it, or that the queue has no room for it or another
 * reason to refuse it.
 */
export type Confirmation = 'confirmed' | 'unroutable' | 'nack';

interface Outstanding {
  readonly message: AmqpMessage;
  readonly since: number;
  returned: boolean;
  readonly resolve: (confirmation: Confirmation) => void;
  readonly reject: (reason: Error) => void;
}

/** Why a channel ended. */
export class ChannelError extends Error {
  /** As AMQP calls it, `ACCESS_REFUSED` for instance. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A channel on which every message is persistent, and is answered by the broker.
 *
 * The broker gives back what it has no queue for (`mandatory`), which it says before it confirms it.
 */
export class ConfirmChannel {
  /** @throws Error when the connection breaks */
  static async open(connection: AmqpConnection): Promise<ConfirmChannel> {
    const channel = await connection.channel();
    await channel.confirmSelect();
    return new ConfirmChannel(channel);
  }

  readonly #channel: Channel;
  readonly #outstanding = new Set<Outstanding>();
  /** Messages that the broker has; it may have given back some of them before. */
  #confirmed: Outstanding[] = [];
  #reason: ChannelError | undefined;

  private constructor(channel: Channel) {
    this.#channel = channel;
    channel.on('basic.return', (message) => this.#returned(message));
    channel.on('error', (error: Error) => this.#because(error));
    // What the broker had against a message is told to that one alone, and a moment later.
    channel.once('close', () => setImmediate(() => this.#break()));
  }

  get isOpen(): boolean {
    return this.#channel.active;
  }

  /** For how long the oldest message has been without an answer. */
  get silentForMs(): number {
    const [oldest] = this.#outstanding;
    return oldest ? performance.now() - oldest.since : 0;
  }

  /** @throws ChannelError when the channel ends before the broker has answered */
  publish(message: AmqpMessage): Promise<Confirmation> {
    const { payload, optional = false, ...envelope } = message;
    return new Promise((resolve, reject) => {
      const outstanding: Outstanding = { message, since: performance.now(), returned: false, resolve, reject };
      this.#outstanding.add(outstanding);
      this.#channel
        .basicPublish(Object.assign(envelope as Envelope, { mandatory: !optional, deliveryMode: 2 }), payload)
        .then(
          () => this.#settleLater(outstanding),
          (error: Error) => this.#fail(outstanding, error),
        );
    });
  }

  async close(): Promise<void> {
    await this.#channel.close();
  }

  /**
   * The library tells of a message that comes back one turn later than of the confirmation behind it. Those that are
   * confirmed in one turn wait together, for the end of the one after it: some may have been confirmed at its very end.
   */
  #settleLater(outstanding: Outstanding): void {
    if (this.#confirmed.push(outstanding) > 1) return;
    setImmediate(() => {
      const confirmed = this.#confirmed;
      this.#confirmed = [];
      setImmediate(() => {
        for (const outstanding of confirmed) {
          this.#outstanding.delete(outstanding);
          outstanding.resolve(outstanding.returned ? 'unroutable' : 'confirmed');
        }
      });
    });
  }

  #fail(outstanding: Outstanding, error: Error): void {
    const { code } = error as { code?: string };
    this.#outstanding.delete(outstanding);
    if (code === 'NACK') outstanding.resolve('nack');
    // What cannot be written ends the channel too, and only this message is to blame.
    else outstanding.reject(code === 'CODEC' ? new ChannelError(code, error.message) : this.#because(error));
  }

  /** Messages that are alike have one fate, so that it does not matter which of them it was. */
  #returned({ exchange, routingKey, correlationId, messageId }: ReturnedMessage): void {
    for (const outstanding of this.#outstanding) {
      const { message, returned } = outstanding;
      if (returned || message.exchange !== exchange || message.routingKey !== routingKey) continue;
      if (message.correlationId !== correlationId || message.messageId !== messageId) continue;
      outstanding.returned = true;
      return;
    }
  }

  /** The first that is heard is the reason, all others follow from it. */
  #because(error: Error): ChannelError {
    this.#reason ??= new ChannelError(String((error as { code?: unknown }).code ?? 'CLOSED'), error.message);
    return this.#reason;
  }

  #break(): void {
    const reason = this.#because(new Error('the channel was closed'));
    for (const { reject } of this.#outstanding) reject(reason);
    this.#outstanding.clear();
  }
}

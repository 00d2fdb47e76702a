import { randomUUID } from 'node:crypto';
import { type Confirmation, ConfirmChannel } from '../../amqp/confirm-channel';
import { type AmqpConnection, openConnection } from '../../amqp/connection';
import { AmqpLink } from '../../amqp/link';
import type { AmqpConfig } from '../../config/amqp-connection';
import { LinkError } from '../../operations/link-error';
import { within } from '../../pacing/within';
import { type Answer, type Refusal, refusal } from '../answer';
import type { Connection, ConnectionEvents } from '../connection';
import { type Question, remainingMs } from '../question';
import { Waiters } from '../waiters';
import { type Address, answerIn, type QuestionMessage, questionMessage } from './amqp-message';

interface OpenConnection {
  readonly connection: AmqpConnection;
  readonly answers: string;
  publisher: Promise<ConfirmChannel>;
}

export interface AskerOptions {
  /** Those that questions go to: they have to be there. */
  readonly exchanges: readonly string[];
  /** How long the broker may take to say that it has a question. */
  readonly confirmMs: number;
}

/**
 * Asks whoever consumes the queue that a routing key leads to, and hears the answers on a queue of its own.
 *
 * That queue is exclusive to the connection and ends with it: no other replica can read from it, and none is left behind.
 * It is not `amq.rabbitmq.reply-to`, because before 4.2 RabbitMQ says of every answer to that one that it reached no queue,
 * and a provider that asks for this could not tell whether its answer arrived.
 *
 * @see https://www.rabbitmq.com/docs/direct-reply-to
 */
export class AmqpAsker implements Connection {
  readonly #config: AmqpConfig;
  readonly #options: AskerOptions;
  readonly #events: ConnectionEvents;
  readonly #waiters = new Waiters();
  readonly #link: AmqpLink;
  #open: OpenConnection | undefined;
  #blocked: string | undefined;

  constructor(config: AmqpConfig, options: AskerOptions, events: ConnectionEvents) {
    this.#config = config;
    this.#options = options;
    this.#events = events;
    this.#link = new AmqpLink({
      reconnect: config.reconnect,
      open: () => openConnection(config, 'gateway'),
      opened: (connection) => this.#opened(connection),
      closed: () => this.#closed(),
      failed: (reason, retryInMs) => events.failed(reason, retryInMs),
    });
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  start(): void {
    this.#link.start();
  }

  problems(): string[] {
    if (!this.#open) return [`no connection to ${this.#config.url}`];
    return this.#blocked === undefined ? [] : [`${this.#config.url} takes no messages: ${this.#blocked}`];
  }

  giveUp(answer: Answer): void {
    this.#waiters.settleAll(answer);
  }

  stop(): Promise<void> {
    return this.#link.stop();
  }

  async ask(address: Address, question: Question): Promise<Answer> {
    const open = this.#open;
    if (!open) return refusal('BRIDGE_ERR_BROKER_CONNECTION', 'there is no connection to the broker');
    if (this.#blocked !== undefined) {
      return refusal('BRIDGE_ERR_BROKER_CONNECTION', 'the broker takes no messages at the moment');
    }
    const id = randomUUID();
    const answer = this.#waiters.wait(id, remainingMs(question), question.gone);
    const step = question.trace.publish(`${address.exchange}:${address.routingKey}`);
    void this.#publish(open, questionMessage(id, question, address, open.answers, step.fields)).then((refused) => {
      step.end(refused?.failure.code);
      if (refused) this.#waiters.settle(id, refused);
      else this.#waiters.confirm(id);
    });
    return answer;
  }

  /** @returns why the broker does not have the question, as far as is known */
  async #publish(open: OpenConnection, message: QuestionMessage): Promise<Refusal | undefined> {
    return refusalIn(await within(this.#options.confirmMs, this.#handOver(open, message)), message);
  }

  /** @returns what the broker said of it, or what kept it from saying something */
  async #handOver(open: OpenConnection, message: QuestionMessage): Promise<Confirmation | Error> {
    const { publisher } = open;
    try {
      return await (await publisher).publish(message);
    } catch (error) {
      if (open.publisher === publisher) this.#publishAnew(open, error as Error);
      return error as Error;
    }
  }

  /** A channel ends with an error, and the queue for answers is on another one. */
  #publishAnew(open: OpenConnection, reason: Error): void {
    if (!open.connection.isOpen) return;
    this.#events.failed(new LinkError('refused', reason.message), 0);
    open.publisher = ConfirmChannel.open(open.connection);
    open.publisher.catch(() => open.connection.destroy());
  }

  async #opened(connection: AmqpConnection): Promise<void> {
    for (const exchange of this.#options.exchanges) await lookFor(connection, exchange);
    const answers = await this.#hearAnswers(connection);
    this.#blocked = undefined;
    connection.onBlocked((reason) => {
      this.#blocked = reason;
    });
    this.#open = { connection, answers, publisher: Promise.resolve(await ConfirmChannel.open(connection)) };
    this.#events.opened();
  }

  /** @returns the name of the queue */
  async #hearAnswers(connection: AmqpConnection): Promise<string> {
    const channel = await connection.channel();
    // Classic whatever the virtual host prefers: others cannot be exclusive.
    const { queue } = await channel.queueDeclare({
      exclusive: true,
      autoDelete: true,
      arguments: { 'x-queue-type': 'classic' },
    });
    // An answer that is not acknowledged could be delivered to nobody else.
    await channel.basicConsume({ queue, noAck: true, exclusive: true }, (message) => {
      if (!this.#waiters.settle(message.correlationId, answerIn(message))) this.#events.stray();
    });
    channel.once('basic.cancel', () => connection.destroy());
    channel.once('close', () => connection.destroy());
    return queue;
  }

  /** What is on its way now would be answered to a queue that has ended with its connection. */
  #closed(): void {
    this.#open = undefined;
    const message = 'the connection to the broker broke while the request was under way';
    this.#waiters.settleAll(refusal('BRIDGE_ERR_ANSWER_LOST', message));
    this.#events.closed();
  }
}

/** @param said nothing where nothing was said in time */
function refusalIn(said: Confirmation | Error | undefined, { exchange, routingKey }: Address): Refusal | undefined {
  // What the broker has against it names users and hosts, and is in the log.
  if (said instanceof Error) return refusal('BRIDGE_ERR_UNCONFIRMED', 'the broker broke off before it had the request');
  switch (said) {
    case 'confirmed':
      return undefined;
    case 'unroutable':
      return refusal('BRIDGE_ERR_UNROUTABLE', `no queue of "${exchange}" takes the routing key "${routingKey}"`);
    case 'nack':
      return refusal('BRIDGE_ERR_UNCONFIRMED', 'the broker does not take the request: the queue may be full');
    case undefined:
      return refusal('BRIDGE_ERR_UNCONFIRMED', 'the broker does not say that it has the request');
  }
}

/** @throws LinkError when it is not there */
async function lookFor(connection: AmqpConnection, exchange: string): Promise<void> {
  const channel = await connection.channel();
  await channel.exchangeDeclare({ exchange, passive: true }).catch((error: Error) => {
    throw new LinkError('refused', `there is no exchange "${exchange}" to hand requests on to: ${error.message}`);
  });
  await channel.close();
}

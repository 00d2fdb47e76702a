import { setTimeout as sleep } from 'node:timers/promises';
import { globMatcher } from '../config/amqp-names';
import type { AmqpRouteConfig } from '../config/amqp-route';
import type { Addressee, Death, Mailbox, Post, Reply } from '../delivery/post';
import type { PublishResult } from '../delivery/publish-result';
import { type Failure, failure } from '../errors';
import { fullJitter } from '../pacing/backoff';
import { httpHeaderProblem, listedHeaders } from './amqp-headers';
import type { AmqpRequest } from './amqp-request';
import { UNENCODED } from './client-internals';
import type { AmqpMessage } from './confirm-channel';
import { type Address, copyOf, reasonHeaders } from './parked';
import { writeRetryHeaders } from './retry-headers';

/** Of a direct reply-to; RabbitMQ knows no queue of that name, so that it would give every answer back. */
const DIRECT_REPLY_TO = 'amq.rabbitmq.reply-to.';

export interface AmqpPostParts {
  readonly publish: (message: AmqpMessage) => Promise<PublishResult>;
  /** Queues of the provider's own, in which no requester may have an answer. */
  readonly ownQueues: ReadonlySet<string>;
  /** Sees to it that the route's queues are there. */
  readonly repair: () => Promise<void>;
  /** Told of a request that comes again later. */
  readonly postponed: (requestId: string, why: Failure) => void;
  /** Told of an answer that nobody is there for. */
  readonly unroutable: () => void;
}

/**
 * Answers requests in the queue that they name, or in the route's. A request that failed comes again by way of the delay
 * queue, and ends in the parking queue, from where it can be put back.
 */
export class AmqpPost implements Post<AmqpRequest> {
  /** A requester that was told may be gone, or have no use for it: the request itself is kept. */
  readonly replySuffices = false;
  readonly #config: AmqpRouteConfig;
  readonly #parts: AmqpPostParts;
  /** For requests that name no queue. */
  readonly #own: Address | undefined;
  readonly #allowed: readonly ((replyTo: string) => boolean)[];

  constructor(config: AmqpRouteConfig, parts: AmqpPostParts) {
    this.#config = config;
    this.#parts = parts;
    this.#own = ownAddress(config.reply);
    this.#allowed = config.reply.allowedReplyTo.map(globMatcher);
  }

  addressee(request: AmqpRequest): Addressee {
    const { replyTo, correlationId, contentEncoding = UNENCODED } = request.message;
    const own = this.#own;
    const address = replyTo === undefined || replyTo === '' ? own : { exchange: '', routingKey: replyTo };
    if (!address) {
      const message = 'the request has no reply_to, and the route no queue or exchange for such answers';
      return { mailbox: undefined, problem: failure('BRIDGE_ERR_UNANSWERABLE', message) };
    }
    if (address !== own && !this.#allows(address.routingKey)) {
      const allowed = [this.#config.reply.queue, ...this.#config.reply.allowedReplyTo].filter((name) => name);
      const message = `the reply_to "${address.routingKey}" is not one of: ${allowed.join(', ')}`;
      return {
        mailbox: own && this.#mailbox(request, own),
        problem: failure('BRIDGE_ERR_RESPONSE_TOPIC', message),
      };
    }
    const mailbox = this.#mailbox(request, address);
    if (!correlationId) {
      const message = 'the request has no correlation_id, so that nobody could tell what the answer is to';
      return { mailbox, problem: failure('BRIDGE_ERR_UNANSWERABLE', message) };
    }
    const unsendable =
      contentEncoding === UNENCODED
        ? httpHeaderProblem(request.modelHeaders)
        : `the body has the content encoding "${contentEncoding}", but models are sent bodies as they are`;
    return unsendable === undefined
      ? { mailbox }
      : { mailbox, problem: failure('BRIDGE_ERR_REQUEST_INVALID', unsendable) };
  }

  graveyard(request: AmqpRequest): Mailbox<Death> {
    const { queue } = this.#config.parking;
    return { address: queue, put: (death) => this.#park(this.#parked(request, queue, death)) };
  }

  async postpone(request: AmqpRequest, { why, attempts, trace }: Death): Promise<boolean> {
    const { retry } = this.#config;
    const deliveries = request.retry.deliveries + 1;
    const remainingMs = request.expiresAt === undefined ? undefined : request.expiresAt - performance.now();
    if (deliveries >= retry.attempts) return false;
    // When it came again, nobody would wait for it any more.
    if (remainingMs !== undefined && remainingMs <= retry.delaySeconds * 1000) return false;
    const { exchange, routingKey, firstSeen } = request;
    const deadline = remainingMs === undefined ? undefined : Math.round(Date.now() + remainingMs);
    const state = { deliveries, attempts, firstSeen, deadline, exchange, routingKey };
    const to = { exchange: '', routingKey: retry.queue };
    const copy = copyOf(request.message, to, { ...writeRetryHeaders(state), ...trace });
    for (let attempt = 0; ; attempt += 1) {
      const kept = await this.#keep(copy);
      if (kept.accepted) {
        this.#parts.postponed(request.id, why);
        return true;
      }
      if (kept.why === 'too large') return false;
      await sleep(fullJitter(attempt, 1_000, 60_000), undefined, { ref: false });
    }
  }

  #allows(replyTo: string): boolean {
    if (replyTo === this.#config.reply.queue) return true;
    return !this.#parts.ownQueues.has(replyTo) && this.#allowed.some((allows) => allows(replyTo));
  }

  #mailbox(request: AmqpRequest, address: Address): Mailbox<Reply> {
    const named = address.exchange === '' ? address.routingKey : `${address.exchange}/${address.routingKey}`;
    return {
      address: named,
      put: (reply) => this.#parts.publish(this.#answer(request, address, reply)).then(this.#published),
    };
  }

  readonly #published = (result: PublishResult) => {
    if (!result.accepted && result.why === 'unroutable') this.#parts.unroutable();
    return result;
  };

  #answer({ message, expiresAt }: AmqpRequest, address: Address, reply: Reply): AmqpMessage {
    const { toReply, fromModel } = this.#config.headers;
    const remainingMs = expiresAt === undefined ? 0 : Math.ceil(expiresAt - performance.now());
    return {
      ...address,
      payload: reply.body,
      contentType: 'application/json',
      correlationId: message.correlationId,
      headers: {
        ...listedHeaders(message.headers, toReply),
        ...listedHeaders(reply.answerHeaders, fromModel),
        ...reply.properties,
        ...reply.trace,
      },
      // Nobody waits for an answer longer than for its request.
      ...(remainingMs > 0 && { expiration: String(remainingMs) }),
      optional: address.exchange === '' && address.routingKey.startsWith(DIRECT_REPLY_TO),
    };
  }

  /** For one of the provider's own queues, which may have been deleted. */
  async #keep(message: AmqpMessage): Promise<PublishResult> {
    const published = await this.#parts.publish(message);
    if (published.accepted || published.why !== 'unroutable') return published;
    await this.#parts.repair();
    return this.#parts.publish(message);
  }

  /**
   * With long headers of its requester's it may be more than AMQP allows, and with its body more than the broker takes since
   * somebody lowered the limit. Without them the rest is kept, for else it would be tried for ever.
   */
  async #park({ whole, reasons }: Parked): Promise<PublishResult> {
    const parked = await this.#keep(whole);
    if (parked.accepted || parked.why !== 'too large') return parked;
    const bare = await this.#keep({ ...whole, headers: reasons });
    if (bare.accepted || bare.why !== 'too large') return bare;
    return this.#keep({ ...whole, headers: { ...reasons, 'x-body-dropped': true }, payload: Buffer.alloc(0) });
  }

  #parked(request: AmqpRequest, queue: string, death: Death): Parked {
    const reasons = reasonHeaders(request, this.#config.name, death);
    return { whole: copyOf(request.message, { exchange: '', routingKey: queue }, reasons), reasons };
  }
}

function ownAddress({ queue, exchange, routingKey }: AmqpRouteConfig['reply']): Address | undefined {
  if (queue !== undefined) return { exchange: '', routingKey: queue };
  return exchange === undefined || routingKey === undefined ? undefined : { exchange, routingKey };
}

/** A request for the parking queue. */
interface Parked {
  readonly whole: AmqpMessage;
  /** Those of its headers that say why it is there. */
  readonly reasons: Record<string, unknown>;
}

import type { AsyncMessage } from 'rabbitmq-client';
import type { BindingPattern } from '../config/amqp-names';
import type { AmqpRouteConfig } from '../config/amqp-route';
import type { Captures } from '../config/topic-pattern';
import { type Request, requestId } from '../delivery/request';
import type { RouteTracing } from '../operations/tracing/tracing';
import { listedHeaders, traceProperties } from './amqp-headers';
import { FIRST_DELIVERY, type RetryState, readRetryHeaders } from './retry-headers';

/** A request that came over AMQP. */
export interface AmqpRequest extends Request {
  readonly message: AsyncMessage;
  /** Where its requester published it to. */
  readonly exchange: string;
  readonly routingKey: string;
  /** What it brings along from earlier deliveries. */
  readonly retry: RetryState;
}

const NO_CAPTURES: Captures = {};

/** What a message says. */
export function readRequest(
  message: AsyncMessage,
  { queue, headers }: Pick<AmqpRouteConfig, 'queue' | 'headers'>,
  patterns: readonly BindingPattern[],
  tracing: RouteTracing,
): AmqpRequest {
  // Only who may write to the default exchange gets a message here past the one that requests are published to.
  const comesAgain = message.exchange === '' && message.routingKey === queue.name;
  const retry = comesAgain ? readRetryHeaders(message.headers) : FIRST_DELIVERY;
  const routingKey = retry.routingKey ?? message.routingKey;
  const id = requestId(message.correlationId);
  const payload = message.body as Buffer;
  const properties = traceProperties(message.headers);
  const toModel = listedHeaders(message.headers, headers.toModel);
  return {
    id,
    payload,
    message,
    exchange: retry.exchange ?? message.exchange,
    routingKey,
    retry,
    captures: capturesOf(routingKey, patterns),
    firstSeen: retry.firstSeen ?? new Date(),
    expiresAt: expiryOf(message, retry),
    earlierAttempts: retry.attempts,
    modelHeaders: Object.keys(toModel).length > 0 ? toModel : undefined,
    trace: tracing.begin(id, { address: routingKey, bytes: payload.length, properties }),
  };
}

function capturesOf(routingKey: string, patterns: readonly BindingPattern[]): Captures {
  for (const pattern of patterns) {
    const captures = pattern.captures(routingKey);
    if (captures) return captures;
  }
  return NO_CAPTURES;
}

/**
 * When nobody waits any more, in terms of `performance.now()`.
 *
 * RabbitMQ leaves `expiration` as it was written, however long a message has waited. How long that was follows from the
 * time at which it was written, if its requester says so, and has a clock that is right: the broker would not have delivered
 * what expired before.
 */
function expiryOf({ expiration, timestamp }: AsyncMessage, { deadline }: RetryState): number | undefined {
  const now = performance.now();
  if (deadline !== undefined) return now + deadline - Date.now();
  if (expiration === undefined || !/^\d{1,15}$/.test(expiration)) return undefined;
  const allowed = Number(expiration);
  const waited = timestamp === undefined ? 0 : Date.now() - timestamp * 1000;
  const plausible = waited >= 0 && waited <= allowed;
  return now + allowed - (plausible ? waited : 0);
}

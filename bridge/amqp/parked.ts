import type { AsyncMessage } from 'rabbitmq-client';
import type { Death } from '../delivery/post';
import { type AmqpHeaders, keptHeaders, textOf } from './amqp-headers';
import type { AmqpRequest } from './amqp-request';
import { UNENCODED } from './client-internals';
import type { AmqpMessage } from './confirm-channel';
import { withoutRetryHeaders } from './retry-headers';

/** Where a message is published to. */
export interface Address {
  readonly exchange: string;
  readonly routingKey: string;
}

/** What a message in the parking queue says, as far as it can be put back. */
type ParkedMessage = Omit<AsyncMessage, 'consumerTag'>;

/** Of a text in a header. */
const MOST_CHARS = 1_000;
const REASONS = ['x-error-code', 'x-error-status', 'x-error-message', 'x-route', 'x-body-dropped'];

/** Headers that say why, and from where, a request was parked. */
export function reasonHeaders(
  { exchange, routingKey, firstSeen, retry }: AmqpRequest,
  route: string,
  { why, attempts, trace }: Death,
): Record<string, unknown> {
  return {
    'x-error-code': why.code,
    'x-error-status': why.status,
    'x-error-message': why.message.slice(0, MOST_CHARS),
    'x-route': route,
    'x-attempts': attempts,
    'x-deliveries': retry.deliveries + 1,
    'x-first-seen': firstSeen.toISOString(),
    'x-original-exchange': exchange,
    'x-original-routing-key': routingKey,
    ...trace,
  };
}

/** A message as it came, for another queue. */
export function copyOf(message: ParkedMessage, to: Address, headers: Record<string, unknown>): AmqpMessage {
  const { contentType, contentEncoding, correlationId, replyTo, messageId, timestamp, type } = message;
  return {
    ...to,
    payload: message.body as Buffer,
    contentType,
    contentEncoding: contentEncoding === UNENCODED ? undefined : contentEncoding,
    correlationId,
    replyTo,
    messageId,
    timestamp,
    type,
    headers: { ...withoutRetryHeaders(keptHeaders(message.headers)), ...headers },
  };
}

/** Where a parked message came from: as the provider says, or as RabbitMQ does of what it parked itself. */
export function originOf({ headers }: Pick<ParkedMessage, 'headers'>): Address | undefined {
  const exchange = textOf(headers?.['x-original-exchange']);
  const routingKey = textOf(headers?.['x-original-routing-key']);
  if (exchange !== undefined && routingKey !== undefined) return { exchange, routingKey };
  return firstDeath(headers);
}

/** A parked message as it was before, with no trace of having been parked; it has as many attempts again. */
export function replayable(message: ParkedMessage, origin: Address): AmqpMessage {
  const copy = copyOf(message, origin, {});
  const headers = Object.entries(copy.headers ?? {}).filter(([name]) => !REASONS.includes(name));
  return { ...copy, headers: Object.fromEntries(headers) };
}

/** RabbitMQ adds what happened last in front. */
function firstDeath(headers: AmqpHeaders | undefined): Address | undefined {
  const deaths: unknown = headers?.['x-death'];
  const death: unknown = Array.isArray(deaths) ? deaths.at(-1) : undefined;
  if (typeof death !== 'object' || death === null) return undefined;
  const { exchange, 'routing-keys': keys } = death as Record<string, unknown>;
  const routingKey = textOf(Array.isArray(keys) ? keys[0] : undefined);
  return typeof exchange === 'string' && routingKey !== undefined ? { exchange, routingKey } : undefined;
}

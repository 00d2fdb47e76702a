import { type AmqpHeaders, textOf } from './amqp-headers';

/**
 * What a request brings along from earlier deliveries, when it comes from the delay queue.
 *
 * Counted by the provider itself: RabbitMQ's `x-death` says how often something has expired, not why, and since 4.0 does not
 * outlive being published again.
 */
export interface RetryState {
  /** Deliveries before this one. */
  readonly deliveries: number;
  /** Calls to the model before this one. */
  readonly attempts: number;
  readonly firstSeen: Date | undefined;
  /** Until when somebody waits for the answer, as time of day. */
  readonly deadline: number | undefined;
  readonly exchange: string | undefined;
  readonly routingKey: string | undefined;
}

const NAMES = {
  deliveries: 'x-deliveries',
  attempts: 'x-attempts',
  firstSeen: 'x-first-seen',
  deadline: 'x-deadline',
  exchange: 'x-original-exchange',
  routingKey: 'x-original-routing-key',
} as const;
const OWN: ReadonlySet<string> = new Set(Object.values(NAMES));

export const FIRST_DELIVERY: RetryState = {
  deliveries: 0,
  attempts: 0,
  firstSeen: undefined,
  deadline: undefined,
  exchange: undefined,
  routingKey: undefined,
};

/** @param headers of a message that comes from the delay queue: whoever else publishes could write anything into them */
export function readRetryHeaders(headers: AmqpHeaders | undefined): RetryState {
  const text = (name: string) => textOf(headers?.[name]);
  const firstSeen = new Date(text(NAMES.firstSeen) ?? Number.NaN);
  return {
    deliveries: count(text(NAMES.deliveries)) ?? 0,
    attempts: count(text(NAMES.attempts)) ?? 0,
    firstSeen: Number.isNaN(firstSeen.getTime()) ? undefined : firstSeen,
    deadline: count(text(NAMES.deadline)),
    exchange: text(NAMES.exchange),
    routingKey: text(NAMES.routingKey),
  };
}

export function writeRetryHeaders({ firstSeen, ...state }: RetryState): Record<string, unknown> {
  const values = { ...state, firstSeen: firstSeen?.toISOString() };
  const entries = Object.entries(NAMES).map(([key, name]) => [name, values[key as keyof RetryState]]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The headers that a requester wrote. */
export function withoutRetryHeaders(headers: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.has(name)));
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

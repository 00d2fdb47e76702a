import { randomUUID } from 'node:crypto';
import type { IPublishPacket } from 'mqtt';
import type { Captures, TopicPattern } from '../config/topic-pattern';
import type { RequestTrace, RouteTracing } from '../operations/tracing/tracing';

/** A message that asks for a prediction. */
export interface Request {
  readonly id: string;
  readonly payload: Buffer;
  readonly topic: string;
  /** What the named levels of the topic are. */
  readonly captures: Captures;
  readonly firstSeen: Date;
  readonly responseTopic: string | undefined;
  readonly correlationData: Buffer | undefined;
  /** Moment of its message expiry, in terms of `performance.now()`. */
  readonly expiresAt: number | undefined;
  readonly userProperties: UserProperties;
  readonly trace: RequestTrace;
}

export type UserProperties = Readonly<Record<string, string | string[]>>;

const NONE: UserProperties = {};

/** What a message says. */
export function readRequest(packet: IPublishPacket, pattern: TopicPattern, tracing: RouteTracing): Request {
  const { topic, payload, properties } = packet;
  const { correlationData, messageExpiryInterval, responseTopic, userProperties } = properties ?? {};
  const id = requestId(correlationData);
  return {
    id,
    payload: Buffer.from(payload),
    topic,
    captures: pattern.captures(topic),
    firstSeen: new Date(),
    responseTopic,
    correlationData,
    expiresAt: messageExpiryInterval === undefined ? undefined : performance.now() + messageExpiryInterval * 1000,
    userProperties: userProperties ?? NONE,
    trace: tracing.begin(id, packet),
  };
}

/** The requester's own correlation data where it is readable, so that logs on both sides speak of the same request. */
function requestId(correlationData: Buffer | undefined): string {
  const text = correlationData?.toString('latin1');
  return text && /^[\x21-\x7e]{1,64}$/.test(text) ? text : randomUUID();
}

import type { IPublishPacket } from 'mqtt';
import type { TopicPattern } from '../config/topic-pattern';
import { type Request, requestId } from '../delivery/request';
import type { RouteTracing, UserProperties } from '../operations/tracing/tracing';

/** A request that came over MQTT. */
export interface MqttRequest extends Request {
  readonly topic: string;
  readonly responseTopic: string | undefined;
  readonly correlationData: Buffer | undefined;
  readonly userProperties: UserProperties;
}

const NONE: UserProperties = {};

/** What a message says. */
export function readRequest(packet: IPublishPacket, pattern: TopicPattern, tracing: RouteTracing): MqttRequest {
  const { topic, qos, properties } = packet;
  const { correlationData, messageExpiryInterval, responseTopic, userProperties = NONE } = properties ?? {};
  const payload = Buffer.from(packet.payload);
  const id = requestId(correlationData?.toString('latin1'));
  return {
    id,
    payload,
    topic,
    captures: pattern.captures(topic),
    firstSeen: new Date(),
    responseTopic,
    correlationData,
    expiresAt: messageExpiryInterval === undefined ? undefined : performance.now() + messageExpiryInterval * 1000,
    earlierAttempts: 0,
    modelHeaders: undefined,
    userProperties,
    trace: tracing.begin(id, { address: topic, bytes: payload.length, qos, properties: userProperties }),
  };
}

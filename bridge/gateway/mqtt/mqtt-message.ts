import type { IClientPublishOptions, IPublishPacket } from 'mqtt';
import type { TraceFields } from '../../operations/tracing/trace-fields';
import { type Answer, readAnswer } from '../answer';
import { type Question, remainingMs } from '../question';

/** A question as it is published: the answer is to come to this gateway, and to be known by its id. */
export function publishOptions(
  id: string,
  question: Question,
  answerTopic: string,
  trace: TraceFields,
): IClientPublishOptions {
  const { contentType, headers, requestId } = question;
  return {
    qos: 1,
    properties: {
      responseTopic: answerTopic,
      correlationData: Buffer.from(id),
      contentType,
      // Rounded up: a broker counts whole seconds, and with 0 would keep a message for ever.
      messageExpiryInterval: Math.ceil(remainingMs(question) / 1000),
      userProperties: { ...headers, RqUID: requestId, ...trace },
    },
  };
}

/** The id of the question that a message answers. */
export function correlationOf({ properties }: IPublishPacket): string | undefined {
  return properties?.correlationData?.toString('latin1');
}

export function answerIn({ payload, properties }: IPublishPacket): Answer {
  const named = Object.entries(properties?.userProperties ?? {});
  return readAnswer({
    body: Buffer.from(payload),
    contentType: properties?.contentType,
    headers: Object.fromEntries(named.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])),
  });
}

import type { TraceFields } from '../../operations/tracing/trace-fields';
import { type Answer, readAnswer } from '../answer';
import { type Question, remainingMs } from '../question';

/** Where a message goes. */
export interface Address {
  readonly exchange: string;
  readonly routingKey: string;
}

/** A question as it is published. */
export interface QuestionMessage extends Address {
  readonly payload: Buffer;
  readonly contentType: string;
  readonly correlationId: string;
  readonly replyTo: string;
  /** Milliseconds, as AMQP writes them. */
  readonly expiration: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * @param id by which the answer is known: of the gateway's own making, whatever its requester calls the request
 * @param trace that whoever takes the message goes on with
 */
export function questionMessage(
  id: string,
  question: Question,
  { exchange, routingKey }: Address,
  replyTo: string,
  trace: TraceFields,
): QuestionMessage {
  const { body, contentType, headers, requestId } = question;
  return {
    exchange,
    routingKey,
    payload: body,
    contentType,
    correlationId: id,
    replyTo,
    // Nobody waits any longer; a provider that is behind need not ask its model.
    expiration: String(remainingMs(question)),
    headers: { ...headers, RqUID: requestId, ...trace },
  };
}

/** What is looked at of a message that answers. */
export interface AnswerMessage {
  readonly body: unknown;
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

export function answerIn({ body, contentType, headers = {} }: AnswerMessage): Answer {
  const texts = Object.entries(headers).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return readAnswer({
    body: body as Buffer,
    contentType,
    headers: Object.fromEntries(texts.map(([name, value]) => [name, String(value)])),
  });
}

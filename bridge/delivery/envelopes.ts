import type { Failure } from '../errors';
import type { UserProperties } from '../operations/tracing/tracing';

/** What the requester gets instead of a prediction. */
export function errorReply({ code, status, message, retryable }: Failure, attempts: number): Buffer {
  return Buffer.from(JSON.stringify({ error: { code, status, message, retryable, attempts } }));
}

export interface DeadRequest {
  readonly route: string;
  readonly topic: string;
  /** Left out when it would make the letter too large for the broker. */
  readonly payload: Buffer | undefined;
  readonly requestId: string;
  /** Calls to the model that were made for it. */
  readonly attempts: number;
  readonly firstSeen: Date;
  readonly modelUrl: string;
  readonly responseTopic: string | undefined;
  readonly correlationData: Buffer | undefined;
  readonly userProperties: UserProperties;
  /** The trace that the request belongs to. */
  readonly traceparent?: string | undefined;
}

/** A dead letter as JSON. */
interface DeadLetter {
  readonly ruleName: string;
  readonly topic: string;
  readonly requestId: string;
  readonly base64OriginalPayload?: string | undefined;
  readonly responseTopic?: string | undefined;
  readonly base64CorrelationData?: string | undefined;
  readonly userProperties?: UserProperties | undefined;
  readonly failures: readonly {
    readonly failedAction: string;
    readonly failedResource: string;
    readonly errorCode: string;
    readonly errorMessage: string;
  }[];
  readonly attempts: number;
  readonly firstSeen: string;
  readonly traceparent?: string | undefined;
}

/**
 * A request that got no prediction, with everything needed to send it again.
 *
 * The field names are those of AWS IoT rules' error actions, as far as these have them, so that tools made for them read
 * these too.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html
 */
export function deadLetter(request: DeadRequest, { code, message }: Failure): Buffer {
  const { responseTopic, correlationData, userProperties } = request;
  const letter: DeadLetter = {
    ruleName: request.route,
    topic: request.topic,
    requestId: request.requestId,
    base64OriginalPayload: request.payload?.toString('base64'),
    responseTopic,
    base64CorrelationData: correlationData?.toString('base64'),
    userProperties: Object.keys(userProperties).length > 0 ? userProperties : undefined,
    failures: [{ failedAction: 'predict', failedResource: request.modelUrl, errorCode: code, errorMessage: message }],
    attempts: request.attempts,
    firstSeen: request.firstSeen.toISOString(),
    traceparent: request.traceparent,
  };
  return Buffer.from(JSON.stringify(letter));
}

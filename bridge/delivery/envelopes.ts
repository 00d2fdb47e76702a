import type { Failure } from '../errors';

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
}

/**
 * A request that got no prediction, with everything needed to send it again.
 *
 * The field names are those of AWS IoT rules' error actions, so that tools made for them read these too.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html
 */
export function deadLetter(request: DeadRequest, { code, message }: Failure): Buffer {
  return Buffer.from(
    JSON.stringify({
      ruleName: request.route,
      topic: request.topic,
      requestId: request.requestId,
      base64OriginalPayload: request.payload?.toString('base64'),
      failures: [{ failedAction: 'predict', failedResource: request.modelUrl, errorCode: code, errorMessage: message }],
      attempts: request.attempts,
      firstSeen: request.firstSeen.toISOString(),
    }),
  );
}

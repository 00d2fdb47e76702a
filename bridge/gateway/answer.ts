import { BRIDGE_ERRORS, type BridgeErrorCode, type Failure, failure } from '../errors';

/** What became of a question. */
export type Answer = Prediction | Refusal;

interface Prediction {
  readonly ok: true;
  readonly body: Buffer;
  readonly contentType: string;
  /** Of what brought the answer, as they came. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Refusal {
  readonly ok: false;
  readonly failure: Failure;
  /** Calls to the model that were made. */
  readonly attempts: number;
}

export function refusal(code: BridgeErrorCode, message: string, status?: number): Refusal {
  return { ok: false, failure: failure(code, message, status), attempts: 0 };
}

/** An answer as a bridge or a provider publishes it. */
export interface PublishedAnswer {
  readonly body: Buffer;
  readonly contentType: string | undefined;
  /** Headers in AMQP, user properties in MQTT. */
  readonly headers: Readonly<Record<string, string>>;
}

const JSON_TYPE = 'application/json';

/**
 * What a published answer says. One without a status is a prediction: providers that are not ours know no other.
 */
export function readAnswer({ body, contentType, headers }: PublishedAnswer): Answer {
  const { status } = headers;
  if (status === undefined || /^2\d\d$/.test(status)) {
    return { ok: true, body, contentType: contentType ?? JSON_TYPE, headers };
  }
  return { ok: false, ...readEnvelope(body, status) };
}

function readEnvelope(body: Buffer, status: string): Pick<Refusal, 'failure' | 'attempts'> {
  const { code, message, retryable, attempts } = envelopeIn(body);
  const known = isKnown(code) ? code : 'BRIDGE_ERR_MODEL_ANSWER';
  const text = typeof message === 'string' ? message : `whoever asks the model says nothing but the status ${status}`;
  return {
    failure: {
      ...failure(known, text, /^[45]\d\d$/.test(status) ? Number(status) : undefined),
      ...(typeof retryable === 'boolean' && { retryable }),
    },
    attempts: typeof attempts === 'number' && Number.isSafeInteger(attempts) ? attempts : 0,
  };
}

function envelopeIn(body: Buffer): Record<string, unknown> {
  try {
    const { error } = JSON.parse(body.toString()) ?? {};
    return typeof error === 'object' && error !== null ? error : {};
  } catch {
    return {};
  }
}

function isKnown(code: unknown): code is BridgeErrorCode {
  return typeof code === 'string' && Object.hasOwn(BRIDGE_ERRORS, code);
}

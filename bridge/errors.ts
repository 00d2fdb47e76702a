/**
 * Everything that can go wrong with a request or with the bridge itself.
 *
 * `status` is the HTTP status nearest in meaning; requesters see it in the error reply. `retryable` tells them whether
 * the same request may succeed later.
 */
export const BRIDGE_ERRORS = {
  BRIDGE_ERR_CONFIG: {
    status: 500,
    retryable: false,
    meaning: 'The configuration file is missing, unreadable or wrong.',
  },
  BRIDGE_ERR_MQTT_CLIENT: {
    status: 500,
    retryable: false,
    meaning: 'The installed MQTT client lacks the hook that acknowledgements are withheld through.',
  },
  BRIDGE_ERR_AMQP_CLIENT: {
    status: 500,
    retryable: false,
    meaning: 'The installed client for RabbitMQ lacks the hook that keeps bodies as they came.',
  },
  BRIDGE_ERR_BROKER_LOGIN: {
    status: 503,
    retryable: true,
    meaning: 'The broker does not accept the user name and password.',
  },
  BRIDGE_ERR_BROKER_CONNECTION: { status: 503, retryable: true, meaning: 'No connection to the broker, or it broke.' },
  BRIDGE_ERR_MODEL_TIMEOUT: { status: 504, retryable: true, meaning: 'The model did not answer in time.' },
  BRIDGE_ERR_MODEL_UNREACHABLE: { status: 503, retryable: true, meaning: 'No connection to the model, or it broke.' },
  BRIDGE_ERR_MODEL_BUSY: {
    status: 503,
    retryable: true,
    meaning: 'The model answered 408, 429, 500, 502, 503 or 504, or what gRPC has for these: it may work later.',
  },
  BRIDGE_ERR_MODEL_LOGIN: {
    status: 503,
    retryable: true,
    meaning:
      'There is no login to the model, which was not asked: a file cannot be read, whoever issues logins does not answer, or, and then it is not retryable, refuses.',
  },
  BRIDGE_ERR_EXPIRED: {
    status: 504,
    retryable: false,
    meaning:
      "The request's message expiry passed before the model answered: the requester said that it would not wait.",
  },
  BRIDGE_ERR_MODEL_REJECTED: {
    status: 422,
    retryable: false,
    meaning:
      'The model answered with another status than 2xx: the request is wrong, or the route leads to the wrong place.',
  },
  BRIDGE_ERR_MODEL_ANSWER: {
    status: 502,
    retryable: false,
    meaning:
      'The model answered nothing, something that is not JSON by its content type, a login page for instance, or to several requests at once something that cannot be divided among them.',
  },
  BRIDGE_ERR_REQUEST_INVALID: {
    status: 400,
    retryable: false,
    meaning:
      'The request is not what the route expects: no JSON, not what its schema says, or nothing that its model could be sent. The model was not asked.',
  },
  BRIDGE_ERR_REQUEST_TOO_LARGE: {
    status: 413,
    retryable: false,
    meaning:
      "The request is larger than the route's maxPayloadBytes, or than gateway.maxBodyBytes. The model was not asked.",
  },
  BRIDGE_ERR_REPLY_MAPPING: {
    status: 502,
    retryable: false,
    meaning: "The model's answer has not the part that the route makes the reply of.",
  },
  BRIDGE_ERR_REPLY_TOO_LARGE: {
    status: 502,
    retryable: false,
    meaning: "The answer is larger than the route's maxReplyBytes or than a packet the broker takes.",
  },
  BRIDGE_ERR_REPLY_REFUSED: {
    status: 502,
    retryable: false,
    meaning: 'The broker does not let the bridge publish to the reply topic.',
  },
  BRIDGE_ERR_REQUEST_TOPIC: {
    status: 400,
    retryable: false,
    meaning:
      "A level of the request's topic, or a word of its routing key, cannot be the name of a model or a namespace, or is not one that the route allows.",
  },
  BRIDGE_ERR_RESPONSE_TOPIC: {
    status: 403,
    retryable: false,
    meaning: 'The request names a response topic, or a reply_to, that the route does not allow.',
  },
  BRIDGE_ERR_UNANSWERABLE: {
    status: 400,
    retryable: false,
    meaning:
      'The request does not say where its answer should go, and neither does the route; or it has no correlation id, so that nobody could tell what the answer is to. The model was not asked.',
  },
  BRIDGE_ERR_HTTP: {
    status: 400,
    retryable: false,
    meaning: 'What came over the connection is no HTTP request, or took too long to come. For the gateway only.',
  },
  BRIDGE_ERR_NO_ROUTE: {
    status: 404,
    retryable: false,
    meaning: 'No route of the gateway takes this method and this path, or the model that the path names.',
  },
  BRIDGE_ERR_REQUEST_HEADER: {
    status: 400,
    retryable: false,
    meaning:
      'A header of the HTTP request is missing, came twice, or is not what it has to be: RqUID, or the routing-key of a route that takes it from the request.',
  },
  BRIDGE_ERR_TOO_MANY_HEADERS: {
    status: 431,
    retryable: false,
    meaning: 'The HTTP request has more headers, or longer ones, than the gateway takes.',
  },
  BRIDGE_ERR_CONTENT_TYPE: {
    status: 415,
    retryable: false,
    meaning: 'The HTTP request has no content type, one that the route does not take, or a content encoding.',
  },
  BRIDGE_ERR_UNROUTABLE: {
    status: 404,
    retryable: false,
    meaning:
      'The broker has no queue for the routing key of the request, or no subscriber for its topic; or the route takes no such routing key.',
  },
  BRIDGE_ERR_UNCONFIRMED: {
    status: 503,
    retryable: true,
    meaning: 'The broker has not confirmed that it has the request, which may or may not be worked on.',
  },
  BRIDGE_ERR_ANSWER_LOST: {
    status: 503,
    retryable: true,
    meaning:
      'The connection to the broker broke while the request was under way, and its answer has nowhere to come. The model may have been asked.',
  },
  BRIDGE_ERR_ANSWER_TIMEOUT: {
    status: 504,
    retryable: true,
    meaning: 'The broker has the request, and no answer came within the time that its route has.',
  },
  BRIDGE_ERR_OVERLOADED: {
    status: 503,
    retryable: true,
    meaning: 'The gateway has as many requests under way as it takes at a time.',
  },
  BRIDGE_ERR_STOPPING: {
    status: 503,
    retryable: true,
    meaning: 'The gateway is stopping: others take requests, and this one had no answer in time.',
  },
  BRIDGE_ERR_RESULT_GONE: {
    status: 410,
    retryable: false,
    meaning:
      'The gateway has no result of this name any more: it was kept for as long as results are, gave way to newer ones, or a restart took it.',
  },
  BRIDGE_ERR_RESULT_ELSEWHERE: {
    status: 421,
    retryable: false,
    meaning:
      'The result is at another replica of the gateway, if that still runs: results stay where they were asked for.',
  },
  BRIDGE_ERR_INTERNAL: {
    status: 500,
    retryable: false,
    meaning: 'The gateway made a mistake. Its log has more.',
  },
} as const;

export type BridgeErrorCode = keyof typeof BRIDGE_ERRORS;

const BRAND = Symbol.for('cdk8s-edge-inference.BridgeError');

/** An error with a stable code; recognised across duplicate installations of this package. */
export class BridgeError extends Error {
  readonly code: BridgeErrorCode;

  constructor(code: BridgeErrorCode, message: string) {
    super(`${code}: ${message}`);
    this.name = 'BridgeError';
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}

/** Why a request has no prediction. */
export interface Failure {
  readonly code: BridgeErrorCode;
  readonly status: number;
  readonly message: string;
  readonly retryable: boolean;
}

/** @param status what the requester is told, where the table's own status is not exact enough */
export function failure(code: BridgeErrorCode, message: string, status?: number): Failure {
  const { retryable, status: usual } = BRIDGE_ERRORS[code];
  return { code, status: status ?? usual, message, retryable };
}

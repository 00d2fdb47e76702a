import type { BridgeErrorCode, Failure } from '../../errors';

/** Well-formed HTTP that says nothing to the model. */
const UNPROCESSABLE = 422;
/** Whatever is wrong between the gateway and the model, the requester cannot mend it. */
const BAD_GATEWAY = 502;

/** Where the status of a failure is meant for those who asked in another way than over HTTP. */
const STATUS: Partial<Record<BridgeErrorCode, number>> = {
  BRIDGE_ERR_CONFIG: BAD_GATEWAY,
  BRIDGE_ERR_MODEL_ANSWER: BAD_GATEWAY,
  BRIDGE_ERR_MODEL_BUSY: BAD_GATEWAY,
  BRIDGE_ERR_MODEL_LOGIN: BAD_GATEWAY,
  BRIDGE_ERR_MODEL_REJECTED: UNPROCESSABLE,
  BRIDGE_ERR_MODEL_UNREACHABLE: BAD_GATEWAY,
  BRIDGE_ERR_REQUEST_INVALID: UNPROCESSABLE,
  BRIDGE_ERR_REQUEST_TOPIC: 404,
  // The gateway named that topic, and not its requester.
  BRIDGE_ERR_RESPONSE_TOPIC: BAD_GATEWAY,
};

/** A place in the gateway is free again within moments; a broker takes longer to come back. */
const SOON_SECONDS = 1;
const LATER_SECONDS = 5;

/** The HTTP status that a requester gets for a failure. */
export function httpStatusOf({ code, status }: Failure): number {
  return STATUS[code] ?? status;
}

/** What to say in `Retry-After`; nothing for what will not be better later. */
export function retryAfterSeconds(failure: Failure): number | undefined {
  if (!failure.retryable || httpStatusOf(failure) !== 503) return undefined;
  return failure.code === 'BRIDGE_ERR_OVERLOADED' ? SOON_SECONDS : LATER_SECONDS;
}

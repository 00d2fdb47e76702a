import { BRIDGE_ERRORS, type BridgeErrorCode, type Failure } from '../errors';

/** Messages with these codes are the bridge's own words. Others may quote a request, or what a model answered. */
const OWN_WORDS: ReadonlySet<BridgeErrorCode> = new Set([
  'BRIDGE_ERR_ANSWER_LOST',
  'BRIDGE_ERR_ANSWER_TIMEOUT',
  'BRIDGE_ERR_BROKER_CONNECTION',
  'BRIDGE_ERR_EXPIRED',
  'BRIDGE_ERR_MODEL_LOGIN',
  'BRIDGE_ERR_MODEL_TIMEOUT',
  'BRIDGE_ERR_MODEL_UNREACHABLE',
  'BRIDGE_ERR_OVERLOADED',
  'BRIDGE_ERR_REPLY_REFUSED',
  'BRIDGE_ERR_REPLY_TOO_LARGE',
  'BRIDGE_ERR_REQUEST_TOO_LARGE',
  'BRIDGE_ERR_REQUEST_TOPIC',
  'BRIDGE_ERR_RESPONSE_TOPIC',
  'BRIDGE_ERR_STOPPING',
  'BRIDGE_ERR_TOO_MANY_HEADERS',
  'BRIDGE_ERR_UNANSWERABLE',
  'BRIDGE_ERR_UNCONFIRMED',
]);

/** What the log may say of a failure. Its whole message, with quotations, is in the error reply and the dead letter. */
export function loggedFailure({ code, status, message }: Failure) {
  return { code, status, text: OWN_WORDS.has(code) ? message : BRIDGE_ERRORS[code].meaning };
}

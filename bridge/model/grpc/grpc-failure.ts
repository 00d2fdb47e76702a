import type { ServiceError } from '@grpc/grpc-js';
import { type BridgeErrorCode, type Failure, failure } from '../../errors';

/**
 * The codes of gRPC with the HTTP status nearest in meaning.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
 */
const STATUSES = [
  ['OK', 200],
  ['CANCELLED', 503],
  ['UNKNOWN', 500],
  ['INVALID_ARGUMENT', 400],
  ['DEADLINE_EXCEEDED', 504],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['PERMISSION_DENIED', 403],
  ['RESOURCE_EXHAUSTED', 429],
  ['FAILED_PRECONDITION', 400],
  ['ABORTED', 503],
  ['OUT_OF_RANGE', 400],
  ['UNIMPLEMENTED', 501],
  ['INTERNAL', 500],
  ['UNAVAILABLE', 503],
  ['DATA_LOSS', 500],
  ['UNAUTHENTICATED', 401],
] as const;

const UNKNOWN = STATUSES[2];
const MAY_WORK_LATER = new Set([429, 500, 503]);
const EXCERPT_CHARS = 300;

/** What gRPC calls a code, as in `NOT_FOUND`. */
export function grpcName(code: number): string {
  return (STATUSES[code] ?? UNKNOWN)[0];
}

/** The HTTP status that stands for a code. */
export function httpStatusOf(code: number): number {
  return (STATUSES[code] ?? UNKNOWN)[1];
}

/**
 * Why a call has no answer.
 *
 * @param limits the largest answer that is taken, and how long the call may take
 */
export function grpcFailure(
  { code, details, metadata }: Pick<ServiceError, 'code' | 'details' | 'metadata'>,
  limits: { readonly maxReplyBytes: number; readonly timeoutMs: number },
): Failure {
  const name = grpcName(code);
  const status = httpStatusOf(code);
  const said = excerpt(details);
  if (name === 'DEADLINE_EXCEEDED') {
    const message = `the model did not answer within ${Math.round(limits.timeoutMs) / 1000} s`;
    return failure('BRIDGE_ERR_MODEL_TIMEOUT', message);
  }
  if (name === 'RESOURCE_EXHAUSTED' && details.endsWith(` vs ${limits.maxReplyBytes})`)) {
    return failure('BRIDGE_ERR_REPLY_TOO_LARGE', "the model answered with more than the route's maxReplyBytes");
  }
  // The limit of a server for what it is sent; asking again would not make the request smaller.
  if (name === 'RESOURCE_EXHAUSTED' && /larger than max|exceeds maximum size/i.test(details)) {
    return failure('BRIDGE_ERR_MODEL_REJECTED', `the model answered ${name}: ${said}`, 413);
  }
  // What the server said has come with metadata; what the channel found out has not.
  if (name === 'UNAVAILABLE' && Object.keys(metadata.getMap()).length === 0) {
    return failure('BRIDGE_ERR_MODEL_UNREACHABLE', `the model cannot be reached: ${said}`);
  }
  const kind: BridgeErrorCode = MAY_WORK_LATER.has(status) ? 'BRIDGE_ERR_MODEL_BUSY' : 'BRIDGE_ERR_MODEL_REJECTED';
  return failure(kind, `the model answered ${name}: ${said}`, status);
}

function excerpt(details: string): string {
  return details.replace(/\s+/g, ' ').trim().slice(0, EXCERPT_CHARS) || '(no details)';
}

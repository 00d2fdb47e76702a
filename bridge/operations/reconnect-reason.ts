import { LinkError, type LinkProblem } from './link-error';

export type ReconnectReason = LinkProblem | 'other';

const REASONS: Record<ReconnectReason, true> = {
  closed: true,
  broker: true,
  timeout: true,
  silent: true,
  subscription: true,
  login: true,
  refused: true,
  network: true,
  other: true,
};
export const RECONNECT_REASONS = Object.keys(REASONS) as ReconnectReason[];

/** Reason codes of CONNACK that are about user name and password, in MQTT 3.1.1 and 5. */
const LOGIN_REFUSED = new Set([4, 5, 134, 135]);

/** Why a connection has to be made again, as one of a few words: a metric can count these. */
export function reconnectReason(error: Error): ReconnectReason {
  if (error instanceof LinkError) return error.problem;
  if (error instanceof AggregateError) return 'network';
  const { code } = error as { code?: number | string };
  if (typeof code === 'number') return LOGIN_REFUSED.has(code) ? 'login' : 'refused';
  return typeof code === 'string' ? 'network' : 'other';
}

import type { Duration } from 'cdk8s';
import { EdgeError } from '../../errors';

/** DNS counts TTLs in 31 bits. */
const MAX_TTL = 2 ** 31 - 1;

/**
 * @throws EdgeError EDGE_ERR_VALUE for a time that no record can be kept for
 */
export function ttlSeconds(at: string, ttl: Duration): number {
  const seconds = ttl.toMilliseconds() / 1000;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_TTL) return seconds;
  const rule = `it is a whole number of seconds from 1 to ${MAX_TTL}`;
  throw new EdgeError('EDGE_ERR_VALUE', { at, value: `${seconds} s`, rule, fix: 'Choose a time within that' });
}

/**
 * A random time between half of `minMs` and an upper bound that doubles with each attempt, up to `maxMs`.
 *
 * Random over the whole range, so that bridges which lost the same broker do not come back in step.
 *
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function fullJitter(attempt: number, minMs: number, maxMs: number, random: () => number = Math.random): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30));
  const floor = Math.min(minMs / 2, ceiling);
  return Math.round(floor + random() * (ceiling - floor));
}

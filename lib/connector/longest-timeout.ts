import type { BridgeRoute } from './bridge-route';

/** What the slowest of these routes may take, in seconds. */
export function longestTimeoutSeconds(routes: readonly BridgeRoute[]): number {
  return Math.max(0, ...routes.map(({ timeout }) => timeout.toMilliseconds() / 1000));
}

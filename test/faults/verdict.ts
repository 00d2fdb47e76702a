import type { Outcome } from './outcome';
import type { Scenario } from './scenario';

/** The promises that an outcome breaks, in words. */
export function brokenPromises({ load, promised }: Pick<Scenario, 'load' | 'promised'>, outcome: Outcome): string[] {
  const { lost, duplicates, errorReplies, modelCalls, peakUnacknowledged, lastBridge } = outcome;
  const { received, settled, inflight, unacknowledged, reconnects } = lastBridge;
  const { duplicatesAtMost, oneModelCallEach, reconnectsAtMost, unacknowledgedAtMost } = promised;
  const broken: string[] = [];
  const atMost = (limit: number | undefined, value: number | undefined, what: string) => {
    if (limit !== undefined && value !== undefined && value > limit) {
      broken.push(`${what}: ${value}, promised at most ${limit}`);
    }
  };
  atMost(0, lost, 'requests lost');
  atMost(0, errorReplies, 'error replies');
  atMost(duplicatesAtMost, duplicates, 'duplicate answers');
  atMost(reconnectsAtMost, reconnects, 'broken connections');
  atMost(unacknowledgedAtMost, peakUnacknowledged, 'messages held unacknowledged');
  atMost(0, unacknowledged, 'messages still unacknowledged at the end');
  if (oneModelCallEach && modelCalls !== load.messages) {
    broken.push(`model calls: ${modelCalls}, promised one for each of ${load.messages} requests`);
  }
  if (received !== settled + inflight) {
    broken.push(`metrics: received ${received} is not settled ${settled} plus in flight ${inflight}`);
  }
  return broken;
}

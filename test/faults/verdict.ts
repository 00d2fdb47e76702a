import type { Outcome } from './outcome';
import type { Scenario } from './scenario';

/** The promises that an outcome breaks, in words. */
export function brokenPromises({ load, promised }: Pick<Scenario, 'load' | 'promised'>, outcome: Outcome): string[] {
  const { lost, askedInVain, lostByBroker, duplicates, modelCalls, peakUnacknowledged, lastBridge } = outcome;
  const { received, settled, inflight, unacknowledged, reconnects, failedCalls } = lastBridge;
  const { errors = {}, deadLetters = total(errors), brokerLoses = { atLeast: 0, atMost: 0 } } = promised;
  const broken: string[] = [];
  const within = (atLeast: number, atMost: number | undefined, value: number, what: string) => {
    if (value < atLeast) broken.push(`${what}: ${value}, promised at least ${atLeast}`);
    if (atMost !== undefined && value > atMost) broken.push(`${what}: ${value}, promised at most ${atMost}`);
  };
  const atMost = (limit: number | undefined, value: number | undefined, what: string) => {
    if (value !== undefined) within(0, limit, value, what);
  };
  const exactly = (wanted: number, value: number, what: string) => {
    if (value !== wanted) broken.push(`${what}: ${value}, promised ${wanted}`);
  };
  exactly(0, lost, 'requests lost');
  exactly(0, askedInVain, 'requests that the model was asked for in vain');
  within(brokerLoses.atLeast, brokerLoses.atMost, lostByBroker, 'requests lost by the broker');
  for (const code of new Set([...Object.keys(errors), ...Object.keys(outcome.errors)])) {
    exactly(errors[code] ?? 0, outcome.errors[code] ?? 0, `error replies with ${code}`);
  }
  exactly(deadLetters, outcome.deadLetters, 'dead letters');
  atMost(promised.duplicatesAtMost, duplicates, 'duplicate answers');
  atMost(promised.reconnectsAtMost, reconnects, 'broken connections');
  atMost(promised.unacknowledgedAtMost, peakUnacknowledged, 'messages held unacknowledged');
  atMost(promised.failedCallsAtMost, failedCalls, 'calls to the model that failed');
  atMost(0, unacknowledged, 'messages still unacknowledged at the end');
  if (promised.oneModelCallEach && modelCalls !== load.messages) {
    broken.push(`model calls: ${modelCalls}, promised one for each of ${load.messages} requests`);
  }
  for (const { metric, label, atLeast, atMost } of promised.shows ?? []) {
    within(atLeast, atMost, outcome.metrics.sum(metric, label), label === undefined ? metric : `${metric}{${label}}`);
  }
  if (received !== settled + inflight) {
    broken.push(`metrics: received ${received} is not settled ${settled} plus in flight ${inflight}`);
  }
  return broken;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

import { describe, expect, it } from 'vitest';
import type { Outcome } from './outcome';
import type { Promised } from './scenario';
import { brokenPromises } from './verdict';

const MESSAGES = 10;
const PERFECT: Outcome = {
  lost: 0,
  duplicates: 0,
  errorReplies: 0,
  modelCalls: MESSAGES,
  peakUnacknowledged: 9,
  lastBridge: { received: 10, settled: 10, inflight: 0, unacknowledged: 0, adopted: 0, reconnects: 0 },
  oneBridge: true,
};
const EVERYTHING: Required<Promised> = {
  duplicatesAtMost: 0,
  oneModelCallEach: true,
  reconnectsAtMost: 0,
  unacknowledgedAtMost: 9,
};

describe('Given a scenario in which everything is promised', () => {
  it('when nothing went wrong, then no promise is broken', () => {
    expect(verdict(PERFECT)).toEqual([]);
  });

  it.each<[string, Outcome, string]>([
    ['a request was lost', { ...PERFECT, lost: 1 }, 'requests lost: 1, promised at most 0'],
    ['an answer came twice', { ...PERFECT, duplicates: 1 }, 'duplicate answers: 1, promised at most 0'],
    ['an error was the answer', { ...PERFECT, errorReplies: 1 }, 'error replies: 1, promised at most 0'],
    [
      'the model was asked twice',
      { ...PERFECT, modelCalls: 11 },
      'model calls: 11, promised one for each of 10 requests',
    ],
    [
      'too much was held',
      { ...PERFECT, peakUnacknowledged: 10 },
      'messages held unacknowledged: 10, promised at most 9',
    ],
    ['a connection broke', last({ reconnects: 1 }), 'broken connections: 1, promised at most 0'],
    [
      'the bridge is not done',
      last({ unacknowledged: 2 }),
      'messages still unacknowledged at the end: 2, promised at most 0',
    ],
    [
      'the metrics do not add up',
      last({ settled: 8, inflight: 1 }),
      'metrics: received 10 is not settled 8 plus in flight 1',
    ],
  ])('when %s, then that is what is said', (_what, outcome, said) => {
    expect(verdict(outcome)).toEqual([said]);
  });
});

describe('Given a scenario in which only delivery is promised', () => {
  it('when work was done twice, then no promise is broken', () => {
    expect(verdict({ ...last({ reconnects: 3 }), duplicates: 5, modelCalls: 15 }, {})).toEqual([]);
  });
});

function verdict(outcome: Outcome, promised: Promised = EVERYTHING): string[] {
  return brokenPromises({ load: { messages: MESSAGES, perSecond: 1 }, promised }, outcome);
}

function last(changes: Partial<Outcome['lastBridge']>): Outcome {
  return { ...PERFECT, lastBridge: { ...PERFECT.lastBridge, ...changes } };
}

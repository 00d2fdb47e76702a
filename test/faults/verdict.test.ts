import { describe, expect, it } from 'vitest';
import { Metrics } from './metrics';
import type { Outcome } from './outcome';
import type { Promised } from './scenario';
import { brokenPromises } from './verdict';

const MESSAGES = 10;
const BUSY = 'BRIDGE_ERR_MODEL_BUSY';
const PERFECT: Outcome = {
  predicted: 7,
  errors: { [BUSY]: 1 },
  deadLetters: 1,
  lost: 0,
  lostByBroker: 2,
  askedInVain: 0,
  duplicates: 0,
  modelCalls: MESSAGES,
  peakUnacknowledged: 9,
  lastBridge: { received: 10, settled: 10, inflight: 0, unacknowledged: 0, adopted: 0, reconnects: 0, failedCalls: 3 },
  metrics: new Metrics('dropped{broker="a"} 2\ndropped{broker="b"} 5'),
  oneBridge: true,
};
const EVERYTHING: Required<Promised> = {
  duplicatesAtMost: 0,
  oneModelCallEach: true,
  reconnectsAtMost: 0,
  unacknowledgedAtMost: 9,
  failedCallsAtMost: 3,
  errors: { [BUSY]: 1 },
  deadLetters: 1,
  brokerLoses: { atLeast: 2, atMost: 2 },
  shows: [{ metric: 'dropped', label: 'broker="a"', atLeast: 2, atMost: 2 }],
};

describe('Given a scenario in which everything is promised', () => {
  it('when nothing went wrong, then no promise is broken', () => {
    expect(verdict(PERFECT)).toEqual([]);
  });

  it.each<[string, Outcome, string]>([
    ['a request was lost', { ...PERFECT, lost: 1 }, 'requests lost: 1, promised 0'],
    [
      'a request was answered that the broker cannot have delivered',
      { ...PERFECT, lost: -1 },
      'requests lost: -1, promised 0',
    ],
    [
      'the model was asked and nobody told',
      { ...PERFECT, askedInVain: 1 },
      'requests that the model was asked for in vain: 1, promised 0',
    ],
    [
      'the broker lost more than it must',
      { ...PERFECT, lostByBroker: 3 },
      'requests lost by the broker: 3, promised at most 2',
    ],
    [
      'the broker lost nothing, so that nothing was tried',
      { ...PERFECT, lostByBroker: 0 },
      'requests lost by the broker: 0, promised at least 2',
    ],
    ['an answer came twice', { ...PERFECT, duplicates: 1 }, 'duplicate answers: 1, promised at most 0'],
    ['an error was no answer', { ...PERFECT, errors: {} }, 'error replies with BRIDGE_ERR_MODEL_BUSY: 0, promised 1'],
    [
      'another error was an answer',
      { ...PERFECT, errors: { ...PERFECT.errors, BRIDGE_ERR_EXPIRED: 1 } },
      'error replies with BRIDGE_ERR_EXPIRED: 1, promised 0',
    ],
    ['nothing was put aside', { ...PERFECT, deadLetters: 0 }, 'dead letters: 0, promised 1'],
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
    ['the model was not spared', last({ failedCalls: 4 }), 'calls to the model that failed: 4, promised at most 3'],
    [
      'the bridge is not done',
      last({ unacknowledged: 2 }),
      'messages still unacknowledged at the end: 2, promised at most 0',
    ],
    [
      'nobody can see it',
      { ...PERFECT, metrics: new Metrics('dropped{broker="b"} 5') },
      'dropped{broker="a"}: 0, promised at least 2',
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
  const delivered = { ...PERFECT, predicted: MESSAGES, errors: {}, deadLetters: 0, lostByBroker: 0 };

  it('when work was done twice, then no promise is broken', () => {
    const outcome = { ...delivered, ...last({ reconnects: 3 }, delivered), duplicates: 5, modelCalls: 15 };

    expect(verdict(outcome, {})).toEqual([]);
  });

  it('when requests were answered with errors, then those are broken promises', () => {
    expect(verdict({ ...delivered, errors: { [BUSY]: 2 } }, {})).toEqual([
      'error replies with BRIDGE_ERR_MODEL_BUSY: 2, promised 0',
    ]);
  });
});

function verdict(outcome: Outcome, promised: Promised = EVERYTHING): string[] {
  return brokenPromises({ load: { messages: MESSAGES, perSecond: 1 }, promised }, outcome);
}

function last(changes: Partial<Outcome['lastBridge']>, outcome = PERFECT): Outcome {
  return { ...outcome, lastBridge: { ...outcome.lastBridge, ...changes } };
}

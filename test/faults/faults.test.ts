import { describe, expect, it } from 'vitest';
import { mosquittoProblem } from './mosquitto-process';
import { playScenario } from './play';
import { bridgeAway } from './scenarios';
import { SIZES } from './sizes';
import { brokenPromises } from './verdict';

const MOST_MS = 60_000;
const problem = mosquittoProblem();
const skipped = problem ? ` (skipped: ${problem})` : '';

describe.skipIf(problem)(`Given a real broker, the bridge${skipped}`, () => {
  for (const scenario of SIZES.small) {
    it(scenario.specification, { timeout: MOST_MS }, async () => {
      const { load, promised } = scenario;
      const outcome = await playScenario(scenario);
      expect(outcome.lost).toBe(0);
      expect(outcome.duplicates).toBeLessThanOrEqual(promised.duplicatesAtMost ?? load.messages);
      expect(outcome.modelCalls).toBeGreaterThanOrEqual(load.messages);
      expect(brokenPromises(scenario, outcome)).toEqual([]);
    });
  }
});

describe.skipIf(problem)(`Given a broker with a short queue, the harness${skipped}`, () => {
  it('sees what the broker drops', { timeout: MOST_MS }, async () => {
    const scenario = bridgeAway({ messages: 300, perSecond: 5_000 }, { maxQueuedMessages: 100, silenceMs: 2_000 });
    const outcome = await playScenario(scenario);
    expect(outcome.lost).toBe(200);
    expect(brokenPromises(scenario, outcome)).toContain('requests lost: 200, promised at most 0');
  });
});

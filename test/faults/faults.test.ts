import { describe, expect, it } from 'vitest';
import { mosquittoProblem } from './mosquitto-process';
import { playScenario } from './play';
import type { Scenario } from './scenario';
import { BUSY, CALM } from './sizes';
import { brokenPromises } from './verdict';

const MOST_MS = 120_000;
const problem = mosquittoProblem();
const skipped = problem ? ` (skipped: ${problem})` : '';

describe.skipIf(problem)(`Given a real broker, the bridge${skipped}`, () => {
  for (const scenario of BUSY) specify(scenario, { concurrent: false });
});

describe.skipIf(problem)(`Given a real broker and time, the bridge${skipped}`, () => {
  for (const scenario of CALM) specify(scenario, { concurrent: true });
});

function specify(scenario: Scenario, { concurrent }: { readonly concurrent: boolean }): void {
  const missing = problem ? undefined : scenario.problem?.();
  const name = `${scenario.specification}${missing ? ` (skipped: ${missing})` : ''}`;
  it.skipIf(missing)(name, { timeout: MOST_MS, concurrent }, async () => {
    const outcome = await playScenario(scenario);

    expect(outcome.lost).toBe(0);
    expect(brokenPromises(scenario, outcome)).toEqual([]);
  });
}

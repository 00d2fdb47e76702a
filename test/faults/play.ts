import { count } from './count';
import type { Outcome } from './outcome';
import type { Scenario } from './scenario';
import { onStage } from './stage';
import { withinLimit } from './within-limit';

/**
 * Plays a scenario from the first request to the last answer and counts.
 *
 * @param watch called with a function that tells how many requests have an answer
 * @throws Error when the scenario cannot be played, takes too long, or the bridge does not end as it should
 */
export function playScenario(scenario: Scenario, watch?: (answered: () => number) => void): Promise<Outcome> {
  return onStage(scenario.setting, (stage) => {
    watch?.(() => stage.verifier.settled);
    return withinLimit(count(scenario, stage));
  });
}

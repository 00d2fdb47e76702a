import { count } from '../count';
import type { Outcome } from '../outcome';
import { withinLimit } from '../within-limit';
import type { Brokers } from './brokers';
import { onGatewayStage } from './gateway-stage';
import { type AmqpScenario, isGatewayScenario } from './scenario';
import { onStage } from './stage';

/**
 * Plays a scenario from the first request to the last answer and counts.
 *
 * @param watch called with a function that tells how many requests have an answer
 * @throws Error when the scenario cannot be played, takes too long, or something does not end as it should
 */
export function playScenario(
  brokers: Brokers,
  scenario: AmqpScenario,
  watch?: (answered: () => number) => void,
): Promise<Outcome> {
  if (isGatewayScenario(scenario)) {
    return onGatewayStage(brokers, scenario.setting, (stage) => {
      watch?.(() => stage.callers.settled);
      return withinLimit(count(scenario, stage));
    });
  }
  return onStage(brokers, scenario.setting, (stage) => {
    watch?.(() => stage.verifier.settled);
    return withinLimit(count(scenario, stage));
  });
}

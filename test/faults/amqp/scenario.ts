import type { Scenario } from '../scenario';
import type { GatewaySetting, GatewayStage } from './gateway-stage';
import type { Setting, Stage } from './stage';

export type ProviderScenario = Scenario<Setting, Stage>;
export type GatewayScenario = Scenario<GatewaySetting, GatewayStage>;
export type AmqpScenario = ProviderScenario | GatewayScenario;

export function isGatewayScenario(scenario: AmqpScenario): scenario is GatewayScenario {
  return 'drainDelaySeconds' in scenario.setting;
}

import type { GatewayConfigInput } from '../../../bridge/config/gateway';
import type { ProviderConfigInput } from '../../../bridge/config/provider';

/** What a provider would say to a configuration, a line for each problem; none when it would start with it. */
export function providerProblems(config: ProviderConfigInput): string[] {
  // Loaded when there is a provider, and not before: it takes as long to load as half of this library.
  const { parseProviderConfig } = require('../../../bridge/config/any') as typeof import('../../../bridge/config/any');
  return problemsOf(() => parseProviderConfig(config));
}

/** The same of a gateway. */
export function gatewayProblems(config: GatewayConfigInput): string[] {
  const { parseGatewayConfig } =
    require('../../../bridge/config/gateway') as typeof import('../../../bridge/config/gateway');
  return problemsOf(() => parseGatewayConfig(config));
}

function problemsOf(parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if ((error as { code?: string }).code !== 'BRIDGE_ERR_CONFIG') throw error;
    return (error as Error).message.split('\n  ').slice(1);
  }
}

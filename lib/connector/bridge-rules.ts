import type { BridgeConfigInput } from '../../bridge/config';

/** What the bridge would say to a configuration, a line for each problem; none when it would start with it. */
export function bridgeProblems(config: BridgeConfigInput): string[] {
  // Loaded when there is a bridge, and not before: it takes as long to load as half of this library.
  const { parseBridgeConfig } = require('../../bridge/config/load') as typeof import('../../bridge/config/load');
  try {
    parseBridgeConfig(config);
    return [];
  } catch (error) {
    if ((error as { code?: string }).code !== 'BRIDGE_ERR_CONFIG') throw error;
    return (error as Error).message.split('\n  ').slice(1);
  }
}

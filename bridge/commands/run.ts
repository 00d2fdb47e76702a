import { parseArgs } from 'node:util';
import pino from 'pino';
import { startBridge } from '../bridge';
import { type BridgeConfig, loadBridgeConfig, parseBridgeConfig } from '../config';
import { BridgeError } from '../errors';

export const RUN_USAGE = `Usage: edge-inference-bridge [run] --config FILE [--check]

Carries inference requests from MQTT to KServe models and the answers back.

  --config FILE         the configuration, YAML or JSON
  --check               say whether the configuration is good, and stop
  --retire              answer what waits for a member of a group that is gone, end its session, and stop
  --client-id ID        in place of broker.clientId: that of the member, for --retire
`;

const FLAGS = {
  config: { type: 'string' },
  check: { type: 'boolean' },
  retire: { type: 'boolean', default: false },
  'client-id': { type: 'string' },
} as const;

/** Runs until SIGTERM or SIGINT. @returns the exit code, which the process gets when it has stopped */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: FLAGS });
  if (values.config === undefined)
    throw new BridgeError('BRIDGE_ERR_CONFIG', `no configuration given.\n\n${RUN_USAGE}`);
  const config = adjusted(loadBridgeConfig(values.config), values);
  if (values.check) {
    process.stdout.write(`${values.config} is a good configuration with ${config.routes.length} route(s)\n`);
    return 0;
  }

  const log = pino({
    name: 'bridge',
    level: config.log.level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
  const bridge = await startBridge(config, log, { leaving: values.retire });
  log.info({ operationsPort: bridge.operationsPort, routes: config.routes.map(({ name }) => name) }, 'started');
  const reason = await (values.retire ? Promise.race([bridge.connected, stopSignal()]) : stopSignal());
  log.info({ signal: reason ?? 'none' }, 'stopping: answering what was taken');
  const unanswered = await bridge.stop();
  if (unanswered === 0) log.info('stopped');
  else log.error({ unanswered }, 'stopped with requests unanswered; the broker will deliver them again');
  // What still waits for a model would keep the process alive.
  if (unanswered > 0) process.exit(1);
  return 0;
}

/** The configuration, with what the command line says instead. */
function adjusted(config: BridgeConfig, flags: { retire: boolean; 'client-id'?: string }): BridgeConfig {
  const clientId = flags['client-id'] ?? config.broker.clientId;
  const onStop = flags.retire ? 'retire' : config.delivery.onStop;
  const changed = { ...config, broker: { ...config.broker, clientId }, delivery: { ...config.delivery, onStop } };
  return parseBridgeConfig(changed, 'the configuration, with what the command line says,');
}

/** The first of the two signals; a second one ends the process at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      process.removeListener('SIGTERM', stop).removeListener('SIGINT', stop);
      resolve(signal);
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
  });
}

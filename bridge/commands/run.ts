import { parseArgs } from 'node:util';
import { type RunningBridge, startBridge } from '../bridge';
import { type AnyConfig, isProviderConfig, loadConfig, parseBridgeConfig } from '../config';
import { BridgeError } from '../errors';
import { createLog } from '../operations/log';
import { watchFile } from '../operations/watch-file';
import { stopSignal } from './stop-signal';

export const RUN_USAGE = `Usage: edge-inference-bridge [run] --config FILE [--check]

Carries inference requests from MQTT, or from RabbitMQ, to KServe models and the answers back. Reads the configuration
again when the file changes, and on SIGHUP.

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
  const file = values.config;
  const read = () => adjusted(loadConfig(file), values);
  const config = read();
  if (values.check) {
    process.stdout.write(`${file} is a good configuration with ${config.routes.length} route(s)\n`);
    return 0;
  }

  const log = createLog(config.log.level);
  const bridge = await startBridge(config, log, { leaving: values.retire });
  log.info({ operationsPort: bridge.operationsPort, routes: config.routes.map(({ name }) => name) }, 'started');
  const endReloads = reloadOnChange(bridge, file, read);
  const reason = await (values.retire ? Promise.race([bridge.connected, stopSignal()]) : stopSignal());
  log.info({ signal: reason ?? 'none' }, 'stopping: answering what was taken');
  endReloads();
  const unanswered = await bridge.stop();
  if (unanswered === 0) log.info('stopped');
  else log.error({ unanswered }, 'stopped with requests unanswered; the broker will deliver them again');
  // What still waits for a model would keep the process alive.
  if (unanswered > 0) process.exit(1);
  return 0;
}

/** @returns a function that ends it */
function reloadOnChange(bridge: RunningBridge, file: string, read: () => AnyConfig): () => void {
  // A configuration that is refused is in the log and in the metrics.
  const reload = () => void bridge.reload(read).catch(() => undefined);
  const endWatch = watchFile(file, reload);
  process.on('SIGHUP', reload);
  return () => {
    endWatch();
    process.removeListener('SIGHUP', reload);
  };
}

/** The configuration, with what the command line says instead. */
function adjusted(config: AnyConfig, flags: { retire: boolean; 'client-id'?: string }): AnyConfig {
  if (isProviderConfig(config)) {
    if (!flags.retire && flags['client-id'] === undefined) return config;
    const problem = '--retire and --client-id are about sessions of MQTT, and the configuration is that of a provider';
    throw new BridgeError('BRIDGE_ERR_CONFIG', problem);
  }
  const clientId = flags['client-id'] ?? config.broker.clientId;
  const onStop = flags.retire ? 'retire' : config.delivery.onStop;
  // Beside a bridge that runs with the same configuration, its port is taken.
  const http = flags.retire ? { ...config.http, port: 0 } : config.http;
  const changed = { ...config, broker: { ...config.broker, clientId }, delivery: { ...config.delivery, onStop }, http };
  return parseBridgeConfig(changed, 'the configuration, with what the command line says,');
}

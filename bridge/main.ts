import { parseArgs } from 'node:util';
import pino from 'pino';
import { startBridge } from './bridge';
import { loadBridgeConfig } from './config';
import { BridgeError } from './errors';

const USAGE = `Usage: edge-inference-bridge --config FILE [--check]

Carries inference requests from MQTT to KServe models and the answers back.

  --config FILE  the configuration, YAML or JSON
  --check        say whether the configuration is good, and stop
  -h, --help     this text
`;
const WRONG_USAGE = 2;
const LEAST_NODE = 22;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (values.config === undefined) throw new BridgeError('BRIDGE_ERR_CONFIG', `no configuration given.\n\n${USAGE}`);
  const config = loadBridgeConfig(values.config);
  if (values.check) {
    process.stdout.write(`${values.config} is a good configuration with ${config.routes.length} route(s)\n`);
    return;
  }

  const log = pino({
    name: 'bridge',
    level: config.log.level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
  const bridge = await startBridge(config, log);
  const stop = (signal: NodeJS.Signals) => {
    process.removeListener('SIGTERM', stop).removeListener('SIGINT', stop);
    log.info({ signal }, 'stopping: answering what was taken');
    bridge.stop().then((unanswered) => {
      if (unanswered === 0) log.info('stopped');
      else log.error({ unanswered }, 'stopped with requests unanswered; the broker will deliver them again');
      process.exitCode = unanswered === 0 ? 0 : 1;
    }, fail);
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  log.info({ operationsPort: bridge.operationsPort, routes: config.routes.map(({ name }) => name) }, 'started');
}

function fail(error: Error): void {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = WRONG_USAGE;
}

const { node } = process.versions;
if (Number.parseInt(node, 10) < LEAST_NODE)
  fail(new Error(`the bridge needs Node ${LEAST_NODE} or later, and this is ${node}`));
else main().catch(fail);

import { parseArgs } from 'node:util';
import { loadGatewayConfig } from '../config/gateway';
import { BridgeError } from '../errors';
import { createLog } from '../operations/log';
import { stopSignal } from './stop-signal';

export const GATEWAY_USAGE = `Usage: edge-inference-bridge gateway --config FILE [--check]

Takes inference requests over HTTP, and hands them on over RabbitMQ, over MQTT, or to the model itself.

  --config FILE         the configuration, YAML or JSON
  --check               say whether the configuration is good, and stop
`;

const FLAGS = { config: { type: 'string' }, check: { type: 'boolean' } } as const;

/** Runs until SIGTERM or SIGINT. @returns the exit code, which the process gets when it has stopped */
export async function gateway(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: FLAGS });
  const { config: file } = values;
  if (file === undefined) throw new BridgeError('BRIDGE_ERR_CONFIG', `no configuration given.\n\n${GATEWAY_USAGE}`);
  const config = loadGatewayConfig(file);
  const routes = config.gateway.routes.map(({ name }) => name);
  if (values.check) {
    process.stdout.write(`${file} is a good configuration with ${routes.length} route(s)\n`);
    return 0;
  }

  const log = createLog(config.log.level);
  // With it come Fastify and the client for RabbitMQ, which no other command needs.
  const { startGateway } = await import('../gateway/gateway.js');
  const running = await startGateway(config, log);
  log.info({ port: running.port, operationsPort: running.operationsPort, routes }, 'started');
  const signal = await stopSignal();
  log.info({ signal }, 'stopping: answering what was taken');
  const unanswered = await running.stop();
  if (unanswered === 0) log.info('stopped');
  else log.error({ unanswered }, 'stopped with requests unanswered');
  // What still waits for a model would keep the process alive.
  if (unanswered > 0) process.exit(1);
  return 0;
}

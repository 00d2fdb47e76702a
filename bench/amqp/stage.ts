import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Connection } from 'rabbitmq-client';
import { amqpTopology, type ProviderConfigInput, parseProviderConfig } from '../../bridge/config';
import type { GatewayConfigInput } from '../../bridge/config/gateway';
import { freePort } from '../../test/faults/free-port';
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../../test/faults/leftovers';
import { RabbitMqProcess } from '../../test/rabbitmq/rabbitmq-process';
import { BridgeProgram } from '../bridge/bridge-program';
import { bundlePrograms, OURS } from '../bridge/bundled';
import { LoadProcess } from '../bridge/load-process';
import { startModel } from '../bridge/model';
import type { Provider, Row } from './rows';

const USER = 'guest';
const PROGRAMS = {
  'bare-loop': path.join(__dirname, 'bare-loop.ts'),
  'trivial-model': path.join(__dirname, '../bridge/trivial-model.ts'),
  requester: path.join(__dirname, 'requester.ts'),
  'web-requester': path.join(__dirname, 'web-requester.ts'),
};

/** Everything that takes part, each in a process of its own, running from the beginning to the end. */
export interface Stage {
  readonly requesters: Readonly<Record<Row['over'], LoadProcess>>;
  readonly gateway: BridgeProgram;
  readonly providerOf: (provider: Provider) => BridgeProgram;
}

/** Of the provider's queue; its requests are published to an exchange with the same name. */
export function queueOf({ program, type }: Provider): string {
  return `${program}-${type}`;
}

/**
 * Builds the stage, hands it to `play`, and takes it down again, whatever happens.
 *
 * @param behind the provider that answers what comes to the gateway
 */
export async function onStage<T>(
  providers: readonly Provider[],
  behind: Provider,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const directory = makeTemporaryDirectory();
  const built: { close(): Promise<void> }[] = [];
  const keep = <U extends { close(): Promise<void> }>(part: U): U => {
    built.push(part);
    return part;
  };
  const file = (name: string) => path.join(directory, name);
  try {
    const bundles = bundlePrograms(directory, PROGRAMS);
    const commands = { bare: [process.execPath, bundles['bare-loop']], ours: [process.execPath, OURS] };
    const broker = keep(await RabbitMqProcess.start({ directory: file('broker') }));
    const model = keep(await startModel(bundles['trivial-model']));
    writeFileSync(file('password'), USER);
    const amqp = { url: `amqp://127.0.0.1:${broker.port}`, username: USER, passwordFile: file('password') };
    const running = new Map<string, BridgeProgram>();
    for (const provider of providers) {
      const name = queueOf(provider);
      const config = providerConfig(name, provider, amqp, model.url);
      await declare(broker.url(), config);
      running.set(name, keep(await BridgeProgram.start(commands[provider.program], file(`${name}.json`), config)));
    }
    const port = await freePort();
    const gateway = keep(
      await BridgeProgram.start(
        [process.execPath, OURS, 'gateway'],
        file('gateway.json'),
        gatewayConfig(queueOf(behind), amqp, port),
      ),
    );
    return await play({
      requesters: {
        AMQP: keep(await LoadProcess.start(bundles.requester, broker.url())),
        HTTP: keep(await LoadProcess.start(bundles['web-requester'], `http://127.0.0.1:${port}`)),
      },
      gateway,
      providerOf: (provider) => {
        const found = running.get(queueOf(provider));
        if (!found) throw new Error('this provider was never started');
        return found;
      },
    });
  } finally {
    for (const part of built.reverse()) await part.close();
    removeTemporaryDirectory(directory);
  }
}

function providerConfig(
  name: string,
  { type }: Provider,
  amqp: ProviderConfigInput['amqp'],
  modelUrl: string,
): ProviderConfigInput {
  return {
    amqp,
    routes: [
      {
        name,
        queue: { name, type, exchange: name, bindingKeys: ['predict.*'] },
        concurrency: 64,
        model: { url: modelUrl },
      },
    ],
    http: { host: '127.0.0.1', port: 0 },
  };
}

function gatewayConfig(exchange: string, amqp: GatewayConfigInput['amqp'], port: number): GatewayConfigInput {
  return {
    amqp,
    gateway: {
      host: '127.0.0.1',
      port,
      routes: [{ name: 'predict', path: '/v1/predict', amqp: { exchange } }],
    },
    http: { host: '127.0.0.1', port: 0 },
  };
}

/** The same queues for both: the bare loop declares none. */
async function declare(url: string, config: ProviderConfigInput): Promise<void> {
  const { exchanges, queues, bindings } = amqpTopology(parseProviderConfig(config).routes);
  const connection = new Connection(url);
  for (const { name, ...exchange } of exchanges) await connection.exchangeDeclare({ exchange: name, ...exchange });
  for (const { name, durable, arguments: args } of queues) {
    await connection.queueDeclare({ queue: name, durable, arguments: args });
  }
  for (const binding of bindings) await connection.queueBind(binding);
  await connection.close();
}

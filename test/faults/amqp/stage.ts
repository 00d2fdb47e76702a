import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Connection } from 'rabbitmq-client';
import { type AmqpTopology, amqpTopology, type ProviderConfigInput, parseProviderConfig } from '../../../bridge/config';
import type { RabbitMqProcess } from '../../rabbitmq/rabbitmq-process';
import { BridgeProcess } from '../bridge-process';
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../leftovers';
import { ModelServer } from '../model-server';
import { ResettingProxy } from '../resetting-proxy';
import type { Brokers } from './brokers';
import { LoadBalancer } from './load-balancer';
import { Publisher } from './publisher';
import { Verifier } from './verifier';

const USER = 'guest';
const RECONNECT = { minMs: 100, maxMs: 1_000 };
/** Of connections to a cluster, whose nodes fall silent. On a busy machine others would be taken for dead with it. */
const SHORT_HEARTBEAT_SECONDS = 2;
const CONNECT_TIMEOUT_SECONDS = 2;

type RouteInput = ProviderConfigInput['routes'][number];

/** What a scenario runs in. */
export interface Setting {
  /** One node, reached directly or through something that breaks connections; or three, behind one address. */
  readonly broker: 'single' | 'single, proxy' | 'cluster';
  readonly type: 'quorum' | 'classic';
  readonly concurrency: number;
  /** Without an answer for so long, no more are expected. */
  readonly silenceMs: number;
  /** What is different from the usual configuration of the provider. */
  readonly route?: Pick<RouteInput, 'retry' | 'request'> & { readonly model?: Partial<RouteInput['model']> };
}

/** Everything a scenario plays with, running and connected. */
export interface Stage {
  /** What it starts with is in all names of the stage. */
  readonly queue: string;
  readonly exchange: string;
  readonly nodes: readonly [RabbitMqProcess, ...RabbitMqProcess[]];
  readonly proxy: ResettingProxy;
  /** Where a provider, or a gateway, finds the broker. */
  readonly amqp: ProviderConfigInput['amqp'];
  /** Where configurations are written. */
  readonly directory: string;
  readonly model: ModelServer;
  /** The provider. */
  readonly bridge: BridgeProcess;
  /** All that are asked for their metrics: the provider, and what the verifier has to tell. */
  readonly bridges: readonly Pick<BridgeProcess, 'running' | 'starts' | 'metrics'>[];
  /** The harness at the broker, on a way of its own. */
  readonly connection: Connection;
  readonly verifier: Verifier;
  readonly publisher: Publisher;
}

let stages = 0;

/** Builds the stage, hands it to `play`, and takes it down again, whatever happens; the brokers stay. */
export async function onStage<T>(brokers: Brokers, setting: Setting, play: (stage: Stage) => Promise<T>): Promise<T> {
  const nodes = await brokers.nodes(setting.broker === 'cluster' ? 'cluster' : 'single');
  const directory = makeTemporaryDirectory();
  const passwordFile = path.join(directory, 'password');
  writeFileSync(passwordFile, USER);
  stages += 1;
  const name = `faults${stages}`;
  const built: { close(): Promise<void> }[] = [];
  const keep = <U extends { close(): Promise<void> }>(part: U): U => {
    built.push(part);
    return part;
  };
  try {
    const model = keep(await ModelServer.start(directory));
    const proxy = keep(await ResettingProxy.start(nodes[0].port));
    const ports = nodes.map(({ port }) => port);
    const balancer = keep(await LoadBalancer.start(ports));
    // Not where the provider is: in a cluster, queues have their leaders where they were declared.
    const ownBalancer = keep(await LoadBalancer.start(ports.toReversed()));
    const port = { single: nodes[0].port, 'single, proxy': proxy.port, cluster: balancer.port }[setting.broker];
    const amqp: ProviderConfigInput['amqp'] = {
      url: `amqp://127.0.0.1:${port}`,
      username: USER,
      passwordFile,
      ...(setting.broker === 'cluster' && { heartbeatSeconds: SHORT_HEARTBEAT_SECONDS }),
      connectTimeoutSeconds: CONNECT_TIMEOUT_SECONDS,
      reconnect: RECONNECT,
    };
    const config = providerConfig(name, setting, amqp, model.url);
    const topology = amqpTopology(parseProviderConfig(config).routes);
    const connection = keep(connect(ownBalancer.port));
    built.push({ close: () => remove(connection, topology) });
    await declare(connection, topology);
    const ends = { answers: queueOf(topology, 'replies'), parked: queueOf(topology, 'parking') };
    const verifier = keep(new Verifier(connection, ends, setting.silenceMs));
    const addresses = { exchange: exchangeOf(name), replyTo: ends.answers };
    const publisher = keep(new Publisher(connection, addresses));
    const bridge = keep(new BridgeProcess(path.join(directory, 'provider.json'), config));
    await bridge.start();
    await bridge.ready();
    return await play({
      queue: name,
      exchange: addresses.exchange,
      nodes,
      proxy,
      amqp,
      directory,
      model,
      bridge,
      bridges: [bridge, witnessed(verifier)],
      connection,
      verifier,
      publisher,
    });
  } finally {
    for (const part of built.reverse()) await part.close();
    removeTemporaryDirectory(directory);
  }
}

/** Somebody else whose numbers count, as one that was always there. */
export function witnessed({ metrics }: Pick<Verifier, 'metrics'>): Stage['bridges'][number] {
  return { running: true, starts: 1, metrics };
}

function providerConfig(
  name: string,
  { type, concurrency, route = {} }: Setting,
  amqp: ProviderConfigInput['amqp'],
  modelUrl: string,
): ProviderConfigInput {
  const { model, ...more } = route;
  return {
    amqp,
    routes: [
      {
        name,
        queue: { name, type, exchange: exchangeOf(name), bindingKeys: ['predict.*'] },
        concurrency,
        ...more,
        model: { url: modelUrl, ...model },
        reply: { queue: `${name}.answers` },
      },
    ],
    http: { host: '127.0.0.1', port: 0 },
  };
}

function exchangeOf(name: string): string {
  return `${name}.requests`;
}

function queueOf({ queues }: AmqpTopology, role: 'replies' | 'parking'): string {
  const queue = queues.find((one) => one.role === role);
  if (!queue) throw new Error(`there is no queue for ${role}`);
  return queue.name;
}

/** It comes back by itself, as long as it takes. */
function connect(port: number): Connection {
  const url = `amqp://${USER}:${USER}@127.0.0.1:${port}`;
  const connection = new Connection({
    url,
    heartbeat: SHORT_HEARTBEAT_SECONDS,
    connectionTimeout: CONNECT_TIMEOUT_SECONDS * 1000,
    retryLow: 100,
    retryHigh: 500,
  });
  return connection.on('error', () => undefined);
}

async function declare(connection: Connection, { exchanges, queues, bindings }: AmqpTopology): Promise<void> {
  for (const { name, ...exchange } of exchanges) await connection.exchangeDeclare({ exchange: name, ...exchange });
  for (const { name, durable, arguments: args } of queues) {
    await connection.queueDeclare({ queue: name, durable, arguments: args });
  }
  for (const binding of bindings) await connection.queueBind(binding);
}

async function remove(connection: Connection, { exchanges, queues }: AmqpTopology): Promise<void> {
  for (const { name } of queues) await connection.queueDelete({ queue: name });
  for (const { name } of exchanges) await connection.exchangeDelete({ exchange: name });
}

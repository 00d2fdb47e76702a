import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type RunningBridge, startBridge } from '../../bridge';
import { type ProviderConfig, type ProviderConfigInput, parseProviderConfig } from '../../bridge/config';
import { type FakeModel, json, startModel } from '../bridge/support/http';
import { CapturedLog } from '../bridge/support/log';
import type { RabbitMqProcess } from './rabbitmq-process';
import { Requester } from './requester';

type RouteInput = ProviderConfigInput['routes'][number];
/** What a test wants to be different in a route. */
type RouteChanges = Partial<Omit<RouteInput, 'queue' | 'model'>> & {
  readonly queue?: Partial<RouteInput['queue']>;
  readonly model?: Partial<RouteInput['model']>;
};

/** A model and a provider in this process, and a RabbitMQ between the provider and a requester. */
export interface ProviderStage {
  readonly model: FakeModel;
  readonly provider: RunningBridge;
  readonly log: CapturedLog;
  readonly requester: Requester;
  /** A name that is in all names of the stage. */
  readonly name: string;
  /** Where requests go to. */
  readonly to: { readonly exchange: string; readonly routingKey: string };
  config(changes?: RouteChanges): ProviderConfig;
  get(path: string): Promise<{ status: number; text: string }>;
  /** The value of a metric's only series that looks like this. */
  metric(series: string): Promise<number>;
}

export interface StageOptions {
  readonly route?: RouteChanges;
  readonly amqp?: Partial<ProviderConfigInput['amqp']>;
  readonly delivery?: ProviderConfigInput['delivery'];
  /** Of the model. */
  readonly path?: string;
  readonly answer?: Parameters<typeof startModel>[0];
  /** Without, the stage begins before the provider takes requests. */
  readonly ready?: boolean;
}

let stages = 0;

/** Everything in it is gone after the test, besides its queues. */
export async function startStage(
  broker: RabbitMqProcess,
  { route = {}, amqp = {}, delivery, answer, ready = true, path: modelPath = '/predict' }: StageOptions = {},
): Promise<ProviderStage> {
  stages += 1;
  const name = `stage${stages}`;
  const model = await startModel(answer ?? ((response) => json(response, { result: 500_938 })));
  onTestFinished(() => model.close());
  const passwordFile = path.join(broker.directory, 'password');
  writeFileSync(passwordFile, 'guest\n');
  const config = (changes: RouteChanges = {}) => {
    const { queue, model: modelChanges, ...more } = { ...route, ...changes };
    return parseProviderConfig({
      amqp: {
        url: `amqp://127.0.0.1:${broker.port}`,
        username: 'guest',
        passwordFile,
        reconnect: { minMs: 50, maxMs: 300 },
        ...amqp,
      },
      ...(delivery && { delivery }),
      routes: [
        {
          name,
          concurrency: 8,
          retry: { attempts: 1 },
          ...more,
          queue: { name, type: 'classic', exchange: `${name}.requests`, bindingKeys: ['predict.*'], ...queue },
          model: {
            url: `${model.origin}${modelPath}`,
            retry: { attempts: 1, minMs: 10, maxMs: 20 },
            ...modelChanges,
          },
        },
      ],
      http: { host: '127.0.0.1', port: 0 },
    });
  };
  const log = new CapturedLog();
  const provider = await startBridge(config(), log.logger);
  onTestFinished(async () => {
    await provider.stop();
  });
  if (ready) await provider.connected;
  const requester = new Requester(broker.url());
  onTestFinished(() => requester.close());
  const get: ProviderStage['get'] = async (at) => {
    const response = await fetch(`http://127.0.0.1:${provider.operationsPort}${at}`);
    return { status: response.status, text: await response.text() };
  };
  return {
    model,
    provider,
    log,
    requester,
    name,
    to: { exchange: `${name}.requests`, routingKey: 'predict.now' },
    config,
    get,
    metric: async (series) => {
      const { text } = await get('/metrics');
      const line = text.split('\n').find((line) => line.startsWith(`${series} `));
      return Number(line?.slice(series.length + 1) ?? Number.NaN);
    },
  };
}

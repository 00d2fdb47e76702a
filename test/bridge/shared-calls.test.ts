import { afterEach, describe, expect, it } from 'vitest';
import { parseBridgeConfig, startBridge } from '../../bridge';
import { connectClient, startBroker } from './support/broker';
import { routeInput } from './support/config';
import { echo, startGrpcModel } from './support/grpc-model';
import { json, startModel } from './support/http';
import { CapturedLog } from './support/log';

type Changes = NonNullable<Parameters<typeof routeInput>[0]>;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A bridge, and a client that publishes and hears all answers. */
async function running(changes: Changes) {
  const broker = await startBroker();
  closing.push(() => broker.close());
  const config = parseBridgeConfig({
    broker: { url: broker.url, clientId: 'bridge-0', protocolVersion: 4 },
    routes: [routeInput({ requestTopic: '{model}/input', reply: { topic: '{model}/output' }, ...changes })],
    http: { host: '127.0.0.1', port: 0 },
  });
  const log = new CapturedLog();
  const bridge = await startBridge(config, log.logger);
  closing.push(() => bridge.stop());
  await bridge.connected;
  await log.line({ msg: 'connected', connection: 'replies' });
  const client = await connectClient(broker.url);
  closing.push(() => client.endAsync(true));
  const answers: string[] = [];
  client.on('message', (topic, payload) => answers.push(`${topic} ${payload}`));
  await client.subscribeAsync('+/output', { qos: 1 });
  const publish = (topic: string, body: string) => client.publishAsync(topic, body, { qos: 1 });
  return { publish, answers };
}

describe('a bridge whose route has batch', () => {
  it('asks a model once for what comes at once, and a bad request fails alone', async () => {
    const model = await startModel((response, { body }) => {
      const { instances } = JSON.parse(body);
      if (instances.includes('bad')) json(response, { error: 'ValueError' }, 400);
      else json(response, { predictions: instances });
    });
    closing.push(() => model.close());
    const { publish, answers } = await running({
      model: { url: `${model.origin}/{model}` },
      batch: { maxItems: 3, maxDelayMs: 1_000 },
    });

    await Promise.all(
      ['iris', 'iris', 'mnist', 'iris', 'mnist', 'mnist'].map((name, i) => {
        const instance = i === 1 ? '"bad"' : String(i);
        return publish(`${name}/input`, `{"instances":[${instance}]}`);
      }),
    );
    await expect.poll(() => answers.length).toBe(6);

    expect(answers.filter((answer) => !answer.includes('error')).sort()).toStrictEqual([
      'iris/output {"predictions":[0]}',
      'iris/output {"predictions":[3]}',
      'mnist/output {"predictions":[2]}',
      'mnist/output {"predictions":[4]}',
      'mnist/output {"predictions":[5]}',
    ]);
    expect(answers.find((answer) => answer.includes('error'))).toMatch(/^iris\/output .*BRIDGE_ERR_MODEL_REJECTED/);
    expect(model.requests.map(({ url, body }) => `${url} ${body}`).sort()).toStrictEqual([
      '/iris {"instances":["bad"]}',
      '/iris {"instances":[0,"bad",3]}',
      '/iris {"instances":[0]}',
      '/iris {"instances":[3]}',
      '/mnist {"instances":[2,4,5]}',
    ]);
  });
});

describe('a bridge whose route leads to gRPC', () => {
  it('carries V2 requests to the model that the topic names, and answers back', async () => {
    const model = await startGrpcModel(echo);
    closing.push(() => model.close());
    const { publish, answers } = await running({ model: { url: `grpc://127.0.0.1:${model.port}/{model}` } });

    await publish('mnist/input', '{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP64","data":[0.1,1e300]}]}');
    await expect.poll(() => answers.length).toBe(1);

    expect(answers).toStrictEqual([
      'mnist/output {"outputs":[{"name":"x","datatype":"FP64","shape":[1,2],"data":[0.1,1e+300]}]}',
    ]);
    expect(model.requests[0]?.message.model_name).toBe('mnist');
  });
});

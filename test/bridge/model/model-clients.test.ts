import { afterEach, describe, expect, it } from 'vitest';
import type { BridgeConfigInput } from '../../../bridge';
import { modelClients } from '../../../bridge/model/model-clients';
import { routeConfig } from '../support/config';
import { echo, startGrpcModel } from '../support/grpc-model';
import { json, startModel } from '../support/http';

type Batch = BridgeConfigInput['routes'][number]['batch'];

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function httpModel() {
  const model = await startModel((response, { body }) => json(response, { predictions: JSON.parse(body).instances }));
  closing.push(() => model.close());
  return model;
}

function openerFor(url: string, batch?: Batch) {
  const calls: string[] = [];
  const open = modelClients(routeConfig({ model: { url }, batch }), (outcome) => calls.push(outcome));
  const ask = (url: string) => {
    const client = open(url);
    closing.push(() => client.close());
    return (body: string) =>
      client
        .predict({ body: Buffer.from(body), requestId: 'r' }, 5_000)
        .then((answer) => (answer.ok ? answer.body.toString() : answer.failure.code));
  };
  return { ask, calls };
}

const v1 = (instance: number) => `{"instances":[${instance}]}`;
const v2 = (value: number) => `{"inputs":[{"name":"x","shape":[1],"datatype":"INT8","data":[${value}]}]}`;

describe('the models of a route', () => {
  it('are asked for each request without batch', async () => {
    const model = await httpModel();
    const { ask, calls } = openerFor(model.origin);
    const iris = ask(`${model.origin}/iris`);

    expect(await Promise.all([iris(v1(1)), iris(v1(2))])).toStrictEqual(['{"predictions":[1]}', '{"predictions":[2]}']);
    expect([model.requests.length, calls]).toStrictEqual([2, ['200', '200']]);
  });

  it('are asked for several requests at once with it', async () => {
    const model = await httpModel();
    const { ask, calls } = openerFor(model.origin, {});
    const iris = ask(`${model.origin}/iris`);

    expect(await Promise.all([iris(v1(1)), iris(v1(2))])).toStrictEqual(['{"predictions":[1]}', '{"predictions":[2]}']);
    expect(model.requests.map(({ body }) => body)).toStrictEqual(['{"instances":[1,2]}']);
    expect(calls).toStrictEqual(['200']);
  });

  it('never share a batch', async () => {
    const model = await httpModel();
    const { ask } = openerFor(`${model.origin}/x`, { maxDelayMs: 20 });
    const [iris, mnist] = ['iris', 'mnist'].map((name) => ask(`${model.origin}/${name}`));

    await Promise.all([iris?.(v1(1)), mnist?.(v1(2)), iris?.(v1(3)), mnist?.(v1(4))]);

    expect(model.requests.map(({ url, body }) => `${url} ${body}`).sort()).toStrictEqual([
      '/iris {"instances":[1,3]}',
      '/mnist {"instances":[2,4]}',
    ]);
  });

  it('share calls over gRPC too', async () => {
    const model = await startGrpcModel(echo);
    closing.push(() => model.close());
    const url = `grpc://127.0.0.1:${model.port}/iris`;
    const { ask, calls } = openerFor(url, {});
    const iris = ask(url);

    const answers = await Promise.all([iris(v2(1)), iris(v2(2))]);

    expect(answers.map((answer) => JSON.parse(answer).outputs)).toStrictEqual([
      [{ name: 'x', datatype: 'INT8', shape: [1], data: [1] }],
      [{ name: 'x', datatype: 'INT8', shape: [1], data: [2] }],
    ]);
    expect(model.requests.map(({ message }) => message.inputs?.[0]?.contents)).toStrictEqual([
      { int_contents: [1, 2] },
    ]);
    expect(calls).toStrictEqual(['OK']);
  });
});

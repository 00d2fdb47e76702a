import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { predict } from '../../apps/iris-model/classifier';
import { type IrisServer, type IrisServerOptions, startIrisServer } from '../../apps/iris-model/server';
import { toJson, trainIris } from '../../apps/iris-model/training';

const MODEL_FILE = join(__dirname, '../../apps/iris-model/model.json');
const FLOWERS = [
  [6.8, 2.8, 4.8, 1.4],
  [6.0, 3.4, 4.5, 1.6],
];
const PREDICT = '/v1/models/sklearn-iris:predict';
const INFER = '/v2/models/sklearn-iris/infer';
const ROW_RULE = /four finite numbers/;

describe('Given the 150 iris rows', () => {
  const { model, trainingAccuracy, heldOutAccuracy } = trainIris();

  it('when trained again, then model.json is reproduced byte for byte', () => {
    expect(toJson(model)).toBe(readFileSync(MODEL_FILE, 'utf8'));
  });

  it('when asked about the rows it was trained on, then at least 95% are right', () => {
    expect(trainingAccuracy).toBeGreaterThanOrEqual(0.95);
  });

  it('when asked about rows it has never seen, then at least 95% are right', () => {
    expect(heldOutAccuracy).toBeGreaterThanOrEqual(0.95);
  });
});

describe('Given the committed classifier', () => {
  it('when given one flower of each kind, then it answers 0 setosa, 1 versicolor, 2 virginica', () => {
    const setosa = [5.1, 3.5, 1.4, 0.2];
    const versicolor = [6.0, 2.9, 4.5, 1.5];
    const virginica = [6.3, 3.3, 6.0, 2.5];
    expect(predict([setosa, versicolor, virginica])).toEqual([0, 1, 2]);
  });

  it.each([
    ['too few numbers', [5.1, 3.5, 1.4]],
    ['too many numbers', [5.1, 3.5, 1.4, 0.2, 1]],
    ['a text', [5.1, 3.5, 1.4, '0.2']],
    ['not a number', [5.1, 3.5, 1.4, Number.NaN]],
    ['an infinite number', [5.1, 3.5, 1.4, Number.POSITIVE_INFINITY]],
    ['no row at all', null],
  ])('when a row has %s, then it is refused by the rule', (_case, row) => {
    expect(() => predict([row])).toThrow(ROW_RULE);
  });

  it('when a row is refused, then the message says which row, its value and what to send', () => {
    expect(() => predict([...FLOWERS, [1, 'x']])).toThrow(/^Row 2 is \[ 1, 'x' \]\..*Send one like \[5\.1, /);
  });
});

describe('Given a running iris server', () => {
  let server: IrisServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const start = async (options?: IrisServerOptions) => {
    server = await startIrisServer(options);
    const { url } = server;
    return {
      server,
      get: async (path: string) => answer(await fetch(url + path)),
      post: async (path: string, body: unknown) => {
        const headers = { 'content-type': 'application/json' };
        return answer(await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) }));
      },
    };
  };

  it('when V1 asks for predictions, then each instance gets its class', async () => {
    const { post } = await start();
    expect(await post(PREDICT, { instances: FLOWERS })).toEqual({ status: 200, body: { predictions: [1, 1] } });
  });

  it.each([
    ['flat', FLOWERS.flat()],
    ['nested', FLOWERS],
  ])('when V2 sends %s data, then it answers one INT64 tensor and echoes the id', async (_case, data) => {
    const { post } = await start();
    expect(await post(INFER, { id: 'r-1', inputs: [tensor({ data })] })).toEqual({
      status: 200,
      body: {
        model_name: 'sklearn-iris',
        id: 'r-1',
        outputs: [{ name: 'predict', shape: [2], datatype: 'INT64', data: [1, 1] }],
      },
    });
  });

  it('when V2 sends no id, then none is invented', async () => {
    const { post } = await start();
    expect((await post(INFER, { inputs: [tensor()] })).body).not.toHaveProperty('id');
  });

  it.each([
    ['GET /v1/models', '/v1/models', { models: ['sklearn-iris'] }],
    ['GET /v1/models/{m}', '/v1/models/sklearn-iris', { name: 'sklearn-iris', ready: true }],
    ['GET /v2', '/v2', { name: 'iris-model' }],
    ['GET /v2/health/live', '/v2/health/live', { live: true }],
    ['GET /v2/health/ready', '/v2/health/ready', { ready: true }],
    ['GET /v2/models/{m}', '/v2/models/sklearn-iris', { name: 'sklearn-iris', inputs: [{ shape: [-1, 4] }] }],
    ['GET /v2/models/{m}/ready', '/v2/models/sklearn-iris/ready', { name: 'sklearn-iris', ready: true }],
  ])('when asked %s, then it says what it serves', async (_route, path, body) => {
    const { get } = await start();
    expect(await get(path)).toMatchObject({ status: 200, body });
  });

  it.each(['/v1/models/other', '/v2/models/other', '/v2/models/other/ready'])(
    'when GET %s names an unknown model, then it answers 404',
    async (path) => {
      const { get } = await start();
      expect(await get(path)).toEqual({ status: 404, body: { error: 'Model with name other does not exist.' } });
    },
  );

  it.each([
    ['/v1/models/other:predict', { instances: FLOWERS }],
    ['/v2/models/other/infer', { inputs: [{ name: 'flowers', shape: [2, 4], datatype: 'FP32', data: FLOWERS }] }],
  ])('when POST %s names an unknown model, then it answers 404', async (path, body) => {
    const { post } = await start();
    expect(await post(path, body)).toEqual({ status: 404, body: { error: 'Model with name other does not exist.' } });
  });

  it.each([
    ['V1', PREDICT, { instances: [[1, 2, 3]] }],
    ['V2 flat', INFER, { inputs: [tensor({ shape: [1, 4], data: [1, 2, 3] })] }],
    ['V2 nested', INFER, { inputs: [tensor({ shape: [1, 4], data: [[1, 2, 3]] })] }],
  ])('when %s sends a bad row, then it answers 400 naming the rule', async (_version, path, body) => {
    const { post } = await start();
    expect(await post(path, body)).toEqual({ status: 400, body: { error: expect.stringMatching(ROW_RULE) } });
  });

  it.each([
    ['V1 without instances', PREDICT, {}, /^instances: .*Send a body like/],
    ['V1 with no instance', PREDICT, { instances: [] }, /^instances: /],
    ['V2 without inputs', INFER, {}, /^inputs: .*Send a body like/],
    ['V2 of another datatype', INFER, { inputs: [tensor({ datatype: 'BYTES' })] }, /^inputs\.0\.datatype: /],
    ['V2 of another width', INFER, { inputs: [tensor({ shape: [2, 3] })] }, /^inputs\.0\.shape\.1: /],
    ['V2 with fewer rows than its shape', INFER, { inputs: [tensor({ shape: [3, 4] })] }, /3 rows but data holds 2/],
  ])('when the body is %s, then it answers 400 naming the fault', async (_case, path, body, fault) => {
    const { post } = await start();
    expect(await post(path, body)).toEqual({ status: 400, body: { error: expect.stringMatching(fault) } });
  });

  it('when the body is not JSON, then it answers 400 with an error', async () => {
    const { server } = await start();
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(server.url + PREDICT, { method: 'POST', headers, body: '{"instances":' });
    expect(await answer(response)).toEqual({ status: 400, body: { error: expect.any(String) } });
  });

  it('when predictions are asked over V1 and V2, then calls counts them and nothing else', async () => {
    const { server, get, post } = await start();
    await get('/v1/models/sklearn-iris');
    await post('/v1/models/other:predict', { instances: FLOWERS });
    await post(PREDICT, { instances: FLOWERS });
    await post(INFER, { inputs: [tensor()] });
    expect(server.calls()).toBe(2);
  });

  it('when told to be slow, then a prediction takes at least that long', async () => {
    const { post } = await start({ delayMs: 80 });
    const before = performance.now();
    await post(PREDICT, { instances: FLOWERS });
    expect(performance.now() - before).toBeGreaterThanOrEqual(75);
  });

  it('when given a name, then it serves under that name', async () => {
    const { post } = await start({ name: 'iris.v2' });
    expect((await post('/v1/models/iris.v2:predict', { instances: FLOWERS })).status).toBe(200);
  });

  it('when closed, then its port no longer answers', async () => {
    const { server } = await start();
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });
});

function tensor(changes: object = {}) {
  return { name: 'flowers', shape: [2, 4], datatype: 'FP64', data: FLOWERS, ...changes };
}

async function answer(response: Response): Promise<{ status: number; body: unknown }> {
  return { status: response.status, body: await response.json() };
}

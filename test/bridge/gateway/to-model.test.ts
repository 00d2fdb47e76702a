import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FakeModel, freePort, json, startModel } from '../support/http';
import { SecretFiles } from '../support/secret-files';
import { gatewayInput, type RouteInput } from './support/config';
import { runGateway } from './support/gateway';

type DirectInput = NonNullable<RouteInput['direct']>;

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const PATH = '/v1/models/iris:predict';
const BODY = '{"instances":[[5.1,3.5,1.4,0.2]]}';

async function modelThat(answer: (response: ServerResponse, body: string) => void): Promise<FakeModel> {
  const model = await startModel((response, { body }) => answer(response, body));
  onTestFinished(() => model.close());
  return model;
}

function gatewayTo(
  url: string,
  direct: Omit<DirectInput, 'model'> & { model?: Partial<DirectInput['model']> } = {},
  changes: {
    accessLog?: boolean;
    path?: string;
    contentTypes?: string[];
    headers?: { request?: string[]; answer?: string[] };
  } = {},
) {
  const { headers, accessLog = true, path = PATH, ...route } = changes;
  const model = { url, retry: { attempts: 1 }, ...direct.model };
  return runGateway(
    gatewayInput({
      routes: [{ name: 'iris', path, ...route, direct: { ...direct, model } }],
      accessLog,
      ...(headers && { headers }),
    }),
  );
}

const predicting = (response: ServerResponse) => json(response, { predictions: [1] });

describe('a gateway straight to the model', () => {
  it('is ready without any broker, asks, and hands the answer back', async () => {
    const model = await modelThat(predicting);
    const gateway = await gatewayTo(`${model.origin}${PATH}`, {}, { headers: { request: ['x-tenant'], answer: [] } });

    const { status } = await gateway.operations('/readyz');
    const answer = await gateway.post({
      path: PATH,
      body: BODY,
      headers: {
        RqUID: 'seven',
        traceparent: TRACEPARENT,
        'x-tenant': 'blue',
        cookie: 'a=b',
        authorization: 'Basic x',
      },
    });

    expect(status).toBe(200);
    expect([answer.status, answer.text]).toStrictEqual([200, '{"predictions":[1]}']);
    expect(answer.headers).toMatchObject({ rquid: 'seven', traceparent: TRACEPARENT });
    const [asked] = model.requests;
    expect([asked?.url, asked?.body]).toStrictEqual([PATH, BODY]);
    expect(asked?.headers).toMatchObject({
      'content-type': 'application/json',
      rquid: 'seven',
      'x-request-id': 'seven',
      'x-tenant': 'blue',
      traceparent: TRACEPARENT,
    });
    expect(Object.keys(asked?.headers ?? {}).filter((name) => /cookie|authorization|routing/.test(name))).toStrictEqual(
      [],
    );
  });

  it('leads to the model that the path names', async () => {
    const model = await modelThat(predicting);
    const url = `${model.origin}/v2/models/{model}/infer`;
    const gateway = await gatewayTo(url, {}, { path: '/v2/models/{model}/infer' });

    await gateway.post({ path: '/v2/models/mnist/infer', body: '{"inputs":[]}' });

    expect(model.requests.map(({ url }) => url)).toStrictEqual(['/v2/models/mnist/infer']);
  });

  it('maps, logs in and keeps answers to what the route wants of them', async () => {
    const files = new SecretFiles();
    onTestFinished(() => files.removeAll());
    const model = await modelThat((response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'x-version': '3' })
        .end('{"predictions":[[0.9,0.1]]}'),
    );
    const gateway = await gatewayTo(
      `${model.origin}${PATH}`,
      {
        model: { login: { bearerTokenFile: files.write('token', 'sesame') } },
        request: { as: 'v1', path: '$.data' },
        reply: { body: { path: '$.predictions[0]' } },
      },
      { headers: { answer: ['X-Version'] } },
    );

    const answer = await gateway.post({ path: PATH, body: '{"data":[5.1,3.5]}' });

    expect([answer.text, answer.headers['x-version']]).toStrictEqual(['[0.9,0.1]', '3']);
    expect(model.requests[0]).toMatchObject({
      body: '{"instances":[[5.1,3.5]]}',
      headers: { authorization: 'Bearer sesame' },
    });
  });

  it('lets requests share calls, and gives each its own answer', async () => {
    const model = await modelThat((response, body) => json(response, { predictions: JSON.parse(body).instances }));
    const batch = { maxItems: 8, maxDelayMs: 50 };
    const gateway = await gatewayTo(`${model.origin}${PATH}`, { batch });

    const answers = await Promise.all(
      [1, 2, 3, 4].map((i) => gateway.post({ path: PATH, body: `{"instances":[${i}]}` })),
    );

    expect(answers.map(({ text }) => text)).toStrictEqual([1, 2, 3, 4].map((i) => `{"predictions":[${i}]}`));
    expect(model.requests.length).toBeLessThan(4);
  });

  it('takes bytes where the route does', async () => {
    const model = await modelThat(predicting);
    const gateway = await gatewayTo(
      `${model.origin}${PATH}`,
      { request: { from: 'bytes', as: 'v1' } },
      { contentTypes: ['image/png'] },
    );

    const answer = await gateway.post({ path: PATH, body: 'PNG', headers: { 'content-type': 'image/png' } });

    expect(answer.status).toBe(200);
    expect(model.requests[0]).toMatchObject({
      body: '{"instances":[{"b64":"UE5H"}]}',
      headers: { 'content-type': 'application/json' },
    });
    expect((await gateway.post({ path: PATH, body: BODY })).status).toBe(415);
  });

  it.each([
    ['rejects the request', (response: ServerResponse) => json(response, {}, 400), 422, 'BRIDGE_ERR_MODEL_REJECTED'],
    ['is not there', (response: ServerResponse) => json(response, {}, 404), 422, 'BRIDGE_ERR_MODEL_REJECTED'],
    ['is broken', (response: ServerResponse) => json(response, {}, 500), 502, 'BRIDGE_ERR_MODEL_BUSY'],
    ['is busy', (response: ServerResponse) => json(response, {}, 503), 502, 'BRIDGE_ERR_MODEL_BUSY'],
    ['hangs up', (response: ServerResponse) => response.destroy(), 502, 'BRIDGE_ERR_MODEL_UNREACHABLE'],
    ['answers a page', (response: ServerResponse) => response.end('<html>'), 502, 'BRIDGE_ERR_MODEL_ANSWER'],
    ['does not answer', () => undefined, 504, 'BRIDGE_ERR_MODEL_TIMEOUT'],
  ])('B-7, B-T5: says so when the model %s', async (_what, answer, status, code) => {
    const model = await modelThat(answer);
    const gateway = await gatewayTo(`${model.origin}${PATH}`, { model: { timeoutSeconds: 0.3 } });

    expect(await gateway.post({ path: PATH, body: BODY })).toMatchObject({ status, code });
  });

  it('B-T5: says so when nobody listens where the model should be', async () => {
    const gateway = await gatewayTo(`http://127.0.0.1:${await freePort()}${PATH}`);

    expect(await gateway.post({ path: PATH, body: BODY })).toMatchObject({
      status: 502,
      code: 'BRIDGE_ERR_MODEL_UNREACHABLE',
    });
    expect((await gateway.operations('/readyz')).status).toBe(200);
  });

  it('counts calls to the model', async () => {
    const model = await modelThat(predicting);
    const gateway = await gatewayTo(`${model.origin}${PATH}`);

    await gateway.post({ path: PATH, body: BODY });

    expect(await gateway.metric('gateway_model_requests_total{route="iris",code="200"}')).toBe(1);
    expect(await gateway.metric('gateway_requests_total{route="iris",status="200",code=""}')).toBe(1);
    expect(await gateway.metric('gateway_inflight')).toBe(0);
  });
});

describe('the access log', () => {
  it('has one line for each request, and nothing of what was in it', async () => {
    const model = await modelThat((response) => json(response, { error: 'the secret is 42' }, 500));
    const gateway = await gatewayTo(`${model.origin}${PATH}`);

    await gateway.post({
      path: `${PATH}?token=sesame`,
      body: '{"password":"sesame"}',
      headers: { RqUID: 'seven', authorization: 'Bearer sesame', cookie: 'sesame' },
    });

    const line = await gateway.log.line({ requestId: 'seven' });
    expect(line).toMatchObject({
      level: 'warn',
      route: 'iris',
      method: 'POST',
      status: 502,
      code: 'BRIDGE_ERR_MODEL_BUSY',
      ms: expect.any(Number),
    });
    expect(JSON.stringify(gateway.log.lines)).not.toMatch(/sesame|secret is/);
  });

  it('has only what went wrong with the gateway, or behind it, where nobody wants more', async () => {
    const answers = [200, 500];
    const model = await modelThat((response) => json(response, { predictions: [1] }, answers.shift()));
    const gateway = await gatewayTo(`${model.origin}${PATH}`, {}, { accessLog: false });

    for (const RqUID of ['fine', 'broken']) await gateway.post({ path: PATH, body: BODY, headers: { RqUID } });
    await gateway.post({ path: PATH, body: '[', headers: { RqUID: 'wrong' } });

    await gateway.log.line({ requestId: 'broken' });
    expect(gateway.log.lines.flatMap(({ requestId }) => requestId ?? [])).toStrictEqual(['broken']);
    expect(await gateway.metric('gateway_requests_total{route="iris",status="200",code=""}')).toBe(1);
  });
});

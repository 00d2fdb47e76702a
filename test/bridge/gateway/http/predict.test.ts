import { describe, expect, it } from 'vitest';
import { type Answer, refusal } from '../../../../bridge/gateway/answer';
import { PREDICTION, startApp } from '../support/app';
import { throughRabbitMq, toModel } from '../support/config';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('POST /v1/predict', () => {
  it('hands the request on, and the answer back', async () => {
    const app = await startApp();

    const { status, headers, text } = await app.post({ headers: { RqUID: 'initiator-7', traceparent: TRACEPARENT } });

    expect([status, text]).toStrictEqual([200, '{"result":500938}']);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      rquid: 'initiator-7',
      traceparent: TRACEPARENT,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(app.questions).toMatchObject([
      {
        requestId: 'initiator-7',
        body: Buffer.from('{"data":"[29, 29]"}'),
        contentType: 'application/json',
        routingKey: 'predict.now',
        headers: {},
        trace: { fields: { traceparent: TRACEPARENT } },
      },
    ]);
  });

  it('makes an id for a request that has none', async () => {
    const app = await startApp();

    const { headers } = await app.post();

    expect(headers.rquid).toMatch(UUID);
    expect(app.questions[0]?.requestId).toBe(headers.rquid);
  });

  it('takes JSON with parameters of its type, and says that it is JSON', async () => {
    const app = await startApp();

    const { status } = await app.post({ headers: { 'content-type': 'application/json; charset=UTF-8' } });

    expect(status).toBe(200);
    expect(app.questions[0]?.contentType).toBe('application/json');
  });

  it('gives a request the time of its route', async () => {
    const amqp = { exchange: 'ML.MQ', modelTimeoutSeconds: 20 };
    const app = await startApp({ config: { routes: [throughRabbitMq({ amqp, timeoutSeconds: 30 })] } });
    const before = performance.now();

    await app.post();

    const { expiresAt = 0 } = app.questions[0] ?? {};
    expect(expiresAt).toBeGreaterThanOrEqual(before + 30_000);
    expect(expiresAt).toBeLessThanOrEqual(performance.now() + 30_000);
  });

  it.each([
    ['no routing key', { headers: { 'routing-key': '' } }, 400, 'BRIDGE_ERR_REQUEST_HEADER'],
    ['a routing key that is none', { headers: { 'routing-key': 'k'.repeat(256) } }, 400, 'BRIDGE_ERR_REQUEST_HEADER'],
    ['an RqUID that would be another line', { headers: { RqUID: 'a b' } }, 400, 'BRIDGE_ERR_REQUEST_HEADER'],
    ['an RqUID that is too long', { headers: { RqUID: 'a'.repeat(129) } }, 400, 'BRIDGE_ERR_REQUEST_HEADER'],
    ['a body that is no JSON', { body: '{"data": ' }, 422, 'BRIDGE_ERR_REQUEST_INVALID'],
    ['a body that is no object', { body: '[29, 29]' }, 422, 'BRIDGE_ERR_REQUEST_INVALID'],
    ['a body that is no UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]) }, 422, 'BRIDGE_ERR_REQUEST_INVALID'],
    ['no body', { body: '' }, 422, 'BRIDGE_ERR_REQUEST_INVALID'],
    [
      'a body that nests very deep',
      { body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` },
      422,
      'BRIDGE_ERR_REQUEST_INVALID',
    ],
    ['no content type', { headers: { 'content-type': '' } }, 415, 'BRIDGE_ERR_CONTENT_TYPE'],
    ['an unknown content type', { headers: { 'content-type': 'text/xml' } }, 415, 'BRIDGE_ERR_CONTENT_TYPE'],
    ['a content type that is none', { headers: { 'content-type': 'json' } }, 415, 'BRIDGE_ERR_CONTENT_TYPE'],
    [
      'JSON in another charset',
      { headers: { 'content-type': 'application/json; charset=utf-16' } },
      415,
      'BRIDGE_ERR_CONTENT_TYPE',
    ],
    ['a body that is packed', { headers: { 'content-encoding': 'gzip' } }, 415, 'BRIDGE_ERR_CONTENT_TYPE'],
    ['a body of 20 MB', { body: Buffer.alloc(20_000_000, ' ') }, 413, 'BRIDGE_ERR_REQUEST_TOO_LARGE'],
    ['a path that is none', { url: '/v1/predikt' }, 404, 'BRIDGE_ERR_NO_ROUTE'],
    ['a path that cannot be read', { url: '/v1/%zz' }, 400, 'BRIDGE_ERR_HTTP'],
  ])('refuses %s', async (_what, request, status, code) => {
    const app = await startApp();

    const answered = await app.post(request);

    expect([answered.status, answered.code]).toStrictEqual([status, code]);
    expect(JSON.parse(answered.text)).toStrictEqual({
      error: { code, status, message: expect.any(String), retryable: false, attempts: 0 },
    });
    expect(app.questions).toStrictEqual([]);
    expect(app.admission.requests).toBe(0);
  });

  it('refuses more headers than it takes', async () => {
    const app = await startApp({ config: { maxHeaders: 20 } });
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`x-${i}`, 'x']));

    const { status, code } = await app.post({ headers: many });

    expect([status, code]).toStrictEqual([431, 'BRIDGE_ERR_TOO_MANY_HEADERS']);
  });

  it('does not let a body in that is larger than what is left of its memory', async () => {
    const app = await startApp({ config: { maxBodyBytes: 100, maxInFlightBytes: 100 } });
    app.admission.enter(90);

    const { status, code, headers } = await app.post({ body: `{"data":"${'x'.repeat(20)}"}` });

    expect([status, code, headers['retry-after']]).toStrictEqual([503, 'BRIDGE_ERR_OVERLOADED', '1']);
  });

  it('refuses what is more than it takes at a time, and says when to come again', async () => {
    const first = Promise.withResolvers<Answer>();
    const app = await startApp({ config: { maxInFlight: 1 }, answer: () => first.promise });
    const waiting = app.post();
    await expect.poll(() => app.questions.length).toBe(1);

    const { status, code, headers } = await app.post();
    first.resolve(PREDICTION);

    expect([status, code, headers['retry-after']]).toStrictEqual([503, 'BRIDGE_ERR_OVERLOADED', '1']);
    expect((await waiting).status).toBe(200);
    await expect.poll(() => app.admission.requests).toBe(0);
  });

  it('takes nothing any more when it stops, and ends the connection', async () => {
    const app = await startApp({ stopping: () => true });

    const { status, code, headers } = await app.post();

    expect([status, code]).toStrictEqual([503, 'BRIDGE_ERR_STOPPING']);
    expect(headers).toMatchObject({ connection: 'close', 'retry-after': '5' });
  });

  it('B-16: hands on the headers that it was told to, and never who somebody is', async () => {
    const app = await startApp({ config: { headers: { request: ['X-Tenant'], answer: [] } } });

    await app.post({
      headers: {
        'x-tenant': 'blue',
        authorization: 'Bearer secret',
        cookie: 'session=secret',
        'x-forwarded-for': '10.0.0.1',
        'x-else': 'x',
      },
    });

    expect(app.questions[0]?.headers).toStrictEqual({ 'x-tenant': 'blue' });
  });

  it('hands back the headers of the answer that it was told to', async () => {
    const headers = { 'X-Model-Version': '3', 'set-cookie': 'a=b', 'x-bad': 'line\nend' };
    const app = await startApp({
      config: { headers: { request: [], answer: ['x-model-version', 'x-bad'] } },
      answer: () => ({ ...PREDICTION, headers }) as Answer,
    });

    const answered = await app.post();

    expect(answered.headers).toMatchObject({ 'x-model-version': '3' });
    expect(answered.headers).not.toHaveProperty('set-cookie');
    expect(answered.headers).not.toHaveProperty('x-bad');
  });

  it('calls an answer bytes whose type HTTP cannot write', async () => {
    const app = await startApp({ answer: () => ({ ...PREDICTION, contentType: 'a\nb' }) as Answer });

    expect((await app.post()).headers['content-type']).toBe('application/octet-stream');
  });

  it('says nothing of its inside when it makes a mistake, and tells its log', async () => {
    const app = await startApp({
      answer: () => {
        throw new Error('the password is sesame');
      },
    });

    const { status, code, text } = await app.post();

    expect([status, code]).toStrictEqual([500, 'BRIDGE_ERR_INTERNAL']);
    expect(text).not.toContain('sesame');
    expect(app.broken).toHaveLength(1);
    await expect.poll(() => app.admission.requests).toBe(0);
  });

  it('is no page that a browser of another site may read', async () => {
    const app = await startApp();

    const { headers } = await app.post({ headers: { origin: 'https://elsewhere.example' } });

    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toStrictEqual([]);
  });

  it('tells the access log of every request once', async () => {
    const app = await startApp();

    await app.post({ headers: { RqUID: 'one' } });
    await app.post({ headers: { RqUID: 'two' }, body: '[]' });
    await app.get('/nowhere');

    expect(
      app.visits.map(({ visit, status, visitor }) => [visit.route, visit.requestId, status, visitor.method]),
    ).toStrictEqual([
      ['predict', 'one', 200, 'POST'],
      ['predict', 'two', 422, 'POST'],
      ['none', expect.stringMatching(UUID), 404, 'GET'],
    ]);
  });
});

describe('B-7: what a model said', () => {
  it.each([
    ['BRIDGE_ERR_MODEL_REJECTED', 400, 422],
    ['BRIDGE_ERR_MODEL_REJECTED', 404, 422],
    ['BRIDGE_ERR_MODEL_BUSY', 500, 502],
    ['BRIDGE_ERR_MODEL_BUSY', 429, 502],
    ['BRIDGE_ERR_MODEL_UNREACHABLE', 503, 502],
    ['BRIDGE_ERR_MODEL_LOGIN', 503, 502],
    ['BRIDGE_ERR_MODEL_ANSWER', 502, 502],
    ['BRIDGE_ERR_REPLY_MAPPING', 502, 502],
    ['BRIDGE_ERR_REPLY_TOO_LARGE', 502, 502],
    ['BRIDGE_ERR_MODEL_TIMEOUT', 504, 504],
    ['BRIDGE_ERR_EXPIRED', 504, 504],
    ['BRIDGE_ERR_ANSWER_TIMEOUT', 504, 504],
    ['BRIDGE_ERR_REQUEST_INVALID', 400, 422],
    ['BRIDGE_ERR_REQUEST_TOO_LARGE', 413, 413],
    ['BRIDGE_ERR_UNROUTABLE', 404, 404],
    ['BRIDGE_ERR_BROKER_CONNECTION', 503, 503],
    ['BRIDGE_ERR_UNCONFIRMED', 503, 503],
  ] as const)('%s with its status %i is %i over HTTP', async (code, status, expected) => {
    const app = await startApp({ answer: () => ({ ...refusal(code, 'so it was', status), attempts: 3 }) });

    const answered = await app.post();

    expect(answered.status).toBe(expected);
    expect(JSON.parse(answered.text)).toMatchObject({
      error: { code, status: expected, message: 'so it was', attempts: 3 },
    });
    expect(answered.headers['retry-after']).toBe(expected === 503 ? '5' : undefined);
  });
});

describe('routes with names in their paths', () => {
  const iris = toModel({ path: '/v1/models/{model}:predict' });

  it('take what is there', async () => {
    const app = await startApp({ config: { routes: [iris] } });

    await app.post({ url: '/v1/models/sklearn-iris:predict' });

    expect(app.questions[0]?.captures).toStrictEqual({ model: 'sklearn-iris' });
  });

  it.each([
    ['that could lead elsewhere', iris, '/v1/models/..%2f..%2fadmin:predict'],
    ['that is another host', iris, '/v1/models/evil.example:predict'],
    ['that the route does not know', { ...iris, captures: { model: ['iris'] } }, '/v1/models/mnist:predict'],
  ])('refuse a name %s', async (_what, route, url) => {
    const app = await startApp({ config: { routes: [route] } });

    const { status, code } = await app.post({ url });

    expect([status, code]).toStrictEqual([404, 'BRIDGE_ERR_NO_ROUTE']);
    expect(app.questions).toStrictEqual([]);
  });
});

describe('a route that takes any JSON', () => {
  it('takes an array, and refuses what is no JSON', async () => {
    const mqtt = { requestTopic: 'iris/input' };
    const app = await startApp({
      config: { routes: [{ name: 'iris', path: '/v1/predict', json: 'any', mqtt }] },
    });

    expect((await app.post({ body: '[[5.1, 3.5]]' })).status).toBe(200);
    expect((await app.post({ body: '[[5.1, 3.5' })).status).toBe(422);
  });
});

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../../bridge/gateway/answer';
import { httpStatusOf } from '../../../../bridge/gateway/http/status';
import { startApp } from '../support/app';
import { throughRabbitMq, toModel } from '../support/config';

const RUNS = 300;
const routes = [
  throughRabbitMq(),
  toModel({ path: '/v1/models/{model}:predict' }),
  toModel({ name: 'v2', path: '/v2/models/{model}/infer', contentTypes: ['application/json', 'image/png'] }),
];

/** Texts that mean something to somebody on the way, among others that mean nothing. */
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    'null',
    '__proto__',
    'constructor',
    '../..',
    '%2e%2e%2f',
    '#',
    '*',
    '{model}',
    '\u0000',
    'a'.repeat(300),
    '💥',
  ),
);
const headerValues = texts.map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?'));
const headers = fc.dictionary(
  fc.constantFrom(
    'RqUID',
    'routing-key',
    'content-type',
    'content-encoding',
    'prefer',
    'traceparent',
    'tracestate',
    'accept',
    'x-any',
    'expect',
    'origin',
  ),
  headerValues,
);
const paths = fc.oneof(
  fc.constantFrom(
    '/v1/predict',
    '/v2/models/iris/infer',
    '/v1/models/iris:predict',
    '/v1/results/x',
    '//',
    '/v1/models/:predict',
  ),
  texts.map((text) => `/v1/models/${encodeURIComponent(text.toWellFormed())}:predict`),
  texts.map((text) => `/v1/results/${encodeURIComponent(text.toWellFormed())}`),
  fc.webPath().map((path) => path || '/'),
);
const bodies = fc.oneof(
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('{"__proto__":{"a":1}}', '{"a":1,"a":2}', '[[[[[[', '{"a":1e999}', '\ufeff{}', '{}')
    .map((text) => Buffer.from(text)),
);
const methods = fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH');

describe('whatever is sent to the gateway', () => {
  it('is answered, and never with 500', async () => {
    const app = await startApp({ config: { routes, headers: { request: ['x-any'], answer: [] } } });

    await fc.assert(
      fc.asyncProperty(methods, paths, headers, bodies, async (method, url, sent, body) => {
        const usual = { 'content-type': 'application/json', 'routing-key': 'predict.now' };
        const response = await app.fastify.inject({
          method: method as 'POST',
          url,
          headers: { ...usual, ...sent },
          payload: body,
        });

        expect(response.statusCode).not.toBe(500);
        if (response.statusCode >= 400 && method !== 'HEAD') {
          expect(JSON.parse(response.body).error.code).toMatch(/^BRIDGE_ERR_/);
        }
      }),
      { numRuns: RUNS },
    );

    expect(app.broken).toStrictEqual([]);
    await expect.poll(() => app.admission.requests).toBe(0);
    for (const { requestId, contentType, headers } of app.questions) {
      expect(requestId).toMatch(/^[\w.:@/+=-]{1,128}$/);
      expect(contentType).toMatch(/^(application\/json|image\/png)$/);
      expect(Object.keys(headers).filter((name) => name !== 'x-any')).toStrictEqual([]);
    }
  });

  it('does not end the process when it is no HTTP', async () => {
    const app = await startApp({ config: { routes, receiveTimeoutSeconds: 1 } });
    await app.fastify.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;

    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.boolean(), async (bytes, polite) => {
        const socket = connect(port, '127.0.0.1')
          .on('error', () => undefined)
          .resume();
        socket.write(polite ? Buffer.concat([Buffer.from('POST /v1/predict HTTP/1.1\r\nHost: a\r\n'), bytes]) : bytes);
        socket.end();
        await once(socket, 'close');
      }),
      { numRuns: 100 },
    );

    expect((await app.post()).status).toBe(200);
    expect(app.broken).toStrictEqual([]);
  });
});

describe('whatever a provider answers', () => {
  it('is an answer with a status that HTTP knows', async () => {
    const published = fc.record({
      body: fc.oneof(
        bodies,
        fc
          .record(
            {
              code: texts,
              status: fc.anything(),
              message: fc.anything(),
              retryable: fc.anything(),
              attempts: fc.anything(),
            },
            { requiredKeys: [] },
          )
          .map((error) =>
            Buffer.from(JSON.stringify({ error }, (_key, value) => (typeof value === 'bigint' ? 0 : value)) ?? ''),
          ),
      ),
      contentType: fc.option(texts, { nil: undefined }),
      headers: fc.dictionary(fc.constantFrom('status', 'code', 'x-any', '__proto__'), texts),
    });

    fc.assert(
      fc.property(published, (found) => {
        const answer = readAnswer(found);

        if (answer.ok) return;
        expect(httpStatusOf(answer.failure)).toBeGreaterThanOrEqual(400);
        expect(httpStatusOf(answer.failure)).toBeLessThan(600);
        expect(Number.isSafeInteger(answer.attempts)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('can be sent on, whatever its type and headers are', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, bodies, async (contentType, header, body) => {
        const app = await startApp({
          config: { headers: { request: [], answer: ['x-any'] } },
          answer: () => ({ ok: true, body, contentType, headers: { 'x-any': header } }),
        });

        expect((await app.post()).status).toBe(200);
      }),
      { numRuns: 50 },
    );
  });
});

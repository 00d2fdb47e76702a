import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, ModelClient } from '../../../bridge/model/model-client';
import { routeConfig } from '../support/config';
import { type FakeModel, freePort, json, startModel } from '../support/http';

type ModelChanges = NonNullable<NonNullable<Parameters<typeof routeConfig>[0]>['model']>;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function clientFor(url: string, changes: ModelChanges = {}) {
  const observed: { status: string; seconds: number }[] = [];
  const config = routeConfig({ model: { url, ...changes } });
  const client = new ModelClient(config, url, (status, seconds) => {
    observed.push({ status, seconds });
  });
  closing.push(() => client.close());
  const call = { body: Buffer.from('{"instances":[]}'), requestId: 'r-1' };
  const ask = () => client.predict(call, config.model.timeoutSeconds * 1000);
  return { client, observed, ask };
}

async function modelThat(answer: (response: ServerResponse) => void): Promise<FakeModel> {
  const model = await startModel(answer);
  closing.push(() => model.close());
  return model;
}

async function askModelThat(answer: (response: ServerResponse) => void, changes?: ModelChanges) {
  const model = await modelThat(answer);
  const { ask, observed } = clientFor(model.origin, changes);
  return { answer: await ask(), observed, model };
}

function failureOf(answer: Answer) {
  if (answer.ok) throw new Error(`there is an answer: ${answer.body}`);
  return answer.failure;
}

describe('ModelClient', () => {
  describe('an answer with tensors in binary', () => {
    const binary = (response: ServerResponse) =>
      response
        .writeHead(200, { 'content-type': 'application/octet-stream', 'inference-header-content-length': '2' })
        .end('{}x');

    async function ask(reply: object) {
      const { origin } = await modelThat(binary);
      const config = routeConfig({ model: { url: origin }, reply });
      const client = new ModelClient(config, origin, () => undefined);
      closing.push(() => client.close());
      return client.predict({ body: Buffer.from('{}'), requestId: 'r-1' }, 5_000);
    }

    it('is a prediction for a route that reads it', async () => {
      expect(await ask({ body: { path: '$.outputs' } })).toMatchObject({
        ok: true,
        headers: { 'inference-header-content-length': '2' },
      });
    });

    it('is none for a route that hands answers on as JSON', async () => {
      expect(await ask({})).toMatchObject({ ok: false, failure: { code: 'BRIDGE_ERR_MODEL_ANSWER' } });
    });
  });

  describe('the request', () => {
    it('is a POST of the payload to the path and query of the route', async () => {
      const model = await modelThat((response) => json(response, {}));
      const { ask } = clientFor(`${model.origin}/v1/models/iris:predict?raw=1`);

      await ask();

      expect(model.requests).toMatchObject([
        { method: 'POST', url: '/v1/models/iris:predict?raw=1', body: '{"instances":[]}' },
      ]);
    });

    it('says that it is JSON, and carries the request id', async () => {
      const { model } = await askModelThat((response) => json(response, {}));

      expect(model.requests[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': 'r-1' });
    });

    it('carries the headers of the route', async () => {
      const { model } = await askModelThat((response) => json(response, {}), {
        headers: { authorization: 'Bearer t', 'X-Tenant': 'a' },
      });

      expect(model.requests[0]?.headers).toMatchObject({ authorization: 'Bearer t', 'x-tenant': 'a' });
    });

    it.each(['content-type', 'Content-Type'])('carries the route’s own %s in place of the usual one', async (name) => {
      const { model } = await askModelThat((response) => json(response, {}), {
        headers: { [name]: 'application/octet-stream' },
      });

      expect(model.requests[0]?.headers['content-type']).toBe('application/octet-stream');
    });
  });

  describe('an answer', () => {
    it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/problem+json'])(
      'of type %s is a prediction, byte for byte',
      async (type) => {
        const { answer, observed } = await askModelThat((response) =>
          response.writeHead(200, { 'content-type': type }).end('{ "predictions": [1] }'),
        );

        expect(answer).toMatchObject({ ok: true, contentType: type });
        expect(answer.ok && answer.body.toString()).toBe('{ "predictions": [1] }');
        expect(observed.map(({ status }) => status)).toEqual(['200']);
      },
    );

    it('that is a page and not JSON is refused, with its type and beginning', async () => {
      const { answer } = await askModelThat((response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>\n  <h1>Sign in</h1>${'x'.repeat(5_000)}`),
      );

      const { code, status, message, retryable } = failureOf(answer);
      expect({ code, status, retryable }).toEqual({ code: 'BRIDGE_ERR_MODEL_ANSWER', status: 502, retryable: false });
      expect(message).toContain('the model answered 200 with text/html');
      expect(message).toContain("Check that the route's model URL leads to the model");
      expect(message).toContain('It began: <html> <h1>Sign in</h1>');
      expect(message.length).toBeLessThan(600);
    });

    it.each(['application/jsonlines', 'text/plain; note=application/json', undefined])(
      'of type %s is no JSON',
      async (type) => {
        const { answer } = await askModelThat((response) =>
          response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end('{}'),
        );

        expect(failureOf(answer).code).toBe('BRIDGE_ERR_MODEL_ANSWER');
        expect(failureOf(answer).message).toContain(type ?? 'no content type');
      },
    );

    it.each([302, 400, 401, 404, 422, 501])('with status %i is final, and tells that status', async (httpStatus) => {
      const { answer, observed } = await askModelThat((response) =>
        json(response, { error: 'Model with name iris does not exist.' }, httpStatus),
      );

      expect(failureOf(answer)).toStrictEqual({
        code: 'BRIDGE_ERR_MODEL_REJECTED',
        status: httpStatus,
        message: `the model answered ${httpStatus}: {"error":"Model with name iris does not exist."}`,
        retryable: false,
      });
      expect(observed.map(({ status }) => status)).toEqual([String(httpStatus)]);
    });

    it.each([408, 429, 500, 502, 503, 504])('with status %i may be another one later', async (httpStatus) => {
      const { answer } = await askModelThat((response) => response.writeHead(httpStatus).end());

      expect(failureOf(answer)).toStrictEqual({
        code: 'BRIDGE_ERR_MODEL_BUSY',
        status: httpStatus,
        message: `the model answered ${httpStatus}: (empty)`,
        retryable: true,
      });
    });

    it('of maxReplyBytes is taken', async () => {
      const { answer } = await askModelThat((response) => json(response, 'a'.repeat(98)), { maxReplyBytes: 100 });

      expect(answer.ok && answer.body).toHaveLength(100);
    });

    it('of more than maxReplyBytes is refused', async () => {
      const { answer, observed } = await askModelThat((response) => json(response, 'a'.repeat(99)), {
        maxReplyBytes: 100,
      });

      const { code, status, message, retryable } = failureOf(answer);
      expect({ code, status, retryable }).toEqual({
        code: 'BRIDGE_ERR_REPLY_TOO_LARGE',
        status: 502,
        retryable: false,
      });
      expect(message).toContain('maxReplyBytes');
      expect(observed.map(({ status: seen }) => seen)).toEqual(['BRIDGE_ERR_REPLY_TOO_LARGE']);
    });
  });

  describe('no answer', () => {
    it.each([
      ['never begins', () => undefined],
      [
        'never ends',
        (response: ServerResponse) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
      ],
    ])('in time is a timeout: an answer that %s', async (_what, answerOf) => {
      const { answer, observed } = await askModelThat(answerOf, { timeoutSeconds: 0.05 });

      expect(failureOf(answer)).toStrictEqual({
        code: 'BRIDGE_ERR_MODEL_TIMEOUT',
        status: 504,
        message: 'the model did not answer within 0.05 s',
        retryable: true,
      });
      expect(observed.map(({ status }) => status)).toEqual(['BRIDGE_ERR_MODEL_TIMEOUT']);
    });

    it('because nothing listens: the model cannot be reached', async () => {
      const { ask } = clientFor(`http://127.0.0.1:${await freePort()}`);

      const { code, status, message, retryable } = failureOf(await ask());

      expect({ code, status, retryable }).toEqual({
        code: 'BRIDGE_ERR_MODEL_UNREACHABLE',
        status: 503,
        retryable: true,
      });
      expect(message).toMatch(/^the model cannot be reached: .*ECONNREFUSED/);
    });

    it('because the connection broke: the model cannot be reached', async () => {
      const { answer } = await askModelThat((response) => response.destroy());

      expect(failureOf(answer).code).toBe('BRIDGE_ERR_MODEL_UNREACHABLE');
      expect(failureOf(answer).message).toMatch(/^the model cannot be reached: ./);
    });

    it('that is HTTP is a failure like any other', async () => {
      const server = createServer((socket) =>
        socket
          .resume()
          .end('SSH-2.0-OpenSSH_9.2\r\n')
          .on('error', () => undefined),
      );
      closing.push(() => shut(server));
      const { ask } = clientFor(`http://127.0.0.1:${await listen(server)}`);

      expect(failureOf(await ask()).code).toBe('BRIDGE_ERR_MODEL_UNREACHABLE');
    });
  });

  it('takes an empty answer for none', async () => {
    const { answer } = await askModelThat((response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(),
    );

    expect(failureOf(answer).code).toBe('BRIDGE_ERR_MODEL_ANSWER');
  });

  it.each([16.1, 1.001])(
    'takes a timeout of %d s, which is no whole number of milliseconds in binary',
    async (timeoutSeconds) => {
      const { answer } = await askModelThat((response) => json(response, {}), { timeoutSeconds });

      expect(answer).toMatchObject({ ok: true });
    },
  );

  it('answers the next request after one that failed', async () => {
    let calls = 0;
    const model = await modelThat((response) => {
      calls += 1;
      if (calls === 1) response.destroy();
      else json(response, { predictions: [1] });
    });
    const { ask } = clientFor(model.origin);

    const answers = [await ask(), await ask()];

    expect(answers.map(({ ok }) => ok)).toEqual([false, true]);
  });

  it('tells how long each call took', async () => {
    const { observed } = await askModelThat((response) => json(response, {}));

    expect(observed).toHaveLength(1);
    expect(observed[0]?.seconds).toBeGreaterThan(0);
  });
});

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

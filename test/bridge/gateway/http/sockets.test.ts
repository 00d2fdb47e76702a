import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../bridge/gateway/answer';
import { type AppOptions, PREDICTION, startApp } from '../support/app';

/** The HTTP side on a port, for what only happens on connections. */
async function listening(options?: AppOptions) {
  const app = await startApp(options);
  await app.fastify.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { ...app, port };
}

/** Sends bytes as they are, and resolves with all that came until the connection ended. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('utf8');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

const HEADERS = { 'content-type': 'application/json', 'routing-key': 'predict.now' };
const HEAD =
  'POST /v1/predict HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nRouting-Key: predict.now\r\n';

describe('a body of 20 MB', () => {
  it.each([
    ['with its length', () => ({ body: Buffer.alloc(20_000_000, ' ') })],
    [
      'in chunks',
      () => ({
        body: Readable.toWeb(Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(100_000, ' ')))) as never,
        duplex: 'half',
      }),
    ],
  ])('is refused, and whoever sends it %s can read why', async (_how, init) => {
    const { port, questions, admission } = await listening();

    const response = await fetch(`http://127.0.0.1:${port}/v1/predict`, {
      method: 'POST',
      headers: HEADERS,
      ...init(),
    });

    expect([response.status, await response.json()]).toMatchObject([
      413,
      { error: { code: 'BRIDGE_ERR_REQUEST_TOO_LARGE' } },
    ]);
    expect(questions).toStrictEqual([]);
    await expect.poll(() => admission.requests).toBe(0);
  });
});

describe('a body that is too long and does not end', () => {
  it('is refused, and its connection closed when the time for it is over', async () => {
    const { port } = await listening({ config: { maxBodyBytes: 10, receiveTimeoutSeconds: 0.2 } });

    const answer = await raw(port, `${HEAD}Transfer-Encoding: chunked\r\n\r\nff\r\n${' '.repeat(200)}`);

    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });
});

describe('what is no good HTTP', () => {
  it.each([
    ['is none at all', '\x16\x03\x01\r\n\r\n', 400, 'BRIDGE_ERR_HTTP'],
    ['has no host', 'GET /v1/models HTTP/1.1\r\n\r\n', 400, ''],
    ['has two lengths', `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400, 'BRIDGE_ERR_HTTP'],
    [
      'has a length and chunks',
      `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      'BRIDGE_ERR_HTTP',
    ],
    ['has a header of 20 KiB', `${HEAD}X-Long: ${'x'.repeat(20_480)}\r\n\r\n`, 431, 'BRIDGE_ERR_TOO_MANY_HEADERS'],
    ['does not come to an end', `${HEAD}Content-Length: 10\r\n\r\n{`, 408, 'BRIDGE_ERR_HTTP'],
    ['does not come to its body', 'POST /v1/predict HTT', 408, 'BRIDGE_ERR_HTTP'],
  ])('is refused and its connection closed: it %s', async (_what, bytes, status, code) => {
    const { port, admission } = await listening({ config: { receiveTimeoutSeconds: 0.2 } });

    const answer = await raw(port, bytes);

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(code);
    await expect.poll(() => admission.requests).toBe(0);
  });

  it('is refused when it has a hundred headers too many, which Node would leave out without a word', async () => {
    const { port } = await listening({ config: { maxHeaders: 50, maxHeaderBytes: 1024 * 1024 } });
    const many = Array.from({ length: 3_000 }, (_, i) => `X-${i}: x\r\n`).join('');

    const answer = await raw(port, `${HEAD}Connection: close\r\nContent-Length: 2\r\n${many}\r\n{}`);

    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(answer).toContain('BRIDGE_ERR_TOO_MANY_HEADERS');
  });
});

describe('a header that came twice', () => {
  it.each(['Host: other', 'Content-Type: text/xml', 'Routing-Key: manage.now', 'RqUID: b'])(
    'is refused, whichever of them others would go by: %s',
    async (line) => {
      const { port, questions } = await listening();

      const answer = await raw(port, `${HEAD}RqUID: a\r\nConnection: close\r\nContent-Length: 2\r\n${line}\r\n\r\n{}`);

      expect(answer).toMatch(/^HTTP\/1.1 400 /);
      expect(answer).toContain('BRIDGE_ERR_REQUEST_HEADER');
      expect(questions).toStrictEqual([]);
    },
  );

  it('may be one of those that are lists', async () => {
    const { port } = await listening();

    const answer = await raw(
      port,
      `${HEAD}Accept: a\r\nAccept: b\r\nPrefer: x\r\nPrefer: y\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
    );

    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('an answer', () => {
  it.each([
    ['in plain letters', '{"result":500938}'],
    ['with others too', '{"result":"größer"}'],
    ['that is long', `{"result":"${'x'.repeat(100_000)}"}`],
  ])('is the bytes that came: one %s', async (_what, text) => {
    const { port } = await listening({ answer: () => ({ ...PREDICTION, body: Buffer.from(text) }) as Answer });

    const response = await fetch(`http://127.0.0.1:${port}/v1/predict`, {
      method: 'POST',
      headers: HEADERS,
      body: '{}',
    });

    expect(await response.text()).toBe(text);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  });
});

describe('a requester that does not read', () => {
  it('loses its answer and its place', async () => {
    const answer = { ...PREDICTION, body: Buffer.alloc(16_000_000, 'x') } as Answer;
    const app = await listening({ config: { receiveTimeoutSeconds: 0.3 }, answer: () => answer });
    const socket = connect(app.port, '127.0.0.1').on('error', () => undefined);
    socket.pause().write(`${HEAD}Content-Length: 2\r\n\r\n{}`);

    await expect.poll(() => app.visits.length, { timeout: 10_000 }).toBe(1);

    expect(app.visits[0]?.status).toBe(499);
    await expect.poll(() => app.admission.requests).toBe(0);
    socket.destroy();
  });

  it('is no other than one that reads a little at a time', async () => {
    const answer = { ...PREDICTION, body: Buffer.alloc(16_000_000, 'x') } as Answer;
    const app = await listening({ config: { receiveTimeoutSeconds: 0.5 }, answer: () => answer });
    const socket = connect(app.port, '127.0.0.1');
    let read = 0;
    socket.on('data', (chunk) => {
      read += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 5);
    });
    socket.write(`${HEAD}Connection: close\r\nContent-Length: 2\r\n\r\n{}`);

    await once(socket, 'close');

    expect(read).toBeGreaterThan(16_000_000);
    expect(app.visits[0]?.status).toBe(200);
  });
});

describe('connections', () => {
  it('on which nothing comes are closed', async () => {
    const { port } = await listening({ config: { receiveTimeoutSeconds: 0.2 } });

    expect(await raw(port, '')).toContain('408');
  });

  it('are no more than there may be', async () => {
    const { port } = await listening({ config: { maxConnections: 1 } });
    const first = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(first, 'connect');

    expect(await raw(port, 'GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('');

    first.destroy();
    await expect
      .poll(() => raw(port, 'GET /v2/health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'))
      .toMatch(/^HTTP\/1.1 200 /);
  });

  it('are kept for a next request for as long as the configuration says', async () => {
    const { port } = await listening({ config: { keepAliveTimeoutSeconds: 620 } });

    const { headers } = await fetch(`http://127.0.0.1:${port}/v2/health/live`);

    expect(headers.get('keep-alive')).toBe('timeout=620');
  });

  it('are for the next request too when an earlier answer was long', async () => {
    const answers = [Buffer.alloc(16_000_000, 'x'), Buffer.from('{}')];
    const app = await listening({
      config: { receiveTimeoutSeconds: 0.3 },
      answer: async () => {
        const body = answers.shift() as Buffer;
        if (body.length === 2) await new Promise((resolve) => setTimeout(resolve, 1_000));
        return { ...PREDICTION, body } as Answer;
      },
    });

    const two = `${HEAD}Content-Length: 2\r\n\r\n{}${HEAD}Connection: close\r\nContent-Length: 2\r\n\r\n{}`;

    expect((await raw(app.port, two)).match(/HTTP\/1.1 200 /g)).toHaveLength(2);
  });
});

describe('an expectation that HTTP does not know', () => {
  it('does not keep a request from its answer', async () => {
    const { port } = await listening();

    const answer = await raw(port, `${HEAD}Expect: wonders\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`);

    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('a requester that leaves', () => {
  it('waits no more, and its place is free', async () => {
    const found = Promise.withResolvers<Answer>();
    const app = await listening({
      answer: ({ gone }) => {
        gone.addEventListener('abort', () => found.resolve(PREDICTION));
        return found.promise;
      },
    });
    const leaving = httpRequest({ port: app.port, path: '/v1/predict', method: 'POST', headers: HEADERS });
    leaving.on('error', () => undefined).end('{}');
    await expect.poll(() => app.questions.length).toBe(1);

    leaving.destroy();

    await expect.poll(() => app.admission.requests).toBe(0);
    expect(app.visits.map(({ status }) => status)).toStrictEqual([499]);
    expect(app.questions[0]?.gone.aborted).toBe(true);
  });

  it('keeps its place for as long as somebody works for it', async () => {
    const found = Promise.withResolvers<Answer>();
    const app = await listening({ answer: () => found.promise });
    const leaving = httpRequest({ port: app.port, path: '/v1/predict', method: 'POST', headers: HEADERS });
    leaving.on('error', () => undefined).end('{}');
    await expect.poll(() => app.questions.length).toBe(1);

    leaving.destroy();
    await expect.poll(() => app.visits.length).toBe(1);

    expect(app.admission.requests).toBe(1);
    found.resolve(PREDICTION);
    await expect.poll(() => app.admission.requests).toBe(0);
  });

  it('before all of its body is there leaves no place taken', async () => {
    const app = await listening();
    const leaving = httpRequest({
      port: app.port,
      path: '/v1/predict',
      method: 'POST',
      headers: { ...HEADERS, 'content-length': '100' },
    });
    leaving.on('error', () => undefined).write('{"data":');
    await expect.poll(() => app.admission.requests).toBe(1);

    leaving.destroy();

    await expect.poll(() => app.admission.requests).toBe(0);
    expect(app.questions).toStrictEqual([]);
    expect(app.visits.map(({ status }) => status)).toStrictEqual([499]);
  });
});

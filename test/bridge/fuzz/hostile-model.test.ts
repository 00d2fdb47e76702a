import type { Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, ModelClient } from '../../../bridge/model/model-client';
import { routeConfig } from '../support/config';
import { flood, startHostile } from './hostile-server';

const TIMEOUT_MS = 400;
const MAX_REPLY_BYTES = 10_000;
const JSON_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A client of a model that does this once it has been asked, on each of its connections. */
async function clientOf(answer: (socket: Socket, connection: number) => void) {
  const server = await startHostile((socket, connection) => {
    socket.once('data', () => answer(socket, connection));
  });
  closing.push(() => server.close());
  const url = `http://127.0.0.1:${server.port}/v1/models/m:predict`;
  const config = routeConfig({ concurrency: 1, model: { url, maxReplyBytes: MAX_REPLY_BYTES } });
  const client = new ModelClient(config, url, () => undefined);
  closing.push(() => client.close());
  return (timeoutMs = TIMEOUT_MS): Promise<Answer> =>
    client.predict({ body: Buffer.from('{"instances":[]}'), requestId: 'r-1' }, timeoutMs);
}

async function codeOf(answer: Promise<Answer>): Promise<string> {
  const settled = await answer;
  return settled.ok ? `the prediction ${settled.body.toString().slice(0, 100)}` : settled.failure.code;
}

describe('a model that', () => {
  it.each<[what: string, code: string, answer: (socket: Socket) => void]>([
    ['ends the connection at once', 'BRIDGE_ERR_MODEL_UNREACHABLE', (socket) => socket.destroy()],
    ['resets the connection', 'BRIDGE_ERR_MODEL_UNREACHABLE', (socket) => socket.resetAndDestroy()],
    ['says goodbye without a word', 'BRIDGE_ERR_MODEL_UNREACHABLE', (socket) => socket.end()],
    ['says nothing', 'BRIDGE_ERR_MODEL_TIMEOUT', () => undefined],
    ['sends its headers a byte at a time', 'BRIDGE_ERR_MODEL_TIMEOUT', (socket) => drip(socket, `${JSON_HEAD}x: `)],
    [
      'sends its body a byte at a time',
      'BRIDGE_ERR_MODEL_TIMEOUT',
      (socket) => drip(socket, `${JSON_HEAD}content-length: 5000\r\n\r\n`),
    ],
    [
      'sends a body without an end',
      'BRIDGE_ERR_REPLY_TOO_LARGE',
      (socket) => {
        socket.write(`${JSON_HEAD}\r\n`);
        flood(socket, 'x'.repeat(1_000));
      },
    ],
    [
      'sends chunks without an end',
      'BRIDGE_ERR_REPLY_TOO_LARGE',
      (socket) => {
        socket.write(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\n`);
        flood(socket, `3e8\r\n${'x'.repeat(1_000)}\r\n`);
      },
    ],
    [
      'announces more than anybody can take, and sends little of it',
      'BRIDGE_ERR_MODEL_TIMEOUT',
      (socket) => socket.write(`${JSON_HEAD}content-length: 99999999999999\r\n\r\nx`),
    ],
    [
      'announces more than it sends',
      'BRIDGE_ERR_MODEL_UNREACHABLE',
      (socket) => socket.end(`${JSON_HEAD}content-length: 100\r\n\r\n{}`),
    ],
    ['sends no HTTP', 'BRIDGE_ERR_MODEL_UNREACHABLE', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ['speaks HTTP/2', 'BRIDGE_ERR_MODEL_UNREACHABLE', (socket) => socket.end('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    [
      'sends no number for a status',
      'BRIDGE_ERR_MODEL_UNREACHABLE',
      (socket) => socket.end('HTTP/1.1 abc OK\r\ncontent-length: 0\r\n\r\n'),
    ],
    [
      'sends a size of a chunk that is none',
      'BRIDGE_ERR_MODEL_UNREACHABLE',
      (socket) => socket.end(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`),
    ],
    [
      'sends two lengths',
      'BRIDGE_ERR_MODEL_UNREACHABLE',
      (socket) => socket.end(`${JSON_HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}x`),
    ],
    [
      'sends a length and chunks',
      'BRIDGE_ERR_MODEL_UNREACHABLE',
      (socket) => socket.end(`${JSON_HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
    ],
    [
      'sends a line end within a header',
      'BRIDGE_ERR_MODEL_UNREACHABLE',
      (socket) => socket.end(`${JSON_HEAD}x: a\rcontent-type: b\r\ncontent-length: 2\r\n\r\n{}`),
    ],
    [
      'sends headers without an end',
      'BRIDGE_ERR_MODEL_UNREACHABLE',
      (socket) => {
        socket.write(JSON_HEAD);
        flood(socket, `x: ${'y'.repeat(1_000)}\r\n`);
      },
    ],
    [
      'sends one header without an end',
      'BRIDGE_ERR_MODEL_UNREACHABLE',
      (socket) => {
        socket.write(`${JSON_HEAD}x: `);
        flood(socket, 'y'.repeat(1_000));
      },
    ],
    [
      'says "continue" without an end',
      'BRIDGE_ERR_MODEL_TIMEOUT',
      (socket) => flood(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'),
    ],
    [
      'changes the protocol',
      'BRIDGE_ERR_MODEL_UNREACHABLE',
      (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'),
    ],
    [
      'answers with a web page',
      'BRIDGE_ERR_MODEL_ANSWER',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>'),
    ],
    [
      'answers with nothing',
      'BRIDGE_ERR_MODEL_ANSWER',
      (socket) => socket.end(`${JSON_HEAD}content-length: 0\r\n\r\n`),
    ],
    [
      'has no content and a type',
      'BRIDGE_ERR_MODEL_ANSWER',
      (socket) => socket.end('HTTP/1.1 204 No Content\r\ncontent-type: application/json\r\n\r\n'),
    ],
    [
      'sends it elsewhere',
      'BRIDGE_ERR_MODEL_REJECTED',
      (socket) => socket.end('HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n'),
    ],
  ])('%s gets %s as its answer', async (_what, code, answer) => {
    const ask = await clientOf(answer);

    expect(await codeOf(ask())).toBe(code);
  });

  it('puts a second answer behind the first has it taken for no answer to the next request', async () => {
    const first = `${JSON_HEAD}content-length: 3\r\n\r\n"1"`;
    const smuggled = `${JSON_HEAD}content-length: 3\r\n\r\n"2"`;
    const ask = await clientOf((socket, connection) => {
      if (connection === 0) socket.write(first + smuggled);
      else socket.end(`${JSON_HEAD}content-length: 3\r\nconnection: close\r\n\r\n"3"`);
    });

    expect(await codeOf(ask())).toBe('the prediction "1"');
    expect(await codeOf(ask())).toBe('the prediction "3"');
  });

  it('was hostile and is no more is asked again', async () => {
    const ask = await clientOf((socket, connection) => {
      if (connection < 3) socket.end('\0\0\0\0');
      else socket.end(`${JSON_HEAD}content-length: 2\r\nconnection: close\r\n\r\n{}`);
    });
    for (let i = 0; i < 3; i += 1) expect(await codeOf(ask())).toBe('BRIDGE_ERR_MODEL_UNREACHABLE');

    expect(await codeOf(ask())).toBe('the prediction {}');
  });

  it('answers whatever it likes has an outcome, each time', async () => {
    const replies: Buffer[] = [];
    const ask = await clientOf((socket) => socket.end(replies.shift() ?? ''));
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          'HTTP/1.1 200 OK\r\n',
          'HTTP/1.1 503 \r\n',
          'HTTP/1.0 200\r\n',
          'HTTP/1.1 100\r\n\r\n',
          '\r\n',
          '\r\n\r\n',
          '\n',
          '{}',
        )
        .map((text) => Buffer.from(text)),
      fc
        .constantFrom(
          'content-type: application/json\r\n',
          'content-length: 2\r\n',
          'transfer-encoding: chunked\r\n',
          '2\r\n{}\r\n',
          '0\r\n\r\n',
        )
        .map((text) => Buffer.from(text)),
      fc
        .constantFrom(
          'retry-after: 1e9\r\n',
          'retry-after: -1\r\n',
          'connection: close\r\n',
          'connection: upgrade\r\n',
          'set-cookie: a\r\n',
        )
        .map((text) => Buffer.from(text)),
    );

    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        replies.splice(0, replies.length, Buffer.concat(pieces));
        const answer = await ask(5_000);

        if (answer.ok) expect(answer.body.length).toBeGreaterThan(0);
        else {
          expect(answer.failure.code).toMatch(
            /^BRIDGE_ERR_(MODEL_(UNREACHABLE|ANSWER|REJECTED|BUSY)|REPLY_TOO_LARGE)$/,
          );
          expect(answer.retryAfterMs ?? 0).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function drip(socket: Socket, beginning: string): void {
  socket.write(beginning);
  const timer = setInterval(() => socket.write('x'), 5);
  socket.on('close', () => clearInterval(timer));
}

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { Deadline, TimeoutError } from '../../../bridge/model/deadline';
import { exchange } from '../../../bridge/model/exchange';

describe('exchange', () => {
  const servers: Server[] = [];
  const pools: Pool[] = [];
  const deadlines: Deadline[] = [];

  afterEach(async () => {
    for (const deadline of deadlines.splice(0)) deadline.lift();
    for (const pool of pools.splice(0)) await pool.destroy();
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  it('resolves with status, headers and the whole body, however many pieces it comes in', async () => {
    const ask = await server((request, response) => {
      response.writeHead(201, { 'x-model': 'iris' });
      request.on('data', (chunk) => response.write(chunk));
      request.on('end', () => setTimeout(() => response.end(' and more'), 20));
    });

    const { status, headers, body } = await ask('sent');

    expect([status, headers['x-model'], String(body)]).toEqual([201, 'iris', 'sent and more']);
  });

  it('resolves with an empty body where there is none', async () => {
    const ask = await server((_request, response) => response.writeHead(204).end());

    expect(await ask('sent')).toMatchObject({ status: 204, body: Buffer.alloc(0) });
  });

  it('rejects with what the network says', async () => {
    const ask = await server((request) => request.socket.destroy());

    await expect(ask('sent')).rejects.toThrow('other side closed');
  });

  it('rejects when the time is over, ends the connection, and goes on with others', async () => {
    const closed: Promise<unknown>[] = [];
    const ask = await server((request, response) => {
      if (closed.length > 0) response.end('quick');
      else closed.push(once(request.socket, 'close'));
    });

    await expect(ask('slow', 50)).rejects.toThrow(TimeoutError);
    await closed[0];

    expect(String((await ask('sent')).body)).toBe('quick');
  });

  it('rejects when the time is over in the middle of the body', async () => {
    const ask = await server((_request, response) => response.write('begun'));

    await expect(ask('slow', 100)).rejects.toThrow(TimeoutError);
  });

  it('sends nothing of a request whose time was over before there was a connection for it', async () => {
    const seen: string[] = [];
    const ask = await server((request, response) => {
      request.on('data', (chunk) => seen.push(String(chunk)));
      setTimeout(() => response.end('first'), 100);
    });

    const first = ask('first');
    await expect(ask('second', 30)).rejects.toThrow(TimeoutError);
    expect(String((await first).body)).toBe('first');
    await ask('third');

    expect(seen).toEqual(['first', 'third']);
  });

  /** A function that asks a server over the one connection there may be. */
  async function server(listener: RequestListener) {
    const server = createServer(listener);
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1 });
    pools.push(pool);
    return (body: string, withinMs = 10_000) => {
      const deadline = new Deadline(withinMs);
      deadlines.push(deadline);
      return exchange(pool, { method: 'POST', path: '/', body }, deadline);
    };
  }
});

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../../lib/testing/local/free-port';

/** Listens on a port of this machine until the test is over. */
async function takenPort(wanted = 0): Promise<number> {
  const server = createServer();
  onTestFinished(() => {
    server.close();
  });
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('freePort', () => {
  it('finds a port that one can listen on', async () => {
    const port = await freePort();

    expect(await takenPort(port)).toBe(port);
  });

  it('gives the port that was asked for when it is free', async () => {
    const port = await freePort();

    expect(await freePort(port)).toBe(port);
  });

  it('says what is the matter, and what to do, when the port is taken', async () => {
    const port = await takenPort();

    await expect(freePort(port)).rejects.toThrow(
      new Error(
        `port ${port} of 127.0.0.1 cannot be used: another program listens on it. Stop that program, or leave the port out to get a free one`,
      ),
    );
  });
});

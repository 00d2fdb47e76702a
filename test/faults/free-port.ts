import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const LOWEST = 15_000;
const HIGHEST = 32_000;
const ATTEMPTS = 50;
/** Whoever was given a port may not listen on it yet. */
const given = new Set<number>();

/**
 * A loopback port nobody listens on.
 *
 * Below the range the system takes client ports from: while a broker restarts, a client that happened to be given the
 * broker's own port would be connected to itself.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (given.has(port)) continue;
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      given.add(port);
      return port;
    } catch {
      // Taken: try the next one.
    } finally {
      server.close();
    }
  }
  throw new Error(`no free port on 127.0.0.1 between ${LOWEST} and ${HIGHEST} in ${ATTEMPTS} attempts`);
}

import { type AddressInfo, createServer } from 'node:net';

/**
 * A port of this machine that nobody listens on.
 *
 * @param wanted the port to have, or 0 for any
 * @throws Error when the wanted port is taken
 */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, '127.0.0.1', resolve);
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'another program listens on it' : message;
    throw new Error(
      `port ${wanted} of 127.0.0.1 cannot be used: ${reason}. Stop that program, or leave the port out to get a free one`,
    );
  }
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

import type { AddressInfo } from 'node:net';
import type { Writable } from 'node:stream';
import type { HttpServer, HttpServerOptions } from './services/http-server';
import { infoService } from './services/info';
import { notFoundService } from './services/not-found';
import { serveService } from './services/serve';
import { readSettings } from './services/settings';
import { trainService } from './services/train';

/** What the image runs: `node service.cjs <which of the services>`. */

const SERVICES: Record<string, (options: HttpServerOptions) => HttpServer | Promise<HttpServer>> = {
  info: infoService,
  serve: serveService,
  train: trainService,
  'not-found': notFoundService,
};

export interface RunningService {
  readonly url: string;
  /** As at SIGTERM. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** @throws Error for a service that there is not, or settings that are wrong */
export async function startService(
  name: string,
  env: Record<string, string | undefined>,
  log?: Writable,
): Promise<RunningService> {
  const create = SERVICES[name];
  if (!create) throw new Error(`there is no service "${name}": it is one of ${Object.keys(SERVICES).join(', ')}`);
  const settings = readSettings(env);
  const server = await create({ settings, log });
  await server.app.listen({ port: settings.port, host: settings.host });
  const { port } = server.app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    drain: () => server.drain(),
    close: () => server.app.close(),
  };
}

async function main(): Promise<void> {
  const service = await startService(process.argv[2] ?? '', process.env);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void service.drain());
}

if (require.main === module) {
  main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}

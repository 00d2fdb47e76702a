import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

/** What is wrong, as texts; each list is empty when nothing is. */
export interface Health {
  /** What a restart would help against. */
  notAlive(): string[];
  /** What keeps the bridge from taking requests at the moment. A model that is down is not a reason. */
  notReady(): string[];
  /** What has kept the bridge from ever taking requests. */
  notStarted(): string[];
}

/** Serves /livez, /readyz, /startupz, /healthz and /metrics. */
export async function serveOperations(
  { host, port }: { host: string; port: number },
  health: Health,
  registry: Registry,
): Promise<Server> {
  const server = createServer((request, response) => {
    const reply = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
      response.writeHead(status, { 'content-type': type }).end(text);
    const probe = (problems: string[]) =>
      problems.length === 0 ? reply(200, 'ok\n') : reply(503, `${problems.join('\n')}\n`);
    switch (request.url?.split('?')[0]) {
      case '/livez':
        probe(health.notAlive());
        return;
      case '/readyz':
        probe(health.notReady());
        return;
      case '/startupz':
        probe(health.notStarted());
        return;
      case '/healthz':
        probe([...health.notAlive(), ...health.notReady()]);
        return;
      case '/metrics':
        registry.metrics().then(
          (text) => reply(200, text, registry.contentType),
          (error: Error) => reply(500, `${error.message}\n`),
        );
        return;
      default:
        reply(404, 'here are /livez, /readyz, /startupz, /healthz and /metrics\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

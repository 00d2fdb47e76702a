import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

export interface Health {
  /** What keeps the bridge from taking requests; empty when nothing does. A model that is down is not a reason. */
  notReady(): string[];
}

/** Serves /livez, /readyz and /metrics. */
export async function serveOperations(
  { host, port }: { host: string; port: number },
  health: Health,
  registry: Registry,
): Promise<Server> {
  const server = createServer((request, response) => {
    const reply = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
      response.writeHead(status, { 'content-type': type }).end(text);
    switch (request.url?.split('?')[0]) {
      case '/livez':
        reply(200, 'ok\n');
        return;
      case '/readyz': {
        const reasons = health.notReady();
        reply(reasons.length === 0 ? 200 : 503, reasons.length === 0 ? 'ok\n' : `${reasons.join('\n')}\n`);
        return;
      }
      case '/metrics':
        registry.metrics().then(
          (text) => reply(200, text, registry.contentType),
          (error: Error) => reply(500, `${error.message}\n`),
        );
        return;
      default:
        reply(404, 'here are /livez, /readyz and /metrics\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

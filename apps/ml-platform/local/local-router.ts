import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpRoute, HttpRoutes } from '../../../lib';

export interface LocalRouterOptions {
  /** Whose rules it applies. */
  readonly routes: HttpRoutes;
  /** Where a Service's pods are on this machine. */
  readonly origins: ReadonlyMap<string, string>;
  /** `user:password`, for routes that ask for one. */
  readonly login: string;
  readonly port?: number;
}

export interface LocalRouter {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * What the controller does in the cluster, for this machine: finds the route by host and path, asks for the password,
 * limits the body, rewrites the path, and tells the service for whom it asks. The routes are the stack's own.
 */
export async function startLocalRouter({ routes, origins, login, port }: LocalRouterOptions): Promise<LocalRouter> {
  const server = createServer((incoming, response) => {
    const { pathname, search } = new URL(incoming.url ?? '/', 'http://localhost');
    const route = routes.find(incoming.headers.host ?? '', pathname);
    const origin = route && origins.get(route.backend.service.name);
    if (!route || !origin) return refuse(response, 503, 'no route leads anywhere');
    if (!isLoggedIn(route, incoming, login)) return refuse(response, 401, 'who are you?');
    if (isTooLarge(route, incoming)) return refuse(response, 413, 'that is too large');
    forward(incoming, response, new URL(route.rewritten(pathname) + search, origin), routes.encrypted);
  });
  server.listen(port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function forward(incoming: IncomingMessage, response: ServerResponse, target: URL, encrypted: boolean): void {
  const headers = {
    ...incoming.headers,
    authorization: undefined,
    'x-forwarded-for': incoming.socket.remoteAddress,
    'x-forwarded-host': incoming.headers.host,
    // As behind TLS: the services see what they would see in the cluster.
    'x-forwarded-proto': encrypted ? 'https' : 'http',
  };
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const outgoing = request(target, { method: incoming.method, headers: given }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', (error) => refuse(response, 502, error.message));
  incoming.pipe(outgoing);
}

function isLoggedIn({ auth }: HttpRoute, { headers }: IncomingMessage, login: string): boolean {
  if (!auth) return true;
  const expected = Buffer.from(`Basic ${Buffer.from(login).toString('base64')}`);
  const given = Buffer.from(headers.authorization ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function isTooLarge({ maxBody }: HttpRoute, { headers }: IncomingMessage): boolean {
  return maxBody !== undefined && Number(headers['content-length'] ?? 0) > maxBody.toKibibytes() * 1024;
}

function refuse(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const ask = status === 401 ? { 'www-authenticate': 'Basic realm="restricted"' } : {};
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close', ...ask }).end(`${text}\n`);
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

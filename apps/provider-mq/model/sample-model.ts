import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { predict, UnreadableData } from './arithmetic';

/** The example model: `GET /health`, and `POST /predict` with `{"data": ...}`. */
export interface SampleModel {
  readonly url: string;
  /** What it was asked, the newest last. */
  readonly requestIds: readonly string[];
  close(): Promise<void>;
}

export async function startSampleModel(port = 0): Promise<SampleModel> {
  const requestIds: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response, requestIds).catch((error: Error) => reply(response, 500, { error: error.message }));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${actual}`, requestIds, close: () => close(server) };
}

async function answer(request: IncomingMessage, response: ServerResponse, requestIds: string[]): Promise<void> {
  const route = `${request.method} ${request.url}`;
  if (route === 'GET /health') return reply(response, 200, { status: 'OK' });
  if (route !== 'POST /predict') return reply(response, 404, { error: `there is no ${route}` });
  const id = request.headers.rquid?.toString();
  if (id !== undefined) requestIds.push(id);
  const body = parsed(await text(request));
  if (body === undefined) return reply(response, 400, { error: 'the body is no JSON object' });
  if (!('data' in body)) return reply(response, 404, { error: 'the body has no data' });
  try {
    reply(response, 200, { result: predict(body.data) });
  } catch (error) {
    if (!(error instanceof UnreadableData)) throw error;
    reply(response, 400, { error: error.message });
  }
}

function parsed(body: string): { readonly data?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

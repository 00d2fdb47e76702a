import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpModel {
  readonly origin: string;
  /** What it was asked, as `path body`. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** Answers every request with the path and the body it was asked with, as JSON. */
export async function startHttpModel(): Promise<HttpModel> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      asked.push(`${request.url} ${body}`);
      response.writeHead(200, { 'content-type': 'application/json' }).end(answerTo(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** What the model says to a body. */
export function answerTo(body: string): string {
  return JSON.stringify({ predictions: [body] });
}

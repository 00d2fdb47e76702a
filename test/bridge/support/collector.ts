import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

interface Export {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** OTLP as protobuf, in which texts are readable. */
  readonly text: string;
}

/** Takes spans, and is gone after the test. */
export async function startCollector() {
  const exports: Export[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { url = '', headers } = incoming;
      exports.push({ url, headers, text: Buffer.concat(chunks).toString('latin1') });
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { exports, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

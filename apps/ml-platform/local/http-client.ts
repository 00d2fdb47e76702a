import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Ask {
  readonly host: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly version: string | undefined;
  readonly body: string;
}

/** Asks a port of this machine as if it were a host; fetch would not let the Host header be set. */
export async function ask(port: number, { host, path, method = 'GET', headers = {}, body }: Ask): Promise<Answer> {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const target = { port, host: '127.0.0.1', path, method, agent: false };
  const outgoing = request({ ...target, headers: { ...headers, ...length, host } });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return {
    status: answer.statusCode ?? 0,
    location: answer.headers.location,
    version: answer.headers['x-model-version']?.toString(),
    body: (await text(answer)).trim(),
  };
}

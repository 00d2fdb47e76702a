import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { GATEWAY_HOST } from '../topology';
import type { KeyPair } from './authority';

/** Somebody who asks the gateway. */
export interface Requester {
  readonly port: number;
  /** Who signed the gateway's certificate. */
  readonly authority: string;
  /** What the requester shows; nothing for one that has no certificate. */
  readonly own: KeyPair | undefined;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Posts to `/v1/predict`. */
export async function askGateway(
  { port, authority, own }: Requester,
  headers: Record<string, string>,
  body: string,
): Promise<GatewayAnswer> {
  const outgoing = request({
    ...{ host: '127.0.0.1', port, path: '/v1/predict', method: 'POST', agent: false },
    ...{ ca: authority, servername: GATEWAY_HOST, key: own?.key, cert: own?.cert },
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
  });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger } from './ledger';
import { answer, readRequest } from './messages';

/** What the model process tells its parent: its port once, and its ledger whenever it is asked. */
export type ModelMessage = { readonly port: number } | { readonly calls: number };

const SHORTEST_MS = 2;
const LONGEST_MS = 30;

const ledger = new Ledger();

const server = createServer((incoming, response) => {
  // A bridge that is killed while it asks is no fault of the model.
  predict(incoming, response).catch(() => response.destroy());
});

server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }));
process.on('message', () => tell({ calls: ledger.entries }));
process.on('disconnect', () => process.exit());

async function predict(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { id, delayMs } = readRequest(await text(incoming));
  ledger.enter(id);
  await sleep(delayMs ?? SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS));
  response.writeHead(200, { 'content-type': 'application/json' }).end(answer(id));
}

function tell(message: ModelMessage): void {
  process.send?.(message);
}

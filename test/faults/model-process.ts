import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port';
import { Ledger } from './ledger';
import { answer, readRequest } from './messages';

/** What the model can be told. */
export type ModelCommand =
  | { readonly do: 'report' }
  | { readonly do: 'list' }
  /** Says yes from now on, or with another status no. */
  | { readonly do: 'answer'; readonly status: number }
  /** Takes requests and gives no answers, until it is told to release them. */
  | { readonly do: 'hold' }
  | { readonly do: 'release' }
  /** Breaks every connection and refuses new ones, until it is told to come back. */
  | { readonly do: 'go away' }
  | { readonly do: 'come back' };

/** What the model tells: the number of the command first, so that several can be under way. */
export type ModelMessage = { readonly port: number } | ({ readonly re: number } & Partial<ModelReport & ModelList>);

export interface ModelReport {
  /** How often it was called, and how often it said no. */
  readonly calls: number;
  readonly refusals: number;
}

export interface ModelList {
  /** The ids it was ever asked for. */
  readonly ids: readonly string[];
}

const SHORTEST_MS = 2;
const LONGEST_MS = 30;

const ledger = new Ledger();
let refusals = 0;
let status = 200;
let held: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

const server = createServer((incoming, response) => {
  // A bridge that is killed while it asks is no fault of the model.
  predict(incoming, response).catch(() => response.destroy());
});

async function main(): Promise<void> {
  const port = await freePort();
  const listen = () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen();
  process.on('message', ({ re, command }: { re: number; command: ModelCommand }) => {
    obey(command, listen).then((told) => tell({ re, ...told }));
  });
  process.on('disconnect', () => process.exit());
  tell({ port });
}

async function obey(command: ModelCommand, listen: () => Promise<void>): Promise<Partial<ModelReport & ModelList>> {
  switch (command.do) {
    case 'report':
      return { calls: ledger.entries, refusals };
    case 'list':
      return { ids: ledger.ids() };
    case 'answer':
      status = command.status;
      return {};
    case 'hold':
      held ??= Promise.withResolvers<void>();
      return {};
    case 'release':
      held?.resolve();
      held = undefined;
      return {};
    case 'go away':
      server.close();
      server.closeAllConnections();
      return {};
    case 'come back':
      await listen();
      return {};
  }
}

async function predict(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { id, delayMs, answerBytes } = readRequest(await text(incoming));
  ledger.enter(id);
  await held?.promise;
  await sleep(delayMs ?? SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS));
  if (status === 200) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer(id, answerBytes));
    return;
  }
  refusals += 1;
  response.writeHead(status, { 'content-type': 'text/plain' }).end('not now');
}

function tell(message: ModelMessage): void {
  process.send?.(message);
}

void main();

import { type AddressInfo, createServer, type Socket } from 'node:net';

/**
 * A model that takes no time: what it costs is the machine's loopback, and not an HTTP server.
 *
 * It understands the requests of the benchmark and no others: one at a time on a connection, with a content length, and
 * instances that are texts without a quotation mark. A request that says so is answered after `delayMs`.
 */

const HEAD_END = Buffer.from('\r\n\r\n');
const PREDICTION = 'x'.repeat(237);
/** By the number of predictions in them. */
const answers = new Map<number, Buffer>();

const server = createServer((socket) => {
  socket.setNoDelay(true);
  let unread = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    const request = wholeRequest(unread);
    if (request === undefined) return;
    unread = Buffer.alloc(0);
    answer(socket, request);
  });
  // A bridge that ends is no fault of the model.
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
});
process.on('disconnect', () => process.exit());

/** The text of a request, as soon as all of it is there. */
function wholeRequest(bytes: Buffer): string | undefined {
  const head = bytes.indexOf(HEAD_END);
  if (head === -1) return undefined;
  const text = bytes.toString('latin1');
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
  return bytes.length < head + HEAD_END.length + length ? undefined : text;
}

function answer(socket: Socket, request: string): void {
  const delayMs = /"delayMs":(\d+)/.exec(request)?.[1];
  const predictions = answerOf(request.split('","').length);
  if (delayMs === undefined) socket.write(predictions);
  else setTimeout(() => socket.write(predictions), Number(delayMs));
}

function answerOf(count: number): Buffer {
  const known = answers.get(count);
  if (known) return known;
  const body = JSON.stringify({ predictions: Array(count).fill(PREDICTION) });
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  const answer = Buffer.from(head + body);
  answers.set(count, answer);
  return answer;
}

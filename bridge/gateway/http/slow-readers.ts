import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/**
 * Gives up on a requester that does not go on reading its response: what is not read is in memory, and the request keeps
 * its place among those that the gateway takes at a time.
 *
 * To be called when all of the response is written. Node starts this clock anew whenever some of it has gone.
 *
 * @param ms in which nothing was read
 */
export function waitForReader(response: ServerResponse, ms: number): void {
  const { socket } = response;
  if (!(socket instanceof Socket) || socket.writableLength === 0) return;
  socket.setTimeout(ms);
  // Before Node starts the clock for the next request, which is another one.
  response.prependOnceListener('finish', () => socket.setTimeout(0));
}

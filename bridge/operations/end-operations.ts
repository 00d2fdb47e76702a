import type { Server } from 'node:http';
import { within } from '../pacing/within';
import type { Tracing } from './tracing/tracing';

/** How long a collector of traces has to take the last of them. */
const LAST_SPANS_MS = 3_000;

/** The last that a program does: it hands out its spans, and then its health and metrics are no longer served. */
export async function endOperations(server: Server, tracing: Tracing): Promise<void> {
  await within(
    LAST_SPANS_MS,
    tracing.close().catch(() => undefined),
  );
  server.close();
  server.closeAllConnections();
}

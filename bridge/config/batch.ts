import * as z from 'zod';
import { BATCH_DEFAULTS } from './batch-defaults';

/** The largest packet of MQTT. */
const MAX_PACKET_BYTES = 268_435_455;

/** How requests to one model share a call. Left out, each has a call of its own. */
export const batch = z.strictObject({
  /** Instances, or rows of tensors, in a call; not requests, of which each may have several. */
  maxItems: z.int().min(2).max(10_000).default(BATCH_DEFAULTS.maxItems),
  /** How long a request waits for company; with 0 only what has arrived together goes together. */
  maxDelayMs: z.int().min(0).max(1_000).default(BATCH_DEFAULTS.maxDelayMs),
  /** Bytes of requests in a call. */
  maxBytes: z.int().min(1).max(MAX_PACKET_BYTES).default(BATCH_DEFAULTS.maxBytes),
});

export type BatchConfig = z.output<typeof batch>;

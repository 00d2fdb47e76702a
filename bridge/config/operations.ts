import * as z from 'zod';
import { BRIDGE_DEFAULTS as defaults } from './defaults';
import { tracing } from './tracing';

/** What whoever looks after a process sees of it; the same for every kind of it. */
export const operations = {
  http: z
    .strictObject({
      host: z.string().default(defaults.httpHost),
      port: z.int().min(0).max(65_535).default(defaults.httpPort),
    })
    .prefault({}),
  tracing: tracing.optional(),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default(defaults.logLevel) }).prefault({}),
};

import * as z from 'zod';
import { urlOf } from './url';

/** Where traces go. What is left out is said by the environment variables of OpenTelemetry, or else by its defaults. */
export const tracing = z.strictObject({
  /** Of a collector that speaks OTLP over HTTP; `/v1/traces` is added where there is no path. */
  endpoint: urlOf(['http', 'https'], 'Use tracing.headersFile').optional(),
  /** Headers for the collector, a line each. */
  headersFile: z.string().min(1).optional(),
  /** How many of the traces that begin here are recorded. Whoever began a trace has decided for it. */
  sampleRatio: z.number().min(0).max(1).optional(),
  serviceName: z.string().min(1).optional(),
});

export type TracingConfig = z.output<typeof tracing>;

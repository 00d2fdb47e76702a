import { readFileSync } from 'node:fs';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '../../config/tracing';
import { parseHeaderLines } from './header-lines';

type Done = Parameters<SpanExporter['export']>[1];

export interface ExportEvents {
  /** @param failure why the collector does not have these spans; they are lost */
  readonly exported: (spans: number, failure: Error | undefined) => void;
}

/** Sends spans to a collector, and tells what became of them: the SDK itself is silent about it. */
export class OtlpExporter implements SpanExporter {
  readonly #inner: OTLPTraceExporter;
  readonly #events: ExportEvents;

  constructor({ endpoint, headersFile }: TracingConfig, events: ExportEvents) {
    this.#events = events;
    this.#inner = new OTLPTraceExporter({
      ...(endpoint !== undefined && { url: tracesUrl(endpoint) }),
      ...(headersFile !== undefined && { headers: async () => this.#headers(headersFile) }),
    });
  }

  export(spans: ReadableSpan[], done: Done): void {
    this.#inner.export(spans, (result) => {
      this.#events.exported(
        spans.length,
        result.code === 0 ? undefined : (result.error ?? new Error('no reason given')),
      );
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.#inner.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }

  /** Read for each export, because secrets are rotated. Without it the collector is asked all the same, and says no. */
  #headers(file: string): Record<string, string> {
    try {
      return parseHeaderLines(readFileSync(file, 'utf8'));
    } catch (error) {
      this.#events.exported(0, error as Error);
      return {};
    }
  }
}

/** OTEL_EXPORTER_OTLP_ENDPOINT names a collector and not one of its paths; this is how it is understood there, too. */
function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}

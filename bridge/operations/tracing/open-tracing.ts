import type { TracingConfig } from '../../config/tracing';
import type { ExportEvents } from './otlp-exporter';
import { PASS_ON, type Tracing } from './tracing';

/**
 * What the configuration asks for. The SDK is loaded only when it does, and not where OTEL_SDK_DISABLED says no.
 *
 * @param instance tells the spans of this process from another's
 * @param service what it is called where nobody has given it a name
 */
export async function openTracing(
  config: TracingConfig | undefined,
  instance: string,
  events: ExportEvents,
  service = 'edge-inference-bridge',
): Promise<Tracing> {
  if (config === undefined || /^true$/i.test(process.env.OTEL_SDK_DISABLED ?? '')) return PASS_ON;
  const { createOtlpTracing } = await import('./otlp-tracing.js');
  return createOtlpTracing(config, { service, instance }, events);
}

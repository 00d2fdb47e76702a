import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '../../config/tracing';
import { type ExportEvents, OtlpExporter } from './otlp-exporter';
import { RouteRecording, ServerRecording } from './recording';
import type { TracedProcess, Tracing } from './tracing';

const TRACER = 'edge-inference-bridge';

/**
 * Records traces with OpenTelemetry's SDK. What the configuration leaves open is read from OTEL_* by the SDK: sampler,
 * sizes of batches, limits, endpoint, certificates, timeouts and attributes of the resource.
 *
 * Loads the SDK: import this file only where traces are wanted.
 */
export function createOtlpTracing(
  config: TracingConfig,
  { service, instance }: TracedProcess,
  events: ExportEvents,
): Tracing {
  const { sampleRatio, serviceName } = config;
  const processor = new BatchSpanProcessor(new OtlpExporter(config, events));
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance }))
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes(serviceName === undefined ? {} : { 'service.name': serviceName })),
    spanProcessors: [processor],
    ...(sampleRatio !== undefined && {
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    }),
  });
  const tracer = provider.getTracer(TRACER);
  return {
    of: (route) => new RouteRecording(tracer, route),
    serving: (route) => new ServerRecording(tracer, route),
    close: () => provider.shutdown(),
  };
}

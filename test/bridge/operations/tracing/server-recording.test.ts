import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { ServerRecording } from '../../../../bridge/operations/tracing/recording';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const REQUEST = {
  id: 'r-1',
  method: 'POST',
  headers: { traceparent: `00-${TRACE}-${CALLER}-01`, tracestate: 'vendor=1' },
};

function recording(system?: 'rabbitmq') {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const server = new ServerRecording(provider.getTracer('test'), { name: 'predict', path: '/v1/predict', system });
  return { server, spans: () => exporter.getFinishedSpans() };
}

describe('an HTTP request', () => {
  it('is a span of the trace that it came with', () => {
    const { server, spans } = recording();

    server.serve(REQUEST).answered(200);

    expect(spans()).toMatchObject([
      {
        name: 'POST /v1/predict',
        kind: SpanKind.SERVER,
        parentSpanContext: { traceId: TRACE, spanId: CALLER },
        attributes: {
          'http.request.method': 'POST',
          'http.route': '/v1/predict',
          'http.response.status_code': 200,
          'gateway.route': 'predict',
          'gateway.request_id': 'r-1',
        },
        status: { code: SpanStatusCode.UNSET },
      },
    ]);
  });

  it('begins a trace where it came with none', () => {
    const { server, spans } = recording();

    const trace = server.serve({ ...REQUEST, headers: {} });
    trace.answered(200);

    expect(spans()[0]?.parentSpanContext).toBeUndefined();
    expect(trace.fields.traceparent).toContain(spans()[0]?.spanContext().traceId);
  });

  it('is an error when it is answered with 5xx, and not when its requester was wrong', () => {
    const { server, spans } = recording();

    server.serve(REQUEST).answered(504, 'BRIDGE_ERR_ANSWER_TIMEOUT');
    server.serve(REQUEST).answered(422, 'BRIDGE_ERR_REQUEST_INVALID');

    expect(spans().map(({ status, attributes }) => [status.code, attributes['error.type']])).toStrictEqual([
      [SpanStatusCode.ERROR, 'BRIDGE_ERR_ANSWER_TIMEOUT'],
      [SpanStatusCode.UNSET, 'BRIDGE_ERR_REQUEST_INVALID'],
    ]);
  });

  it('has a span in it for the message that it is handed on with, and that message says so', () => {
    const { server, spans } = recording('rabbitmq');

    const trace = server.serve(REQUEST);
    const step = trace.publish('ML.MQ:predict.now');
    step.end('BRIDGE_ERR_UNROUTABLE');
    trace.answered(404, 'BRIDGE_ERR_UNROUTABLE');

    const [publishing, serving] = spans();
    expect(publishing).toMatchObject({
      name: 'send',
      kind: SpanKind.PRODUCER,
      parentSpanContext: { spanId: serving?.spanContext().spanId },
      attributes: { 'messaging.system': 'rabbitmq', 'messaging.destination.name': 'ML.MQ:predict.now' },
      status: { code: SpanStatusCode.ERROR },
    });
    expect(step.fields).toStrictEqual({
      traceparent: `00-${TRACE}-${publishing?.spanContext().spanId}-01`,
      tracestate: 'vendor=1',
    });
    expect(trace.fields.traceparent).toBe(`00-${TRACE}-${serving?.spanContext().spanId}-01`);
  });

  it('has a span in it for each call to a model', () => {
    const { server, spans } = recording();

    const trace = server.serve(REQUEST);
    trace.callModel('http://iris.example/v1/models/iris:predict?key=secret').end('503');
    trace.callModel('http://iris.example/v1/models/iris:predict').end('200');
    trace.answered(200);

    expect(
      spans().map(({ name, kind, attributes }) => [name, kind, attributes['http.response.status_code']]),
    ).toStrictEqual([
      ['POST', SpanKind.CLIENT, 503],
      ['POST', SpanKind.CLIENT, 200],
      ['POST /v1/predict', SpanKind.SERVER, 200],
    ]);
    expect(JSON.stringify(spans().map(({ attributes }) => attributes))).not.toContain('secret');
  });
});

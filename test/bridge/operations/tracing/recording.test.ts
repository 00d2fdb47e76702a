import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { RouteRecording } from '../../../../bridge/operations/tracing/recording';
import type { TracedMessage, TracedRoute } from '../../../../bridge/operations/tracing/tracing';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

function recording({ ratio = 1, route = {} }: { ratio?: number; route?: Partial<TracedRoute> } = {}) {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const traces = new RouteRecording(provider.getTracer('test'), {
    name: 'iris',
    source: 'iris/input',
    system: 'mqtt',
    ...route,
  });
  return { traces, spans: () => exporter.getFinishedSpans() };
}

const asked = (properties?: Record<string, string>): TracedMessage => ({
  address: 'iris/input',
  bytes: 1,
  qos: 1,
  properties,
});

describe('RouteRecording', () => {
  it('records a request, the call to its model, and its answer, one within the other', () => {
    const { traces, spans } = recording({ route: { source: 'iris/input' } });

    const trace = traces.begin('r-1', asked());
    trace.callModel('http://iris.example:8080/v1/models/iris:predict?key=hunter2').end('200');
    trace.publish('iris/output').end();
    trace.end('reply');

    const [call, send, process] = spans();
    expect(spans().map(({ name, kind }) => ({ name, kind }))).toEqual([
      { name: 'POST', kind: SpanKind.CLIENT },
      { name: 'send', kind: SpanKind.PRODUCER },
      { name: 'process iris/input', kind: SpanKind.CONSUMER },
    ]);
    for (const step of [call, send]) {
      expect(step?.parentSpanContext?.spanId).toBe(process?.spanContext().spanId);
      expect(step?.spanContext().traceId).toBe(process?.spanContext().traceId);
    }
    expect(process?.attributes).toEqual({
      'messaging.system': 'mqtt',
      'messaging.operation.type': 'process',
      'messaging.operation.name': 'process',
      'messaging.destination.name': 'iris/input',
      'messaging.message.conversation_id': 'r-1',
      'messaging.message.body.size': 1,
      'messaging.mqtt.qos': 1,
      'bridge.route': 'iris',
      'bridge.outcome': 'reply',
    });
    expect(call?.attributes).toEqual({
      'http.request.method': 'POST',
      'url.full': 'http://iris.example:8080/v1/models/iris:predict',
      'server.address': 'iris.example',
      'server.port': 8080,
      'http.response.status_code': 200,
    });
    expect(send?.attributes).toMatchObject({ 'messaging.destination.name': 'iris/output' });
  });

  it('is a part of the trace of whoever asked', () => {
    const { traces, spans } = recording();

    traces.begin('r-1', asked({ traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'vendor=1' })).end('reply');

    expect(spans()[0]?.spanContext().traceId).toBe(TRACE);
    expect(spans()[0]?.parentSpanContext).toMatchObject({ spanId: SPAN, isRemote: true });
  });

  it('tells the model, and whoever gets the answer, of the step that they take part in', () => {
    const { traces, spans } = recording();
    const trace = traces.begin('r-1', asked({ traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'vendor=1' }));

    const call = trace.callModel('http://iris.example');
    call.end('200');

    const { spanId } = spans()[0]?.spanContext() ?? {};
    expect(call.fields).toEqual({ traceparent: `00-${TRACE}-${spanId}-01`, tracestate: 'vendor=1' });
  });

  it('names each call after the first as one that was made again', () => {
    const { traces, spans } = recording();
    const trace = traces.begin('r-1', asked());

    for (const status of ['503', '503', '200']) trace.callModel('http://iris.example').end(status);

    expect(spans().map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1, 2]);
  });

  it.each([
    ['503', { 'error.type': '503', 'http.response.status_code': 503 }],
    ['BRIDGE_ERR_MODEL_TIMEOUT', { 'error.type': 'BRIDGE_ERR_MODEL_TIMEOUT' }],
  ])('records a call that ended with %s as an error', (result, attributes) => {
    const { traces, spans } = recording();

    traces.begin('r-1', asked()).callModel('https://iris.example').end(result);

    expect(spans()[0]?.attributes).toMatchObject({ ...attributes, 'server.port': 443 });
    expect(spans()[0]?.status.code).toBe(SpanStatusCode.ERROR);
  });

  it('records a request without a prediction by the code of what kept it from one', () => {
    const { traces, spans } = recording();

    traces.begin('r-1', asked()).end('error', 'BRIDGE_ERR_MODEL_TIMEOUT');

    expect(spans()[0]?.attributes).toMatchObject({
      'bridge.outcome': 'error',
      'error.type': 'BRIDGE_ERR_MODEL_TIMEOUT',
    });
    expect(spans()[0]?.status).toEqual({ code: SpanStatusCode.ERROR });
  });

  it('records nothing of a trace that its beginner does not record, and still passes it on', () => {
    const { traces, spans } = recording();
    const trace = traces.begin('r-1', asked({ traceparent: `00-${TRACE}-${SPAN}-00` }));

    const { traceparent } = trace.callModel('http://iris.example').fields;
    trace.end('reply');

    expect(spans()).toEqual([]);
    expect(traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  });

  it('records no trace that begins here with a ratio of 0, and one that was begun elsewhere all the same', () => {
    const { traces, spans } = recording({ ratio: 0 });

    traces.begin('r-1', asked()).end('reply');
    expect(spans()).toHaveLength(0);

    traces.begin('r-2', asked({ traceparent: `00-${TRACE}-${SPAN}-01` })).end('reply');
    expect(spans()).toHaveLength(1);
  });

  it('never has a payload in a span', () => {
    const { traces, spans } = recording();

    traces.begin('r-1', { ...asked(), bytes: 12 }).end('reply');

    expect(JSON.stringify(spans().map(({ attributes, name }) => ({ attributes, name })))).not.toContain('Ada');
  });
});

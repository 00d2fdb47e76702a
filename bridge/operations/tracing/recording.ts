import {
  type Attributes,
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { IPublishPacket } from 'mqtt';
import type { RouteConfig } from '../../config';
import { type TraceFields, traceFieldsOf } from './trace-fields';
import type { RequestTrace, RouteTracing, Step } from './tracing';

/**
 * Records the requests of one route: a span for each, and within it one for each call to a model and each answer.
 *
 * Names of spans have the route's topics as they are configured, so that there are as many names as routes.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export class RouteRecording implements RouteTracing {
  readonly #tracer: Tracer;
  readonly #route: RouteConfig;

  constructor(tracer: Tracer, route: RouteConfig) {
    this.#tracer = tracer;
    this.#route = route;
  }

  begin(requestId: string, { topic, payload, qos, properties }: IPublishPacket): RequestTrace {
    const { name, requestTopic } = this.#route;
    const attributes = {
      ...messaging('process', topic),
      'messaging.message.conversation_id': requestId,
      'messaging.message.body.size': payload.length,
      'messaging.mqtt.qos': qos,
      'bridge.route': name,
    };
    const caller = callerContext(traceFieldsOf(properties?.userProperties));
    const span = this.#tracer.startSpan(`process ${requestTopic}`, { kind: SpanKind.CONSUMER, attributes }, caller);
    return new RequestRecording(this.#tracer, span, caller);
  }
}

class RequestRecording implements RequestTrace {
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;
  #calls = 0;

  constructor(tracer: Tracer, span: Span, caller: Context) {
    this.#tracer = tracer;
    this.#span = span;
    this.#context = trace.setSpan(caller, span);
  }

  callModel(url: string): Step {
    const { origin, pathname, hostname, port, protocol } = new URL(url);
    const attributes: Attributes = {
      'http.request.method': 'POST',
      // Without the query, which may hold a key.
      'url.full': origin + pathname,
      'server.address': hostname,
      'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
    };
    if (this.#calls > 0) attributes['http.request.resend_count'] = this.#calls;
    this.#calls += 1;
    return new HttpStep(this.#tracer.startSpan('POST', { kind: SpanKind.CLIENT, attributes }, this.#context));
  }

  publish(topic: string): Step {
    const options = { kind: SpanKind.PRODUCER, attributes: messaging('send', topic) };
    return new RecordedStep(this.#tracer.startSpan('send', options, this.#context));
  }

  end(outcome: string, problem?: string): void {
    this.#span.setAttribute('bridge.outcome', outcome);
    finish(this.#span, problem);
  }
}

class RecordedStep implements Step {
  protected readonly span: Span;

  constructor(span: Span) {
    this.span = span;
  }

  get fields(): TraceFields {
    const { traceId, spanId, traceFlags, traceState } = this.span.spanContext();
    const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
    const tracestate = traceState?.serialize();
    return tracestate ? { traceparent, tracestate } : { traceparent };
  }

  end(result?: string): void {
    finish(this.span, result);
  }
}

class HttpStep extends RecordedStep {
  override end(result: string): void {
    const status = /^\d{3}$/.test(result) ? Number(result) : undefined;
    if (status !== undefined) this.span.setAttribute('http.response.status_code', status);
    finish(this.span, status !== undefined && status < 400 ? undefined : result);
  }
}

function finish(span: Span, problem: string | undefined): void {
  if (problem !== undefined) span.setAttribute('error.type', problem).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function messaging(operation: string, topic: string): Attributes {
  return {
    'messaging.system': 'mqtt',
    'messaging.operation.type': operation,
    'messaging.operation.name': operation,
    'messaging.destination.name': topic,
  };
}

/** Whoever asked, as the parent of what the bridge does for it. */
function callerContext({ traceparent, tracestate }: TraceFields): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    // Of the flags, only the first bit has a meaning here; those of later versions may not be passed on.
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  });
}

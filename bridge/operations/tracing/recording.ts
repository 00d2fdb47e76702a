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
import { type TraceFields, traceFieldsOf } from './trace-fields';
import type {
  AskTrace,
  RequestTrace,
  RouteTracing,
  ServedRequest,
  ServedRoute,
  ServerTrace,
  ServerTracing,
  Step,
  TracedMessage,
  TracedRoute,
} from './tracing';

/**
 * Records the requests of one route: a span for each, and within it one for each call to a model and each answer.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export class RouteRecording implements RouteTracing {
  readonly #tracer: Tracer;
  readonly #route: TracedRoute;

  constructor(tracer: Tracer, route: TracedRoute) {
    this.#tracer = tracer;
    this.#route = route;
  }

  begin(requestId: string, { address, bytes, qos, properties }: TracedMessage): RequestTrace {
    const { name, source, system } = this.#route;
    const attributes = {
      ...messaging(system, 'process', address),
      'messaging.message.conversation_id': requestId,
      'messaging.message.body.size': bytes,
      ...(qos !== undefined && { 'messaging.mqtt.qos': qos }),
      'bridge.route': name,
    };
    const caller = callerContext(traceFieldsOf(properties));
    const span = this.#tracer.startSpan(`process ${source}`, { kind: SpanKind.CONSUMER, attributes }, caller);
    return new RequestRecording(this.#tracer, span, caller, system);
  }
}

/**
 * Records the HTTP requests to one route: a span for each, and within it one for each message and each call to a model.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export class ServerRecording implements ServerTracing {
  readonly #tracer: Tracer;
  readonly #route: ServedRoute;

  constructor(tracer: Tracer, route: ServedRoute) {
    this.#tracer = tracer;
    this.#route = route;
  }

  serve({ id, method, headers }: ServedRequest): ServerTrace {
    const { name, path, system } = this.#route;
    const attributes = {
      'http.request.method': method,
      'http.route': path,
      'gateway.route': name,
      'gateway.request_id': id,
    };
    const caller = callerContext(traceFieldsOf(headers));
    const span = this.#tracer.startSpan(`${method} ${path}`, { kind: SpanKind.SERVER, attributes }, caller);
    return new ServedRecording(this.#tracer, span, caller, system);
  }
}

/** What is done for a request, as spans within its own. */
class StepsRecording implements AskTrace {
  protected readonly span: Span;
  readonly #tracer: Tracer;
  readonly #context: Context;
  readonly #system: TracedRoute['system'] | undefined;
  #calls = 0;

  constructor(tracer: Tracer, span: Span, caller: Context, system: TracedRoute['system'] | undefined) {
    this.#system = system;
    this.#tracer = tracer;
    this.span = span;
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

  publish(address: string): Step {
    const options = { kind: SpanKind.PRODUCER, attributes: messaging(this.#system, 'send', address) };
    return new RecordedStep(this.#tracer.startSpan('send', options, this.#context));
  }
}

class RequestRecording extends StepsRecording implements RequestTrace {
  end(outcome: string, problem?: string): void {
    this.span.setAttribute('bridge.outcome', outcome);
    finish(this.span, problem);
  }
}

class ServedRecording extends StepsRecording implements ServerTrace {
  get fields(): TraceFields {
    return fieldsOf(this.span);
  }

  answered(status: number, problem?: string): void {
    this.span.setAttribute('http.response.status_code', status);
    if (problem !== undefined) this.span.setAttribute('error.type', problem);
    // What the requester did wrong is no error of the server's.
    if (status >= 500) this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.end();
  }
}

class RecordedStep implements Step {
  protected readonly span: Span;

  constructor(span: Span) {
    this.span = span;
  }

  get fields(): TraceFields {
    return fieldsOf(this.span);
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

function fieldsOf(span: Span): TraceFields {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  const tracestate = traceState?.serialize();
  return tracestate ? { traceparent, tracestate } : { traceparent };
}

function messaging(system: TracedRoute['system'] | undefined, operation: string, address: string): Attributes {
  return {
    ...(system !== undefined && { 'messaging.system': system }),
    'messaging.operation.type': operation,
    'messaging.operation.name': operation,
    'messaging.destination.name': address,
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

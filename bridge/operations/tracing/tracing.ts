import { NO_FIELDS, type TraceFields, traceFieldsOf } from './trace-fields';

/** What goes with a message beside its payload: user properties in MQTT 5, headers in AMQP. */
export type UserProperties = Readonly<Record<string, string | string[]>>;

/** A route, as traces show it. */
export interface TracedRoute {
  readonly name: string;
  /** Where its requests come from as it is configured, so that there are as many names as routes. */
  readonly source: string;
  readonly system: 'mqtt' | 'rabbitmq';
}

/** A message that begins a trace, or goes on with one. */
export interface TracedMessage {
  readonly address: string;
  readonly bytes: number;
  readonly qos?: number;
  readonly properties: UserProperties | undefined;
}

/** A route of the gateway, as traces show it. */
export interface ServedRoute {
  readonly name: string;
  /** As it is configured, so that there are as many names as routes. */
  readonly path: string;
  /** What its requests are handed on to; nothing where that is the model itself. */
  readonly system?: TracedRoute['system'] | undefined;
}

/** An HTTP request that begins a trace, or goes on with one. */
export interface ServedRequest {
  readonly id: string;
  readonly method: string;
  readonly headers: UserProperties;
}

/** Whose spans they are. */
export interface TracedProcess {
  /** What it is called where nobody has given it a name. */
  readonly service: string;
  /** Tells its spans from another's. */
  readonly instance: string;
}

/** Follows requests on their way through the bridge, or the gateway. */
export interface Tracing {
  of(route: TracedRoute): RouteTracing;
  serving(route: ServedRoute): ServerTracing;
  /** Sends what it has recorded. */
  close(): Promise<void>;
}

/** Follows the requests of one route. */
export interface RouteTracing {
  begin(requestId: string, message: TracedMessage): RequestTrace;
}

/** Follows one request, from its arrival to the acceptance of its answer. */
export interface RequestTrace {
  callModel(url: string): Step;
  publish(topic: string): Step;
  /** @param problem code of what kept the request from a prediction */
  end(outcome: string, problem?: string): void;
}

/** Follows the HTTP requests to one route. */
export interface ServerTracing {
  serve(request: ServedRequest): ServerTrace;
}

/** What whoever asks a model, or a broker, for somebody needs to know of a trace. */
export type AskTrace = Pick<RequestTrace, 'callModel' | 'publish'>;

/** Follows one HTTP request, from its headers to the end of its response. */
export interface ServerTrace extends AskTrace {
  /** What the requester is told of it. */
  readonly fields: TraceFields;
  /** @param problem code of what kept the request from a prediction */
  answered(status: number, problem?: string): void;
}

/** Something that is done for a request. */
export interface Step {
  /** What whoever takes part in it has to be told. */
  readonly fields: TraceFields;
  /** @param result an HTTP status, or a word for what went wrong; nothing when all went well */
  end(result?: string): void;
}

/** A trace that the bridge leaves no mark in: what came with the request goes on unchanged. */
class PassedOn implements RequestTrace, ServerTrace, Step {
  readonly fields: TraceFields;

  constructor(fields: TraceFields) {
    this.fields = fields;
  }

  callModel(): Step {
    return this;
  }

  publish(): Step {
    return this;
  }

  answered(): void {}

  end(): void {}
}

const NO_TRACE = new PassedOn(NO_FIELDS);
/** Of what is not followed at all. */
export const UNTRACED: ServerTrace = NO_TRACE;

/** For a bridge that records nothing. A request without a trace costs nothing here, not even an object. */
export const PASS_ON: Tracing & RouteTracing & ServerTracing = {
  of: () => PASS_ON,
  serving: () => PASS_ON,
  begin: (_requestId, { properties }) => passedOn(properties),
  serve: ({ headers }) => passedOn(headers),
  close: async () => undefined,
};

function passedOn(properties: UserProperties | undefined): PassedOn {
  const fields = traceFieldsOf(properties);
  return fields === NO_FIELDS ? NO_TRACE : new PassedOn(fields);
}

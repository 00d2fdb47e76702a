import type { IPublishPacket } from 'mqtt';
import type { RouteConfig } from '../../config';
import { NO_FIELDS, type TraceFields, traceFieldsOf } from './trace-fields';

/** Follows requests on their way through the bridge. */
export interface Tracing {
  of(route: RouteConfig): RouteTracing;
  /** Sends what it has recorded. */
  close(): Promise<void>;
}

/** Follows the requests of one route. */
export interface RouteTracing {
  begin(requestId: string, packet: IPublishPacket): RequestTrace;
}

/** Follows one request, from its arrival to the acceptance of its answer. */
export interface RequestTrace {
  callModel(url: string): Step;
  publish(topic: string): Step;
  /** @param problem code of what kept the request from a prediction */
  end(outcome: string, problem?: string): void;
}

/** Something that is done for a request. */
export interface Step {
  /** What whoever takes part in it has to be told. */
  readonly fields: TraceFields;
  /** @param result an HTTP status, or a word for what went wrong; nothing when all went well */
  end(result?: string): void;
}

/** A trace that the bridge leaves no mark in: what came with the request goes on unchanged. */
class PassedOn implements RequestTrace, Step {
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

  end(): void {}
}

const NO_TRACE = new PassedOn(NO_FIELDS);

/** For a bridge that records nothing. A request without a trace costs nothing here, not even an object. */
export const PASS_ON: Tracing & RouteTracing = {
  of: () => PASS_ON,
  begin: (_requestId, { properties }) => {
    const fields = traceFieldsOf(properties?.userProperties);
    return fields === NO_FIELDS ? NO_TRACE : new PassedOn(fields);
  },
  close: async () => undefined,
};

/**
 * The trace that a message belongs to, as it goes along with messages and calls: user properties in MQTT 5 and headers
 * in HTTP have the same names.
 *
 * @see https://www.w3.org/TR/trace-context/
 * @see https://w3c.github.io/trace-context-mqtt/
 */
export type TraceFields = { readonly traceparent?: string; readonly tracestate?: string };

export const NO_FIELDS: TraceFields = Object.freeze({});

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]*)?$/;
/** What may be in a header; a line end in it would be another header. */
const TRACESTATE = /^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/;
const LONGEST = 2_048;

/** What a message says of its trace; nothing where it is not of the form that tracers agreed on. */
export function traceFieldsOf(userProperties: Readonly<Record<string, string | string[]>> | undefined): TraceFields {
  const traceparent = userProperties?.traceparent;
  if (typeof traceparent !== 'string' || traceparent.length > LONGEST || !TRACEPARENT.test(traceparent)) {
    return NO_FIELDS;
  }
  const tracestate = stateOf(userProperties?.tracestate);
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}

/** A list that came in several properties is one list, as with headers. */
function stateOf(found: string | string[] | undefined): string | undefined {
  if (found === undefined) return undefined;
  const tracestate = typeof found === 'string' ? found : found.join(',');
  return tracestate.length <= LONGEST && TRACESTATE.test(tracestate) ? tracestate : undefined;
}

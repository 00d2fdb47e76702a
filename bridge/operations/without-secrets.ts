import { stdSerializers } from 'pino';

const SECRET =
  /authori[sz]ation|cookie|passw(or)?d|passphrase|secret|token|api[-_]?key|private[-_]?key|credential|^pwd$|^x-.*-key$/i;
const CENSORED = '[redacted]';
/** Deeper than what HTTP and MQTT clients attach to their errors. */
const DEEPEST = 8;

/**
 * The fields of a log line, with everything hidden whose name says that it is secret, at any depth.
 *
 * The bridge itself logs no secret. An error of some library may bring one along, in the headers of a call for instance.
 * Nothing is copied where nothing is hidden.
 */
export function withoutSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  return hidden(fields, DEEPEST) as Record<string, unknown>;
}

function hidden(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  const found = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(found)) {
    const before = found[name];
    const after = SECRET.test(name) && before !== undefined ? CENSORED : hidden(before, depth - 1);
    if (after === before) continue;
    copy ??= copyOf(value);
    copy[name] = after;
  }
  return copy ?? value;
}

/** As pino prints it: of an error, its message and stack would be missing in a plain copy. */
function copyOf(value: object): Record<string, unknown> {
  if (value instanceof Error) return { ...stdSerializers.err(value) };
  return Array.isArray(value) ? ([...value] as unknown as Record<string, unknown>) : { ...value };
}

import { randomUUID } from 'node:crypto';

/** The header that requests are known by, in system logs of everybody on their way. */
export const REQUEST_ID = 'RqUID';

/** Nothing that would be a field of its own in some log, or a long text. */
const PLAIN = /^[\w.:@/+=-]{1,128}$/;

/** The requester's id, a new one where there is none, or nothing where it is no id. */
export function requestIdOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined || header === '') return randomUUID();
  return typeof header === 'string' && PLAIN.test(header) ? header : undefined;
}

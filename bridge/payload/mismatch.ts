/**
 * A payload that is not what the route was told to expect: "is 7, but ...", of a subject that is named further out.
 * Thrown inside of this folder only; mappers turn it into a Failure.
 */
export class Mismatch extends Error {
  readonly subject: string | undefined;

  constructor(message: string, subject?: string) {
    super(message);
    this.subject = subject;
  }
}

/** Says what a Mismatch is about, unless that is known more exactly. */
export function about<T>(subject: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Mismatch ? new Mismatch(error.message, error.subject ?? subject) : error;
  }
}

const EXCERPT_CHARS = 60;

/** What was found, short enough for an error reply: containers by their size, long texts by their beginning. */
export function found(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string') return quoted(value);
  return shortened(String(value));
}

/** A text in quotes, cut where it is long, without control characters. */
export function quoted(text: string): string {
  return JSON.stringify(shortened(text));
}

export function shortened(text: string, chars = EXCERPT_CHARS): string {
  return text.length <= chars ? text : `${text.slice(0, chars)}…`;
}

/** @see https://www.rfc-editor.org/rfc/rfc6901 JSON Pointer */
export function pointer(steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

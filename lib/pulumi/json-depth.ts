/** Of a private area of Unicode: no JSON text has a reason to quote it. */
const MARK = '\u{E000}';

/**
 * How often what stands at a place is quoted: not at all in plain text, once in a string of JSON, twice where that
 * string is JSON again.
 *
 * @param text begins before the place and goes on behind it
 */
export function jsonDepth(before: string, after: string): number {
  return depthOf(`${before}${MARK}${after}`);
}

/** A text as it must be written within a string of JSON, and within one in that. */
export function quoteJson(text: string, depth: number): string {
  return depth === 0 ? text : quoteJson(JSON.stringify(text).slice(1, -1), depth - 1);
}

function depthOf(text: string): number {
  const json = parse(text);
  if (json === undefined) return 0;
  const holder = stringsIn(json).find((string) => string.includes(MARK));
  return holder === undefined ? 1 : 1 + depthOf(holder);
}

/** Objects and lists only: a single value is a text like any other. */
function parse(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}

function stringsIn(json: unknown): string[] {
  if (typeof json === 'string') return [json];
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) => [key, ...stringsIn(value)]);
}

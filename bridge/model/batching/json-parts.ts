import { memberOf, type Slice } from '../../payload/json-scan';
import { Mismatch, quoted } from '../../payload/mismatch';

/** Arrays and objects that say something about an answer as a whole. */
const OF_THE_WHOLE = 'parameters';
const COMMA = Buffer.from(',');

/** What stands between the brackets of an array. */
export function insideOf(json: Buffer, { start, end }: Slice): Buffer {
  return json.subarray(start + 1, end - 1);
}

/** Lists, one behind the other. */
export function joined(lists: readonly Buffer[]): Buffer[] {
  return lists.flatMap((list, i) => (i === 0 ? [list] : [COMMA, list]));
}

/** From the first of some neighbours to the last, as they were written. */
export function spanOf(json: Buffer, neighbours: readonly Slice[]): Buffer {
  return json.subarray(neighbours[0]?.start ?? 0, neighbours.at(-1)?.end ?? 0);
}

/**
 * Each one's share of things that stand in a row.
 *
 * @param counts how many each one has; together as many as there are things
 */
export function shares<T>(things: readonly T[], counts: readonly number[]): T[][] {
  let at = 0;
  return counts.map((count) => {
    at += count;
    return things.slice(at - count, at);
  });
}

/**
 * The members of an object that all shares of an answer get, as they were written: `"name":value`.
 *
 * @param own members that are divided
 * @throws Mismatch when there is one that might hold something of each request: it is nobody else's business
 */
export function commonMembers(
  json: Buffer,
  object: Slice,
  value: Record<string, unknown>,
  own: readonly string[],
): string[] {
  return Object.entries(value).flatMap(([name, member]) => {
    if (own.includes(name)) return [];
    if (typeof member === 'object' && member !== null && name !== OF_THE_WHOLE) {
      throw new Mismatch(`has ${quoted(name)}, of which nobody knows whose it is`);
    }
    const slice = memberOf(json, object, name);
    return slice ? [`${JSON.stringify(name)}:${json.toString('utf8', slice.start, slice.end)}`] : [];
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an object has these members and no others. */
export function hasExactly(object: Record<string, unknown>, names: readonly string[]): boolean {
  return Object.keys(object).length === names.length && names.every((name) => Object.hasOwn(object, name));
}

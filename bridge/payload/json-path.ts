import { childrenOf, isArray, isObject, itemOf, memberOf, type Slice, wholeOf } from './json-scan';
import { JsonText } from './json-text';
import { Mismatch } from './mismatch';

/**
 * A JSONPath of names, positions and `*`: the part of RFC 9535 whose work is bounded by the size of the text. Filters,
 * slices and `..` are not in it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9535
 */
export interface JsonPath {
  readonly text: string;
  readonly steps: readonly Step[];
}

type Step = string | number | typeof EVERY;

const EVERY = Symbol('every');

const BLANKS = '[ \\t\\n\\r]*';
const NAME = '[A-Za-z_\\u0080-\\ud7ff\\ue000-\\u{10ffff}][0-9A-Za-z_\\u0080-\\ud7ff\\ue000-\\u{10ffff}]*';
const PLAIN = '[^\'"\\\\\\u0000-\\u001f\\ud800-\\udfff]';
const ESCAPE = '[bfnrt/\\\\]|u[0-9A-Fa-f]{4}';
const SINGLE = `'(?<single>(?:${PLAIN}|"|\\\\(?:${ESCAPE}|'))*)'`;
const DOUBLE = `"(?<double>(?:${PLAIN}|'|\\\\(?:${ESCAPE}|"))*)"`;
const INDEX = '(?<index>0|-?[1-9][0-9]*)';
const STEP = new RegExp(
  `${BLANKS}(?:\\.(?:(?<name>${NAME})|(?<every>\\*))|\\[${BLANKS}(?:${INDEX}|(?<all>\\*)|${SINGLE}|${DOUBLE})${BLANKS}\\])`,
  'uy',
);

const RULE = "a path is $, then .name, ['name'], [0], [-1], .* or [*]; filters, slices and .. are not among them";

/** @throws Error when it is not a path, with the rule */
export function parseJsonPath(text: string): JsonPath {
  if (!text.startsWith('$')) throw new Error(RULE);
  const steps: Step[] = [];
  for (let at = 1; at < text.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const parts = STEP.exec(text)?.groups;
    const step = parts && stepOf(parts);
    if (step === undefined) throw new Error(`${RULE}. It is understood up to ${text.slice(0, at)}`);
    steps.push(step);
  }
  return { text, steps };
}

function stepOf({ name, every, all, index, single, double }: Record<string, string | undefined>): Step | undefined {
  if (name !== undefined) return name;
  if (every !== undefined || all !== undefined) return EVERY;
  if (index !== undefined) return Number.isSafeInteger(Number(index)) ? Number(index) : undefined;
  const quoted = double ?? (single ?? '').replaceAll("\\'", "'").replaceAll('"', '\\"');
  const key: string = JSON.parse(`"${quoted}"`);
  return key.isWellFormed() ? key : undefined;
}

/**
 * The part of a JSON text that a path leads to, as it was written. A path with `*` leads to an array of all that it
 * finds.
 *
 * @throws Mismatch when it leads to nothing
 */
export function pick({ text, steps }: JsonPath, whole: JsonText): JsonText {
  if (steps.length === 0) return whole;
  const { bytes: json } = whole;
  let slices: Slice[] = [wholeOf(json)];
  for (const step of steps) slices = slices.flatMap((slice) => follow(step, json, slice));
  const [first] = slices;
  if (!first) throw new Mismatch(`has nothing at ${text}`);
  if (!steps.includes(EVERY)) return new JsonText(json.subarray(first.start, first.end));
  const parts = slices.flatMap(({ start, end }, i) => [i === 0 ? NOTHING : COMMA, json.subarray(start, end)]);
  return new JsonText(Buffer.concat([OPEN, ...parts, CLOSE]));
}

const OPEN = Buffer.from('[');
const NOTHING = Buffer.alloc(0);
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from(']');

function follow(step: Step, json: Buffer, slice: Slice): Slice[] {
  if (typeof step === 'string') return isObject(json, slice) ? listed(memberOf(json, slice, step)) : [];
  if (typeof step === 'number') return isArray(json, slice) ? listed(itemOf(json, slice, step)) : [];
  return isArray(json, slice) || isObject(json, slice) ? childrenOf(json, slice) : [];
}

function listed(slice: Slice | undefined): Slice[] {
  return slice ? [slice] : [];
}

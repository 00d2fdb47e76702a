import { type DatatypeName, type Element, FIXED_SIZE_DATATYPES } from './datatypes';
import { leavesOf, wholeOf } from './json-scan';
import type { JsonText } from './json-text';
import { found, Mismatch, pointer } from './mismatch';
import { MAX_RANK } from './shape';

/** The values of a tensor in row-major order. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly elements: readonly Element[];
}

/** The digits of the largest 64-bit number, and a sign. */
const MAX_DIGITS = 20;

/**
 * Takes nested arrays, or a single value, for a tensor.
 *
 * @throws Mismatch when rows differ in length, or a value is none of the datatype
 */
export function tensorOf(json: JsonText, datatype: DatatypeName): Tensor {
  const { value } = json;
  const shape = shapeOf(value);
  const elements = Array.isArray(value) ? (value.flat(Number.POSITIVE_INFINITY) as unknown[]) : [value];
  if (elements.length === 0) throw new Mismatch('is empty, but a tensor has at least one value');
  const { accepts, rule } = datatype === 'BYTES' ? TEXT : FIXED_SIZE_DATATYPES[datatype];
  const exact = datatype.endsWith('INT64') ? exactIntegers(json, elements) : elements;
  const wrong = exact.findIndex((element) => !accepts(element));
  if (wrong === -1) return { shape: Array.isArray(value) ? shape : [1], elements: exact as Element[] };
  const where = pointer(position(wrong, shape));
  throw new Mismatch(`is ${found(exact[wrong])}${where && ` at ${where}`}, but ${datatype} is ${rule}`);
}

const TEXT = {
  rule: 'a text without half surrogate pairs',
  accepts: (value: unknown) => typeof value === 'string' && value.isWellFormed(),
};

function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  let first = value;
  for (; Array.isArray(first); first = first[0]) shape.push(first.length);
  if (shape.length > MAX_RANK)
    throw new Mismatch(`nests arrays ${shape.length} deep, but a tensor at most ${MAX_RANK}`);
  const path = misfit(value, shape, 0);
  if (!path) return shape;
  const odd = path.reduce<unknown>((row, step) => (row as unknown[])[step], value);
  const length = shape[path.length];
  const alike = length === undefined ? 'a single value' : `an array of ${length}`;
  throw new Mismatch(`is ${found(odd)} at ${pointer(path)}, but rows are alike, and the first has ${alike} there`);
}

/** Where an array has another length than the shape says, or there is one where there should be none. */
function misfit(value: unknown, shape: readonly number[], depth: number): number[] | undefined {
  if (!Array.isArray(value)) return depth === shape.length ? undefined : [];
  if (value.length !== shape[depth]) return [];
  for (const [i, item] of value.entries()) {
    const path = misfit(item, shape, depth + 1);
    if (path) return [i, ...path];
  }
  return undefined;
}

/** Whole numbers that JavaScript would round, as bigints. */
function exactIntegers(json: JsonText, elements: readonly unknown[]): readonly unknown[] {
  if (!elements.some((element) => typeof element === 'number' && isRounded(element))) return elements;
  const texts = leavesOf(json.bytes, wholeOf(json.bytes));
  return elements.map((element, i) => {
    const text = texts[i] ?? '';
    return typeof element === 'number' && isRounded(element) && isDigits(text) ? BigInt(text) : element;
  });
}

function isRounded(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

function isDigits(text: string): boolean {
  return text.length <= MAX_DIGITS && /^-?\d+$/.test(text);
}

function position(index: number, shape: readonly number[]): number[] {
  const path: number[] = [];
  let rest = index;
  for (const length of shape.toReversed()) {
    path.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return path;
}

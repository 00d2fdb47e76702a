import { Mismatch } from './mismatch';

/** What NumPy before 2.0 had for a limit; TensorRT has 8. */
export const MAX_RANK = 32;

/**
 * The shape that a tensor is sent with.
 *
 * @param wanted of the configuration; -1 stands for what is left
 * @throws Mismatch when the values do not fill it
 */
export function fillShape(wanted: readonly number[] | undefined, inferred: readonly number[], count: number): number[] {
  if (!wanted) return [...inferred];
  const known = product(wanted.filter((length) => length !== -1));
  const filled = wanted.map((length) => (length === -1 ? count / known : length));
  if (filled.every(Number.isInteger) && product(filled) === count) return filled;
  throw new Mismatch(`has ${count} values, but they do not fill the shape [${wanted.join(', ')}]`);
}

/** @throws Mismatch when that many values do not fill the shape of an answer's tensor */
export function assertFills(count: number, shape: readonly number[]): void {
  if (shape.length > MAX_RANK) throw new Mismatch(`has ${shape.length} dimensions, but a tensor at most ${MAX_RANK}`);
  if (product(shape) === count) return;
  throw new Mismatch(`has ${count} values, but they do not fill the shape [${shape.join(', ')}]`);
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((all, length) => all * length, 1);
}

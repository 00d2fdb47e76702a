import { childrenOf, memberOf, type Slice, wholeOf } from '../../payload/json-scan';
import type { JsonText } from '../../payload/json-text';
import { about, found, Mismatch } from '../../payload/mismatch';
import { commonMembers, hasExactly, insideOf, isRecord, joined, shares, spanOf } from './json-parts';
import type { BatchProtocol, Part } from './part';

/**
 * What `{"inputs": [...]}`, and nothing else, contributes to a batch: rows along the first axis of each tensor.
 *
 * Values are counted against the shape here. Of two requests that are wrong in opposite ways the sum would be right, and
 * one would get the other's answer.
 */
export function readV2({ bytes, value }: JsonText): Part | undefined {
  if (!isRecord(value) || !hasExactly(value, ['inputs']) || !Array.isArray(value.inputs)) return undefined;
  const list = memberOf(bytes, wholeOf(bytes), 'inputs');
  const slices = list ? childrenOf(bytes, list) : [];
  const inputs = slices.flatMap((slice, i) => readInput(bytes, slice, (value.inputs as unknown[])[i]) ?? []);
  const rows = inputs[0]?.rows;
  if (rows === undefined || inputs.length !== slices.length || inputs.some((input) => input.rows !== rows)) {
    return undefined;
  }
  const tensors = inputs.map(({ tensor }) => tensor);
  return {
    kind: `v2 ${JSON.stringify(tensors)}`,
    rows,
    columns: inputs.map(({ data }) => data),
    protocol: new V2(tensors),
  };
}

/** What the inputs of one name have in common that go together. */
interface Tensor {
  readonly name: string;
  readonly datatype: string;
  /** The lengths behind the first axis. */
  readonly row: readonly number[];
  /** Whether values are in arrays within arrays. */
  readonly nested: boolean;
}

interface Input {
  readonly tensor: Tensor;
  readonly rows: number;
  readonly data: Buffer;
}

function readInput(json: Buffer, slice: Slice, value: unknown): Input | undefined {
  if (!isRecord(value) || !hasExactly(value, ['name', 'shape', 'datatype', 'data'])) return undefined;
  const { name, shape, datatype, data } = value;
  const list = memberOf(json, slice, 'data');
  if (!list || typeof name !== 'string' || typeof datatype !== 'string') return undefined;
  if (!isShape(shape) || !Array.isArray(data) || data.length === 0) return undefined;
  const nested = Array.isArray(data[0]);
  if (!fills(data, nested ? shape : [product(shape)])) return undefined;
  const [rows = 0, ...row] = shape;
  return { tensor: { name, datatype, row, nested }, rows, data: insideOf(json, list) };
}

class V2 implements BatchProtocol {
  readonly #tensors: readonly Tensor[];

  constructor(tensors: readonly Tensor[]) {
    this.#tensors = tensors;
  }

  merge(parts: readonly Part[]): Buffer {
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    const inputs = this.#tensors.map(({ name, datatype, row }, i) => {
      const head = JSON.stringify({ name, shape: [rows, ...row], datatype }).slice(0, -1);
      const lists = parts.flatMap(({ columns }) => columns[i] ?? []);
      return Buffer.concat([Buffer.from(`${head},"data":[`), ...joined(lists), Buffer.from(']}')]);
    });
    return Buffer.concat([Buffer.from('{"inputs":['), ...joined(inputs), Buffer.from(']}')]);
  }

  split({ bytes, value }: JsonText, rows: readonly number[]): Buffer[] {
    const whole = wholeOf(bytes);
    const list = isRecord(value) && Array.isArray(value.outputs) && memberOf(bytes, whole, 'outputs');
    if (!isRecord(value) || !list) throw new Mismatch('has no array "outputs"');
    const values = value.outputs as unknown[];
    const outputs = childrenOf(bytes, list).map((slice, i) => splitOutput(bytes, slice, values[i], rows));
    const common = commonMembers(bytes, whole, value, ['outputs']);
    return rows.map((_, i) => {
      const own = `"outputs":[${outputs.map((shares) => shares[i]).join(',')}]`;
      return Buffer.from(`{${[...common, own].join(',')}}`);
    });
  }
}

function splitOutput(json: Buffer, slice: Slice, value: unknown, rows: readonly number[]): string[] {
  if (!isRecord(value)) throw new Mismatch(`has ${found(value)} among its outputs`);
  return about(`output ${found(value.name)} of the answer`, () => {
    const asked = rows.reduce((sum, count) => sum + count, 0);
    const list = Array.isArray(value.data) && memberOf(json, slice, 'data');
    if (!list) throw new Mismatch('has no array "data"');
    if (!isShape(value.shape)) throw new Mismatch('has no shape of whole numbers');
    const [length = 0, ...row] = value.shape;
    if (length !== asked) throw new Mismatch(`has ${length} rows, but was asked about ${asked}`);
    const values = childrenOf(json, list);
    const nested = Array.isArray((value.data as unknown[])[0]);
    const perRow = nested ? 1 : product(row);
    if (values.length !== asked * perRow) {
      throw new Mismatch(`has ${values.length} values, but its shape is [${value.shape.join(', ')}]`);
    }
    const common = commonMembers(json, slice, value, ['shape', 'data']);
    const counts = rows.map((count) => count * perRow);
    return shares(values, counts).map((share, i) => {
      const own = [`"shape":${JSON.stringify([rows[i], ...row])}`, `"data":[${spanOf(json, share).toString()}]`];
      return `{${[...common, ...own].join(',')}}`;
    });
  });
}

function isShape(value: unknown): value is number[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((length) => Number.isSafeInteger(length) && length >= 0)
  );
}

/** Whether an array is one of arrays of these lengths, with something else than arrays in the innermost. */
function fills(value: unknown, [length, ...inner]: readonly number[]): boolean {
  if (length === undefined) return typeof value !== 'object' || value === null;
  return Array.isArray(value) && value.length === length && value.every((item) => fills(item, inner));
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((all, length) => all * length, 1);
}

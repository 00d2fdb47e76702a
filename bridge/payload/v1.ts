import type { JsonText } from './json-text';
import { membersBehind } from './members';
import { found, Mismatch } from './mismatch';

export type Rows = 'one' | 'many';

/** The body of a V1 request, `{"instances": [...]}`, with fixed fields behind the instances. */
export class V1Body {
  readonly #tail: Buffer;

  constructor(fields: Record<string, unknown>) {
    this.#tail = Buffer.from(membersBehind(fields));
  }

  /** @throws Mismatch when there is no row */
  ofJson(json: JsonText, rows: Rows | undefined): Buffer {
    const { bytes, value } = json;
    if ((rows ?? rowsIn(value)) === 'one') return this.#around(OPEN, bytes, CLOSE);
    if (!Array.isArray(value)) throw new Mismatch(`is ${found(value)}, but "rows: many" takes an array of rows`);
    if (value.length === 0) throw new Mismatch('is an empty array, but a model is asked about one row at least');
    return this.#around(bytes);
  }

  /**
   * @param keys of the objects around the base64 text, from the outside in
   * @throws Mismatch when there are no bytes
   */
  ofBytes(bytes: Buffer, keys: readonly string[]): Buffer {
    if (bytes.length === 0) throw new Mismatch('is empty, but a model is asked about one byte at least');
    const instance = keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), bytes.toString('base64'));
    return this.#around(Buffer.from(JSON.stringify([instance])));
  }

  #around(...instances: Buffer[]): Buffer {
    return Buffer.concat([HEAD, ...instances, this.#tail]);
  }
}

const HEAD = Buffer.from('{"instances":');
const OPEN = Buffer.from('[');
const CLOSE = Buffer.from(']');

/** Numbers and texts beside each other are the features of one row; arrays and objects are rows each. */
function rowsIn(value: unknown): Rows {
  if (!Array.isArray(value)) return 'one';
  return value.every((item) => typeof item === 'object' && item !== null) ? 'many' : 'one';
}

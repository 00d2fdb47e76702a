import { isUtf8 } from 'node:buffer';
import { nestsDeeper, repeatedKey } from './json-scan';
import { Mismatch, pointer, quoted, shortened } from './mismatch';

/** Deeper than any tensor or schema is, and far from what overflows the stack of a reader, here or in the model. */
export const MAX_JSON_DEPTH = 100;

/** Valid JSON, as it was written and as a value. */
export class JsonText {
  readonly bytes: Buffer;
  #value: unknown;

  /** @param bytes a part of what `readJson` has read */
  constructor(bytes: Buffer, value?: unknown) {
    this.bytes = bytes;
    this.#value = value;
  }

  /** Read when it is first asked for: a part that is sent on as it was written is never read. */
  get value(): unknown {
    this.#value ??= JSON.parse(this.bytes.toString());
    return this.#value;
  }
}

/** @throws Mismatch when it is not JSON, or nested too deep */
export function readJson(bytes: Buffer): JsonText {
  if (bytes.length === 0) throw new Mismatch('is empty, but is to be JSON');
  if (!isUtf8(bytes)) throw new Mismatch('is not UTF-8, but is to be JSON');
  if (nestsDeeper(bytes, MAX_JSON_DEPTH)) {
    throw new Mismatch(`nests arrays and objects deeper than ${MAX_JSON_DEPTH} levels`);
  }
  try {
    return new JsonText(bytes, JSON.parse(bytes.toString()));
  } catch (error) {
    throw new Mismatch(`is not JSON: ${shortened((error as Error).message, 120)}`);
  }
}

/**
 * Reads JSON that is checked here and read elsewhere: of a key that is there twice, one could be checked and the other
 * one read.
 *
 * @throws Mismatch when it is not JSON, nested too deep, or has a key twice
 */
export function readUnambiguousJson(bytes: Buffer): JsonText {
  const json = readJson(bytes);
  const repeated = repeatedKey(bytes);
  if (!repeated) return json;
  const where = repeated.path.length === 0 ? '' : ` in the object at ${shortened(pointer(repeated.path))}`;
  throw new Mismatch(`has the key ${quoted(repeated.key)} twice${where}, but readers differ on which of them counts`);
}

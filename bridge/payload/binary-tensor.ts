import { isUtf8 } from 'node:buffer';
import { type DatatypeName, type Element, FIXED_SIZE_DATATYPES, type FixedSizeDatatype } from './datatypes';
import { Mismatch } from './mismatch';

/** The binary form of a tensor's values. */
export function toBinary(elements: readonly Element[], datatype: DatatypeName): Buffer {
  if (datatype === 'BYTES') return Buffer.concat(elements.flatMap((text) => lengthPrefixed(Buffer.from(String(text)))));
  const { size, write } = FIXED_SIZE_DATATYPES[datatype];
  const bytes = Buffer.alloc(elements.length * size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [i, element] of elements.entries()) write(view, i * size, element);
  return bytes;
}

/** A value of BYTES, in binary: its length in four bytes, then itself. */
export function lengthPrefixed(bytes: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return [length, bytes];
}

/**
 * The values of a tensor in binary.
 *
 * @throws Mismatch when the bytes are not a whole number of them
 */
export function fromBinary(bytes: Buffer, datatype: DatatypeName, bytesAs: 'text' | 'base64'): Element[] {
  if (datatype === 'BYTES') return splitBytes(bytes).map((element) => textOf(element, bytesAs));
  const { size, read } = FIXED_SIZE_DATATYPES[datatype];
  const count = countIn(bytes, datatype);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: count }, (_, i) => read(view, i * size));
}

/**
 * How many values there are in the binary form of a tensor.
 *
 * @throws Mismatch when the last one is cut off
 */
export function countIn(bytes: Buffer, datatype: FixedSizeDatatype): number {
  const { size } = FIXED_SIZE_DATATYPES[datatype];
  if (bytes.length % size === 0) return bytes.length / size;
  throw new Mismatch(`has ${bytes.length} bytes, but a value of ${datatype} has ${size}`);
}

function splitBytes(bytes: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at + 4;
    const end = start <= bytes.length ? start + bytes.readUInt32LE(at) : start;
    if (end > bytes.length) throw new Mismatch(`ends within the value that begins at byte ${at}`);
    elements.push(bytes.subarray(start, end));
    at = end;
  }
  return elements;
}

function textOf(bytes: Buffer, bytesAs: 'text' | 'base64'): string {
  if (bytesAs === 'base64') return bytes.toString('base64');
  if (isUtf8(bytes)) return bytes.toString();
  throw new Mismatch('has a value of BYTES that is not UTF-8 text');
}

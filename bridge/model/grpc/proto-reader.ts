import { Mismatch } from '../../payload/mismatch';
import { WIRE } from './proto-writer';

/** One field of a message; a field that is there several times is a list, or, of a single one, the last counts. */
export interface ProtoField {
  readonly number: number;
  /** Numbers of a fixed size are bytes, too. */
  readonly value: bigint | Buffer;
}

/**
 * The fields of a message in the wire format of Protocol Buffers.
 *
 * @throws Mismatch when the bytes are none
 */
export function fieldsOf(message: Buffer): ProtoField[] {
  const fields: ProtoField[] = [];
  const reader = new Reader(message);
  while (!reader.atEnd) {
    const tag = Number(reader.varint());
    fields.push({ number: Math.floor(tag / 8), value: reader.value(tag % 8) });
  }
  return fields;
}

/** Whole numbers of one field: one of it, or many without anything between them. */
export function varintsOf(value: ProtoField['value']): bigint[] {
  if (typeof value === 'bigint') return [value];
  const numbers: bigint[] = [];
  const reader = new Reader(value);
  while (!reader.atEnd) numbers.push(reader.varint());
  return numbers;
}

export function bytesOf(value: ProtoField['value']): Buffer {
  if (typeof value === 'bigint') throw new Mismatch('has a number in place of bytes');
  return value;
}

export function textOf(value: ProtoField['value']): string {
  return bytesOf(value).toString();
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  value(wire: number): bigint | Buffer {
    if (wire === WIRE.varint) return this.varint();
    if (wire === WIRE.bytes) return this.#take(Number(this.varint()));
    if (wire === WIRE.fixed64) return this.#take(8);
    if (wire === WIRE.fixed32) return this.#take(4);
    throw new Mismatch(`has a field of the unknown wire type ${wire}`);
  }

  varint(): bigint {
    // Most are short, and numbers are several times as fast.
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Mismatch('has a number of more than ten bytes');
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Mismatch('ends within a number');
    this.#at += 1;
    return byte;
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Mismatch('ends within a field');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

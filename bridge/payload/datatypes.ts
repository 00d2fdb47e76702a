import { fromHalfBits, HALF_OVERFLOW, toHalfBits } from './float16';

/** One value of a tensor. */
export type Element = boolean | number | bigint | string;

/**
 * A datatype of the Open Inference Protocol whose values all have the same size. In binary they are little-endian,
 * without anything between them.
 *
 * @see https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol/binary-tensor-data-extension
 */
export interface Datatype {
  readonly size: number;
  /** What `accepts` asks for, in words. */
  readonly rule: string;
  accepts(value: unknown): boolean;
  read(bytes: DataView, offset: number): Element;
  write(bytes: DataView, offset: number, value: Element): void;
}

export const FIXED_SIZE_DATATYPES = {
  BOOL: {
    size: 1,
    rule: 'true or false',
    accepts: (value) => typeof value === 'boolean',
    read: (bytes, offset) => bytes.getUint8(offset) !== 0,
    write: (bytes, offset, value) => bytes.setUint8(offset, value ? 1 : 0),
  },
  UINT8: {
    ...integer(8, false),
    read: (bytes, offset) => bytes.getUint8(offset),
    write: (bytes, offset, value) => bytes.setUint8(offset, Number(value)),
  },
  UINT16: {
    ...integer(16, false),
    read: (bytes, offset) => bytes.getUint16(offset, true),
    write: (bytes, offset, value) => bytes.setUint16(offset, Number(value), true),
  },
  UINT32: {
    ...integer(32, false),
    read: (bytes, offset) => bytes.getUint32(offset, true),
    write: (bytes, offset, value) => bytes.setUint32(offset, Number(value), true),
  },
  UINT64: {
    ...integer(64, false),
    read: (bytes, offset) => bytes.getBigUint64(offset, true),
    write: (bytes, offset, value) => bytes.setBigUint64(offset, BigInt(value), true),
  },
  INT8: {
    ...integer(8, true),
    read: (bytes, offset) => bytes.getInt8(offset),
    write: (bytes, offset, value) => bytes.setInt8(offset, Number(value)),
  },
  INT16: {
    ...integer(16, true),
    read: (bytes, offset) => bytes.getInt16(offset, true),
    write: (bytes, offset, value) => bytes.setInt16(offset, Number(value), true),
  },
  INT32: {
    ...integer(32, true),
    read: (bytes, offset) => bytes.getInt32(offset, true),
    write: (bytes, offset, value) => bytes.setInt32(offset, Number(value), true),
  },
  INT64: {
    ...integer(64, true),
    read: (bytes, offset) => bytes.getBigInt64(offset, true),
    write: (bytes, offset, value) => bytes.setBigInt64(offset, BigInt(value), true),
  },
  FP16: {
    ...float(2, (value) => Math.abs(value) < HALF_OVERFLOW),
    read: (bytes, offset) => fromHalfBits(bytes.getUint16(offset, true)),
    write: (bytes, offset, value) => bytes.setUint16(offset, toHalfBits(Number(value)), true),
  },
  FP32: {
    ...float(4, (value) => Number.isFinite(Math.fround(value))),
    read: (bytes, offset) => bytes.getFloat32(offset, true),
    write: (bytes, offset, value) => bytes.setFloat32(offset, Number(value), true),
  },
  FP64: {
    ...float(8, Number.isFinite),
    read: (bytes, offset) => bytes.getFloat64(offset, true),
    write: (bytes, offset, value) => bytes.setFloat64(offset, Number(value), true),
  },
} as const satisfies Record<string, Datatype>;

export type FixedSizeDatatype = keyof typeof FIXED_SIZE_DATATYPES;
export type DatatypeName = FixedSizeDatatype | 'BYTES';

export const DATATYPE_NAMES = [...(Object.keys(FIXED_SIZE_DATATYPES) as FixedSizeDatatype[]), 'BYTES' as const];

type Range = Pick<Datatype, 'size' | 'rule' | 'accepts'>;

function integer(bits: number, signed: boolean): Range {
  const least = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  const most = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  return {
    size: bits / 8,
    rule: `a whole number from ${least} to ${most}`,
    accepts: (value) => isWhole(value) && value >= least && value <= most,
  };
}

/** A number beyond 2^53 may have been another one when it was written; whole numbers of that size come as bigints. */
function isWhole(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

function float(size: number, fits: (value: number) => boolean): Range {
  return {
    size,
    rule: `a number that fits into ${size} bytes`,
    accepts: (value) => typeof value === 'number' && fits(value),
  };
}

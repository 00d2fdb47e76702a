import { fromBinary, lengthPrefixed, toBinary } from '../../payload/binary-tensor';
import { type DatatypeName, type Element, FIXED_SIZE_DATATYPES } from '../../payload/datatypes';
import { Mismatch } from '../../payload/mismatch';
import type { BytesAs } from '../../payload/v2-answer';
import { bytesOf, fieldsOf, varintsOf } from './proto-reader';
import { ProtoWriter } from './proto-writer';

/** The field of InferTensorContents that has the values of a datatype. Half floats have none. */
const FIELDS: Record<Exclude<DatatypeName, 'FP16'>, number> = {
  BOOL: 1,
  INT8: 2,
  INT16: 2,
  INT32: 2,
  INT64: 3,
  UINT8: 4,
  UINT16: 4,
  UINT32: 4,
  UINT64: 5,
  FP32: 6,
  FP64: 7,
  BYTES: 8,
};

/** Values as InferTensorContents. */
export function writeContents(elements: readonly Element[], datatype: Exclude<DatatypeName, 'FP16'>): ProtoWriter {
  const message = new ProtoWriter();
  const field = FIELDS[datatype];
  if (datatype === 'BYTES') {
    for (const element of elements) message.string(field, String(element));
    return message;
  }
  // A float is written here as it is in binary.
  if (datatype.startsWith('FP')) return message.bytes(field, toBinary(elements, datatype));
  return message.packedVarints(field, elements.map(toWhole));
}

function toWhole(element: Element): number | bigint {
  return typeof element === 'bigint' ? element : Number(element);
}

/**
 * The values in InferTensorContents.
 *
 * @throws Mismatch when they are not of the datatype
 */
export function readContents(message: Buffer, datatype: DatatypeName, bytesAs: BytesAs): Element[] {
  if (datatype === 'FP16') throw new Mismatch('has the datatype FP16, whose values are in binary only');
  const values = fieldsOf(message)
    .filter(({ number }) => number === FIELDS[datatype])
    .map(({ value }) => value);
  if (datatype === 'BYTES') {
    return fromBinary(Buffer.concat(values.flatMap((value) => lengthPrefixed(bytesOf(value)))), datatype, bytesAs);
  }
  if (datatype.startsWith('FP')) return fromBinary(Buffer.concat(values.map(bytesOf)), datatype, bytesAs);
  const { accepts, rule } = FIXED_SIZE_DATATYPES[datatype];
  const elements = values.flatMap(varintsOf).map((value) => toElement(value, datatype));
  const wrong = elements.find((element) => !accepts(element));
  if (wrong !== undefined) throw new Mismatch(`has the value ${wrong}, but ${datatype} is ${rule}`);
  return elements;
}

/** Whole numbers are written as unsigned ones of 64 bits, whatever they are. */
function toElement(value: bigint, datatype: DatatypeName): Element {
  if (datatype === 'BOOL') return value !== 0n;
  const whole = datatype.startsWith('INT') ? BigInt.asIntN(64, value) : value;
  return datatype.endsWith('64') ? whole : Number(whole);
}

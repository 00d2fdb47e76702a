import { fromBinary } from './binary-tensor';
import { DATATYPE_NAMES, type DatatypeName } from './datatypes';
import { childrenOf, leavesOf, memberOf, type Slice, wholeOf } from './json-scan';
import { JsonText, readJson } from './json-text';
import { membersBehind } from './members';
import { about, found, Mismatch, quoted, shortened } from './mismatch';
import { assertFills } from './shape';
import { nested, toTexts } from './tensor-text';

/** How values of BYTES are written in JSON. */
export type BytesAs = 'text' | 'base64';

/**
 * An answer whose tensors are all in JSON. The binary ones come behind the JSON, in the order of the outputs.
 *
 * @param jsonLength the header Inference-Header-Content-Length
 * @throws Mismatch when the parts do not add up
 */
export function decodeAnswer(body: Buffer, jsonLength: string, bytesAs: BytesAs): JsonText {
  const length = /^\d{1,10}$/.test(jsonLength) ? Number(jsonLength) : Number.NaN;
  if (!(length <= body.length)) {
    const rule = `but its header Inference-Header-Content-Length is ${quoted(jsonLength)}`;
    throw new Mismatch(`has ${body.length} bytes, ${rule}`);
  }
  const json = readJson(body.subarray(0, length));
  const outputs = outputsOf(json);
  let at = length;
  const texts = outputs.map(({ value, slice }) => {
    const size = binarySize(value);
    if (size === undefined) return json.bytes.toString('utf8', slice.start, slice.end);
    const bytes = body.subarray(at, at + size);
    at += size;
    return about(`output ${found(value.name)}`, () => decoded(value, bytes, size, bytesAs));
  });
  if (at < body.length) throw new Mismatch(`has ${body.length - at} bytes behind the last output`);
  const { outputs: _, ...rest } = json.value as Record<string, unknown>;
  return readJson(Buffer.from(`{"outputs":[${texts.join(',')}]${membersBehind(rest)}`));
}

/**
 * The values of one output, in arrays as its shape says.
 *
 * @throws Mismatch when there is no such output
 */
export function outputValues(json: JsonText, name: string): JsonText {
  const outputs = outputsOf(json);
  const output = outputs.find(({ value }) => value.name === name);
  if (!output) {
    const names = shortened(outputs.map(({ value }) => found(value.name)).join(', '), 200);
    throw new Mismatch(`has no output ${quoted(name)}, but only: ${names || 'none'}`);
  }
  return about(`output ${quoted(name)}`, () => {
    const data = memberOf(json.bytes, output.slice, 'data');
    if (!data) throw new Mismatch('has no data');
    const texts = leavesOf(json.bytes, data);
    const shape = shapeOf(output.value);
    assertFills(texts.length, shape);
    return new JsonText(Buffer.from(nested(texts, shape)));
  });
}

interface Output {
  readonly value: Record<string, unknown>;
  readonly slice: Slice;
}

function outputsOf({ bytes, value }: JsonText): Output[] {
  const whole = wholeOf(bytes);
  const list = isRecord(value) ? value.outputs : undefined;
  const slice = isRecord(value) ? memberOf(bytes, whole, 'outputs') : undefined;
  if (!Array.isArray(list) || !slice) {
    throw new Mismatch('is no V2 answer: it has no array "outputs"');
  }
  const slices = childrenOf(bytes, slice);
  return list.map((value: unknown, i) => {
    const slice = slices[i];
    if (!isRecord(value) || !slice)
      throw new Mismatch(`has ${found(value)} at /outputs/${i}, but an output is an object`);
    return { value, slice };
  });
}

/** @returns nothing where the values are in JSON */
function binarySize({ parameters }: Output['value']): number | undefined {
  const size = isRecord(parameters) ? parameters.binary_data_size : undefined;
  return isLength(size) ? size : undefined;
}

function decoded(output: Output['value'], bytes: Buffer, size: number, bytesAs: BytesAs): string {
  if (bytes.length < size) throw new Mismatch(`is to have ${size} bytes, but ${bytes.length} are there`);
  const datatype = datatypeOf(output);
  const texts = toTexts(fromBinary(bytes, datatype, bytesAs), datatype);
  const shape = shapeOf(output);
  assertFills(texts.length, shape);
  return `{"data":[${texts.join(',')}]${membersBehind({ name: output.name, shape, datatype })}`;
}

function datatypeOf({ datatype }: Output['value']): DatatypeName {
  const known = DATATYPE_NAMES.find((name) => name === datatype);
  if (known) return known;
  throw new Mismatch(`has the datatype ${found(datatype)}, but the protocol knows ${DATATYPE_NAMES.join(', ')}`);
}

function shapeOf({ shape }: Output['value']): number[] {
  if (Array.isArray(shape) && shape.every(isLength)) return shape;
  throw new Mismatch('has no shape of whole numbers');
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

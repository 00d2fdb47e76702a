import { fromBinary } from '../../payload/binary-tensor';
import { DATATYPE_NAMES, type DatatypeName } from '../../payload/datatypes';
import { about, found, Mismatch } from '../../payload/mismatch';
import { assertFills } from '../../payload/shape';
import { toTexts } from '../../payload/tensor-text';
import type { BytesAs } from '../../payload/v2-answer';
import { readContents } from './contents';
import { readParameter } from './parameters';
import { bytesOf, fieldsOf, type ProtoField, textOf, varintsOf } from './proto-reader';

/** The fields of ModelInferResponse. */
const RESPONSE = { modelName: 1, modelVersion: 2, id: 3, parameters: 4, outputs: 5, rawContents: 6 } as const;
const OUTPUT = { name: 1, datatype: 2, shape: 3, parameters: 4, contents: 5 } as const;

/**
 * ModelInferResponse as a V2 answer in JSON.
 *
 * @throws Mismatch when it is none, or has a value that JSON cannot write
 */
export function decodeResponse(message: Buffer, bytesAs: BytesAs): Buffer {
  const fields = fieldsOf(message);
  const members = [
    ...texts(fields, { model_name: RESPONSE.modelName, model_version: RESPONSE.modelVersion, id: RESPONSE.id }),
    ...parameters(fields, RESPONSE.parameters),
  ];
  const raw = all(fields, RESPONSE.rawContents).map(bytesOf);
  const outputs = all(fields, RESPONSE.outputs).map((output, i) => outputJson(bytesOf(output), raw[i], bytesAs));
  return Buffer.from(`{${[...members, `"outputs":[${outputs.join(',')}]`].join(',')}}`);
}

function outputJson(message: Buffer, raw: Buffer | undefined, bytesAs: BytesAs): string {
  const fields = fieldsOf(message);
  const name = textOf(last(fields, OUTPUT.name));
  return about(`output ${found(name)} of the model's answer`, () => {
    const datatype = datatypeOf(textOf(last(fields, OUTPUT.datatype)));
    const shape = all(fields, OUTPUT.shape).flatMap(varintsOf).map(Number);
    const elements = raw
      ? fromBinary(raw, datatype, bytesAs)
      : readContents(bytesOf(last(fields, OUTPUT.contents)), datatype, bytesAs);
    assertFills(elements.length, shape);
    const head = JSON.stringify({ name, datatype, shape }).slice(1, -1);
    const data = `"data":[${toTexts(elements, datatype).join(',')}]`;
    return `{${[head, ...parameters(fields, OUTPUT.parameters), data].join(',')}}`;
  });
}

function datatypeOf(text: string): DatatypeName {
  const known = DATATYPE_NAMES.find((name) => name === text);
  if (known) return known;
  throw new Mismatch(`has the datatype ${found(text)}, but the bridge knows ${DATATYPE_NAMES.join(', ')}`);
}

/** The texts among some fields, without those that are empty: `"name":"text"`. */
function texts(fields: readonly ProtoField[], names: Record<string, number>): string[] {
  return Object.entries(names).flatMap(([name, number]) => {
    const text = textOf(last(fields, number));
    return text === '' ? [] : [`${JSON.stringify(name)}:${JSON.stringify(text)}`];
  });
}

function parameters(fields: readonly ProtoField[], number: number): string[] {
  const entries = all(fields, number).map(readParameter);
  return entries.length === 0 ? [] : [`"parameters":{${entries.join(',')}}`];
}

function all(fields: readonly ProtoField[], number: number): ProtoField['value'][] {
  return fields.filter((field) => field.number === number).map(({ value }) => value);
}

/** A field that is not there is empty. */
function last(fields: readonly ProtoField[], number: number): ProtoField['value'] {
  return all(fields, number).at(-1) ?? EMPTY;
}

const EMPTY = Buffer.alloc(0);

import { toBinary } from '../../payload/binary-tensor';
import { DATATYPE_NAMES, type DatatypeName, type Element } from '../../payload/datatypes';
import { childrenOf, memberOf, type Slice, wholeOf } from '../../payload/json-scan';
import { JsonText, readUnambiguousJson } from '../../payload/json-text';
import { about, found, Mismatch, quoted } from '../../payload/mismatch';
import { assertFills } from '../../payload/shape';
import { tensorOf } from '../../payload/tensor';
import { writeContents } from './contents';
import { writeParameters } from './parameters';
import { ProtoWriter } from './proto-writer';

/** The fields of ModelInferRequest. */
const REQUEST = { modelName: 1, modelVersion: 2, id: 3, parameters: 4, inputs: 5, outputs: 6, rawContents: 7 } as const;
const INPUT = { name: 1, datatype: 2, shape: 3, parameters: 4, contents: 5 } as const;
const OUTPUT = { name: 1, parameters: 2 } as const;

/** In JSON these say that a tensor is in binary behind it; in gRPC nothing has to. */
const BINARY_PARAMETERS = ['binary_data_size', 'binary_data', 'binary_data_output'];

export interface ModelName {
  readonly model: string;
  readonly version: string;
}

/**
 * A V2 request in JSON, possibly with tensors in binary behind it, as ModelInferRequest.
 *
 * Values go as typed contents, which every server reads, unless one tensor cannot: the protocol has either all tensors in
 * binary or none.
 *
 * @param jsonLength the header Inference-Header-Content-Length, where there is one
 * @throws Mismatch when it is no V2 request
 */
export function encodeRequest({ model, version }: ModelName, body: Buffer, jsonLength?: string): Buffer {
  const length = jsonLength === undefined ? body.length : Number(jsonLength);
  const json = readUnambiguousJson(body.subarray(0, length));
  const { inputs: _, id, parameters, outputs, ...rest } = recordOf(json.value);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new Mismatch(`has the member ${quoted(unknown)}, which a V2 request has not`);
  const inputs = readInputs(json, body.subarray(length));
  const raw = inputs.some(({ datatype, binary }) => binary !== undefined || datatype === 'FP16');

  const message = new ProtoWriter().string(REQUEST.modelName, model);
  if (version !== '') message.string(REQUEST.modelVersion, version);
  if (typeof id === 'string') message.string(REQUEST.id, id);
  writeParameters(message, REQUEST.parameters, withoutBinary(parametersOf(parameters)));
  for (const input of inputs) message.message(REQUEST.inputs, inputMessage(input, raw));
  for (const output of listOf(outputs, 'outputs')) message.message(REQUEST.outputs, outputMessage(output));
  if (raw) {
    for (const { datatype, elements, binary } of inputs) {
      message.bytes(REQUEST.rawContents, binary ?? toBinary(elements, datatype));
    }
  }
  return message.finish();
}

interface Input {
  readonly name: string;
  readonly datatype: DatatypeName;
  readonly shape: readonly number[];
  readonly parameters: Record<string, unknown>;
  readonly elements: readonly Element[];
  /** What was in binary. */
  readonly binary: Buffer | undefined;
}

function readInputs(json: JsonText, binary: Buffer): Input[] {
  const { bytes, value } = json;
  const list = listOf(recordOf(value).inputs, 'inputs');
  const slice = memberOf(bytes, wholeOf(bytes), 'inputs');
  if (!slice || list.length === 0) throw new Mismatch('is no V2 request: it has no "inputs"');
  let at = 0;
  const inputs = childrenOf(bytes, slice).map((slice, i) => {
    const input = recordOf(list[i]);
    return about(`input ${found(input.name)} of the request`, () => {
      const size = parametersOf(input.parameters).binary_data_size;
      if (size === undefined) return readInput(input, jsonElements(bytes, slice, input), undefined);
      const own = binary.subarray(at, at + Number(size));
      if (own.length !== size) throw new Mismatch(`is to have ${found(size)} bytes, but ${own.length} are there`);
      at += own.length;
      return readInput(input, [], own);
    });
  });
  if (at < binary.length) throw new Mismatch(`has ${binary.length - at} bytes behind the last input`);
  return inputs;
}

function readInput(input: Record<string, unknown>, elements: readonly Element[], binary: Buffer | undefined): Input {
  const { name, parameters, shape } = input;
  if (typeof name !== 'string') throw new Mismatch('has no name');
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new Mismatch('has no shape of whole numbers');
  }
  const datatype = datatypeOf(input);
  if (!binary) assertFills(elements.length, shape);
  return { name, datatype, shape, parameters: parametersOf(parameters), elements, binary };
}

function jsonElements(json: Buffer, slice: Slice, input: Record<string, unknown>): readonly Element[] {
  const data = memberOf(json, slice, 'data');
  if (!data || !Array.isArray(input.data)) throw new Mismatch('has no array "data"');
  return tensorOf(new JsonText(json.subarray(data.start, data.end), input.data), datatypeOf(input)).elements;
}

function datatypeOf({ datatype }: Record<string, unknown>): DatatypeName {
  const known = DATATYPE_NAMES.find((name) => name === datatype);
  if (known) return known;
  throw new Mismatch(`has the datatype ${found(datatype)}, but the bridge knows ${DATATYPE_NAMES.join(', ')}`);
}

function inputMessage({ name, datatype, shape, parameters, elements }: Input, raw: boolean): ProtoWriter {
  const message = new ProtoWriter().string(INPUT.name, name).string(INPUT.datatype, datatype);
  message.packedVarints(INPUT.shape, shape);
  writeParameters(message, INPUT.parameters, withoutBinary(parameters));
  if (!raw && datatype !== 'FP16') message.message(INPUT.contents, writeContents(elements, datatype));
  return message;
}

function outputMessage(output: unknown): ProtoWriter {
  const { name, parameters } = recordOf(output);
  if (typeof name !== 'string') throw new Mismatch('has an output without a name');
  const message = new ProtoWriter().string(OUTPUT.name, name);
  writeParameters(message, OUTPUT.parameters, withoutBinary(parametersOf(parameters)));
  return message;
}

function withoutBinary(parameters: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !BINARY_PARAMETERS.includes(name)));
}

function parametersOf(value: unknown): Record<string, unknown> {
  return value === undefined || value === null ? {} : recordOf(value);
}

function listOf(value: unknown, name: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new Mismatch(`has ${found(value)} as ${name}, but they are a list`);
}

function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Mismatch(`has ${found(value)} where a V2 request has an object`);
}

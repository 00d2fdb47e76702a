import { countIn, fromBinary, lengthPrefixed, toBinary } from './binary-tensor';
import type { TensorConfig } from './config';
import type { FixedSizeDatatype } from './datatypes';
import { type JsonPath, parseJsonPath, pick } from './json-path';
import type { JsonText } from './json-text';
import { membersBehind } from './members';
import { about, Mismatch } from './mismatch';
import type { ModelRequest } from './model-request';
import { fillShape } from './shape';
import { tensorOf } from './tensor';
import { toTexts } from './tensor-text';

/** The length of the JSON before the binary tensors, in a request and in an answer. */
export const JSON_LENGTH_HEADER = 'inference-header-content-length';

/** The body of a V2 request: tensors, in JSON or in binary behind it, and fixed fields. */
export class V2Body {
  readonly #inputs: readonly Input[];
  readonly #tail: string;

  constructor(tensors: readonly TensorConfig[], fields: Record<string, unknown>) {
    this.#inputs = tensors.map((config) => ({ config, path: parseJsonPath(config.path ?? '$') }));
    this.#tail = membersBehind(fields);
  }

  /** @throws Mismatch when a part does not fit its tensor */
  ofJson(json: JsonText): ModelRequest {
    return this.#assemble(
      this.#inputs.map(({ config, path }) =>
        about(`the payload, for input "${config.name}",`, () => {
          const { elements, shape } = tensorOf(pick(path, json), config.datatype);
          const filled = fillShape(config.shape, shape, elements.length);
          if (config.binary) return encoded(config, filled, [toBinary(elements, config.datatype)]);
          return encoded(config, filled, `[${toTexts(elements, config.datatype).join(',')}]`);
        }),
      ),
    );
  }

  /** @throws Mismatch when the bytes do not fit their tensor */
  ofBytes(bytes: Buffer): ModelRequest {
    return this.#assemble(
      this.#inputs.map(({ config }) =>
        about(`the payload, for input "${config.name}",`, () => {
          if (bytes.length === 0) throw new Mismatch('is empty, but a tensor has at least one value');
          return config.datatype === 'BYTES' ? wholeAsOne(config, bytes) : valuesIn(config, config.datatype, bytes);
        }),
      ),
    );
  }

  #assemble(inputs: readonly EncodedInput[]): ModelRequest {
    const json = Buffer.from(`{"inputs":[${inputs.map(({ json }) => json).join(',')}]${this.#tail}`);
    const binary = inputs.flatMap(({ binary }) => binary);
    if (binary.length === 0) return { body: json };
    const headers = { 'content-type': 'application/octet-stream', [JSON_LENGTH_HEADER]: String(json.length) };
    return { body: Buffer.concat([json, ...binary]), headers };
  }
}

interface Input {
  readonly config: TensorConfig;
  readonly path: JsonPath;
}

interface EncodedInput {
  readonly json: string;
  readonly binary: readonly Buffer[];
}

function wholeAsOne(config: TensorConfig, bytes: Buffer): EncodedInput {
  const shape = fillShape(config.shape, [1], 1);
  if (config.binary) return encoded(config, shape, lengthPrefixed(bytes));
  return encoded(config, shape, `["${bytes.toString('base64')}"]`);
}

function valuesIn(config: TensorConfig, datatype: FixedSizeDatatype, bytes: Buffer): EncodedInput {
  const count = countIn(bytes, datatype);
  const shape = fillShape(config.shape, [count], count);
  if (config.binary) return encoded(config, shape, [bytes]);
  return encoded(config, shape, `[${toTexts(fromBinary(bytes, datatype, 'text'), datatype).join(',')}]`);
}

function encoded({ name, datatype }: TensorConfig, shape: number[], data: string | readonly Buffer[]): EncodedInput {
  const head = { name, shape, datatype };
  if (typeof data === 'string') {
    return { json: `${JSON.stringify(head).slice(0, -1)},"data":${data}}`, binary: [] };
  }
  const size = data.reduce((sum, { length }) => sum + length, 0);
  return { json: JSON.stringify({ ...head, parameters: { binary_data_size: size } }), binary: data };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../../../../bridge/model/grpc/infer-request';
import { decodeResponse } from '../../../../bridge/model/grpc/infer-response';
import { toBinary } from '../../../../bridge/payload/binary-tensor';
import { DATATYPE_NAMES, type DatatypeName, type Element } from '../../../../bridge/payload/datatypes';
import { readRequest, type Tensor, writeResponse } from '../../support/open-inference';

const IRIS = { model: 'iris', version: '' };
const input = (changes: object) => ({ name: 'x', shape: [2], datatype: 'FP32', data: [1, 2], ...changes });

function sent(value: unknown, name = IRIS) {
  return readRequest(encodeRequest(name, Buffer.from(JSON.stringify(value))));
}

function refusal(value: unknown): unknown {
  try {
    return sent(value);
  } catch (error) {
    const { subject, message } = error as { subject?: string; message: string };
    return subject === undefined ? message : `${subject} ${message}`;
  }
}

describe('a V2 request as a message', () => {
  it('names the model, and has the tensors as typed contents', () => {
    const body = {
      inputs: [input({ shape: [2, 1], data: [0.5, 2] }), input({ name: 'y', datatype: 'BYTES', data: ['é', ''] })],
    };

    expect(sent(body)).toStrictEqual({
      model_name: 'iris',
      inputs: [
        { name: 'x', datatype: 'FP32', shape: ['2', '1'], contents: { fp32_contents: [0.5, 2] } },
        {
          name: 'y',
          datatype: 'BYTES',
          shape: ['2'],
          contents: { bytes_contents: [Buffer.from('é'), Buffer.alloc(0)] },
        },
      ],
    });
  });

  it('has everything that a request may have', () => {
    const body = {
      id: 'r-7',
      parameters: { yes: true, no: false, whole: -7, huge: 9007199254740991, half: 0.5, text: 'a', nothing: null },
      inputs: [input({ parameters: { content_type: 'np' } })],
      outputs: [{ name: 'label', parameters: { classification: 2, binary_data: true } }],
    };

    expect(sent(body, { model: 'iris', version: '3' })).toStrictEqual({
      model_name: 'iris',
      model_version: '3',
      id: 'r-7',
      parameters: {
        yes: { bool_param: true },
        no: { bool_param: false },
        whole: { int64_param: '-7' },
        huge: { int64_param: '9007199254740991' },
        half: { double_param: 0.5 },
        text: { string_param: 'a' },
      },
      inputs: [
        {
          name: 'x',
          datatype: 'FP32',
          shape: ['2'],
          parameters: { content_type: { string_param: 'np' } },
          contents: { fp32_contents: [1, 2] },
        },
      ],
      outputs: [{ name: 'label', parameters: { classification: { int64_param: '2' } } }],
    });
  });

  it('has rows in their order, nested or not', () => {
    const flat = sent({ inputs: [input({ shape: [2, 2], data: [1, 2, 3, 4] })] });

    expect(
      sent({
        inputs: [
          input({
            shape: [2, 2],
            data: [
              [1, 2],
              [3, 4],
            ],
          }),
        ],
      }),
    ).toStrictEqual(flat);
  });

  it('has whole numbers as they were written, also beyond those of JavaScript', () => {
    const body =
      '{"inputs":[{"name":"x","shape":[2],"datatype":"INT64","data":[-9223372036854775808,9007199254740993]}]}';

    expect(readRequest(encodeRequest(IRIS, Buffer.from(body))).inputs).toMatchObject([
      { contents: { int64_contents: ['-9223372036854775808', '9007199254740993'] } },
    ]);
  });

  it('has all tensors in binary where one has no typed contents', () => {
    const body = { inputs: [input({ datatype: 'FP16' }), input({ name: 'y', datatype: 'INT8', data: [1, -1] })] };

    expect(sent(body)).toStrictEqual({
      model_name: 'iris',
      inputs: [
        { name: 'x', datatype: 'FP16', shape: ['2'] },
        { name: 'y', datatype: 'INT8', shape: ['2'] },
      ],
      raw_input_contents: [Buffer.from('003c0040', 'hex'), Buffer.from('01ff', 'hex')],
    });
  });

  it('has tensors in binary as they came behind the JSON', () => {
    const binary = (name: string, size: number) => ({
      name,
      shape: [size],
      datatype: 'UINT8',
      parameters: { binary_data_size: size },
    });
    const json = JSON.stringify({
      inputs: [binary('a', 3), input({}), binary('b', 2)],
      parameters: { binary_data_output: true },
    });
    const body = Buffer.concat([Buffer.from(json), Buffer.from('0102030405', 'hex')]);

    const message = readRequest(encodeRequest(IRIS, body, String(json.length)));

    expect(message).toStrictEqual({
      model_name: 'iris',
      inputs: [
        { name: 'a', datatype: 'UINT8', shape: ['3'] },
        { name: 'x', datatype: 'FP32', shape: ['2'] },
        { name: 'b', datatype: 'UINT8', shape: ['2'] },
      ],
      raw_input_contents: [
        Buffer.from('010203', 'hex'),
        Buffer.from('0000803f00000040', 'hex'),
        Buffer.from('0405', 'hex'),
      ],
    });
  });

  it.each([
    ['V1', { instances: [1] }, 'has the member "instances", which a V2 request has not'],
    ['no object', [1], 'has an array of 1 where a V2 request has an object'],
    ['no inputs', { inputs: [] }, 'is no V2 request: it has no "inputs"'],
    ['inputs that are no list', { inputs: {} }, 'has an object as inputs, but they are a list'],
    ['an unknown member', { inputs: [input({})], extra: 1 }, 'has the member "extra", which a V2 request has not'],
    [
      'a list as parameter',
      { inputs: [input({})], parameters: { a: [1] } },
      'has a parameter "a" that is a list or an object, which gRPC has no place for',
    ],
    ['an input without a name', { inputs: [input({ name: undefined })] }, 'input undefined of the request has no name'],
    ['an input without data', { inputs: [input({ data: undefined })] }, 'input "x" of the request has no array "data"'],
    ['no shape', { inputs: [input({ shape: [2.5] })] }, 'input "x" of the request has no shape of whole numbers'],
    [
      'too few values',
      { inputs: [input({ shape: [3] })] },
      'input "x" of the request has 2 values, but they do not fill the shape [3]',
    ],
    [
      'a value of another type',
      { inputs: [input({ datatype: 'UINT8', data: [1, 256] })] },
      'input "x" of the request is 256 at /1, but UINT8 is a whole number from 0 to 255',
    ],
    [
      'an unknown datatype',
      { inputs: [input({ datatype: 'BF16' })] },
      'input "x" of the request has the datatype "BF16", but the bridge knows',
    ],
    ['an output without a name', { inputs: [input({})], outputs: [{}] }, 'has an output without a name'],
    [
      'too few bytes',
      { inputs: [input({ parameters: { binary_data_size: 8 } })] },
      'input "x" of the request is to have 8 bytes, but 0 are there',
    ],
  ])('is refused with %s', (_what, value, problem) => {
    expect(refusal(value)).toContain(problem);
  });

  it('is refused with bytes that belong to no input', () => {
    const json = Buffer.from(JSON.stringify({ inputs: [input({})] }));

    expect(() => encodeRequest(IRIS, Buffer.concat([json, Buffer.from('ab')]), String(json.length))).toThrow(
      'has 2 bytes behind the last input',
    );
  });
});

describe('a message as a V2 answer', () => {
  const output = (changes: object): Tensor => ({ name: 'y', datatype: 'FP32', shape: [2], ...changes });
  const answered = (response: Parameters<typeof writeResponse>[0], bytesAs: 'text' | 'base64' = 'text') =>
    decodeResponse(writeResponse(response), bytesAs).toString();

  it('has what the model says, in the order of the protocol', () => {
    const text = answered({
      model_name: 'iris',
      model_version: '1',
      id: 'r-7',
      parameters: {
        took: { double_param: 0.5 },
        huge: { uint64_param: '18446744073709551615' },
        hot: { bool_param: true },
      },
      outputs: [
        output({ contents: { fp32_contents: [0.5, -0] }, parameters: { content_type: { string_param: 'np' } } }),
        output({
          name: 'label',
          datatype: 'BYTES',
          contents: { bytes_contents: [Buffer.from('é"'), Buffer.alloc(0)] },
        }),
      ],
    });

    expect(text).toBe(
      '{"model_name":"iris","model_version":"1","id":"r-7",' +
        '"parameters":{"took":0.5,"huge":18446744073709551615,"hot":true},' +
        '"outputs":[{"name":"y","datatype":"FP32","shape":[2],"parameters":{"content_type":"np"},"data":[0.5,-0.0]},' +
        '{"name":"label","datatype":"BYTES","shape":[2],"data":["é\\"",""]}]}',
    );
  });

  it('has tensors that came in binary', () => {
    const response = {
      outputs: [output({ datatype: 'FP16' }), output({ name: 'z', datatype: 'BYTES', shape: [1] })],
      raw_output_contents: [Buffer.from('003c0040', 'hex'), Buffer.from('0200000061ff', 'hex')],
    };

    expect(JSON.parse(answered(response, 'base64')).outputs).toStrictEqual([
      { name: 'y', datatype: 'FP16', shape: [2], data: [1, 2] },
      { name: 'z', datatype: 'BYTES', shape: [1], data: ['Yf8='] },
    ]);
  });

  it('may have no output', () => {
    expect(answered({})).toBe('{"outputs":[]}');
  });

  it.each([
    ['NaN, which JSON has not', output({ contents: { fp32_contents: [1, Number.NaN] } }), 'has NaN as value 1'],
    [
      'too few values',
      output({ contents: { fp32_contents: [1] } }),
      'has 1 values, but they do not fill the shape [2]',
    ],
    ['no contents', output({}), 'has 0 values, but they do not fill the shape [2]'],
    ['an unknown datatype', output({ datatype: 'BF16' }), 'has the datatype "BF16", but the bridge knows'],
    [
      'typed contents of half floats',
      output({ datatype: 'FP16' }),
      'has the datatype FP16, whose values are in binary only',
    ],
    [
      'values beyond the datatype',
      output({ datatype: 'INT8', contents: { int_contents: [1, 300] } }),
      'has the value 300, but INT8 is',
    ],
    [
      'bytes that are no text',
      output({ shape: [1], datatype: 'BYTES', contents: { bytes_contents: [Buffer.from([0xff])] } }),
      'not UTF-8 text',
    ],
  ])('is refused with %s', (_what, tensor, problem) => {
    expect(() => answered({ outputs: [tensor] })).toThrow(problem);
  });

  it('is refused, and nothing worse, when it is no message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          JSON.parse(decodeResponse(Buffer.from(bytes), 'base64').toString());
        } catch (error) {
          expect((error as Error).constructor.name).toBe('Mismatch');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('all datatypes', () => {
  const whole = (bits: number, signed: boolean) =>
    fc.bigInt({ min: signed ? -(2n ** BigInt(bits - 1)) : 0n, max: 2n ** BigInt(signed ? bits - 1 : bits) - 1n });
  const small = (bits: number, signed: boolean) => whole(bits, signed).map(Number);
  const finite = { noNaN: true, noDefaultInfinity: true };
  const VALUES: Record<DatatypeName, fc.Arbitrary<Element>> = {
    BOOL: fc.boolean(),
    UINT8: small(8, false),
    UINT16: small(16, false),
    UINT32: small(32, false),
    UINT64: whole(64, false),
    INT8: small(8, true),
    INT16: small(16, true),
    INT32: small(32, true),
    INT64: whole(64, true),
    FP16: fc.integer({ min: -2048, max: 2048 }),
    FP32: fc.float(finite),
    FP64: fc.double(finite),
    BYTES: fc.string({ unit: 'grapheme' }),
  };
  const CONTENTS: Partial<Record<DatatypeName, string>> = {
    BOOL: 'bool_contents',
    UINT8: 'uint_contents',
    UINT16: 'uint_contents',
    UINT32: 'uint_contents',
    UINT64: 'uint64_contents',
    INT8: 'int_contents',
    INT16: 'int_contents',
    INT32: 'int_contents',
    INT64: 'int64_contents',
    FP32: 'fp32_contents',
    FP64: 'fp64_contents',
    BYTES: 'bytes_contents',
  };
  const tensor = fc.constantFrom(...DATATYPE_NAMES).chain((datatype) =>
    fc.record({
      datatype: fc.constant(datatype),
      elements: fc.array(VALUES[datatype], { minLength: 1, maxLength: 40 }),
    }),
  );
  const text = (elements: readonly Element[]) =>
    `[${elements.map((element) => (Object.is(element, -0) ? '-0.0' : typeof element === 'bigint' ? element : JSON.stringify(element))).join(',')}]`;

  it('come through in both directions, typed and in binary', () => {
    fc.assert(
      fc.property(fc.array(tensor, { minLength: 1, maxLength: 3 }), fc.boolean(), (tensors, raw) => {
        const members = tensors.map(({ datatype, elements }, i) => ({
          head: `"name":"t${i}","datatype":"${datatype}","shape":[${elements.length}]`,
          data: `"data":${text(elements)}`,
        }));
        const request = `{"inputs":[${members.map(({ head, data }) => `{${head},${data}}`)}]}`;

        const { inputs = [], raw_input_contents: rawInputs } = readRequest(encodeRequest(IRIS, Buffer.from(request)));
        const binary = tensors.map(({ elements, datatype }) => toBinary(elements, datatype));
        if (rawInputs) expect(rawInputs).toStrictEqual(binary);
        const asRaw = raw || rawInputs !== undefined;
        const outputs = inputs.map(({ contents, ...rest }) => (asRaw ? rest : { ...rest, contents: contents ?? {} }));
        const response = writeResponse({ outputs, ...(asRaw && { raw_output_contents: binary }) });

        const answer = decodeResponse(response, 'text').toString();

        expect(answer).toBe(`{"outputs":[${members.map(({ head, data }) => `{${head},${data}}`)}]}`);
      }),
      { numRuns: 300 },
    );
  });

  it('are where the protocol has them', () => {
    for (const [datatype, field] of Object.entries(CONTENTS)) {
      const data = datatype === 'BYTES' ? ['a'] : [datatype === 'BOOL' ? true : 1];
      const { inputs = [] } = sent({ inputs: [{ name: 'x', shape: [1], datatype, data }] });

      expect(Object.keys(inputs[0]?.contents ?? {})).toStrictEqual([field]);
    }
  });
});

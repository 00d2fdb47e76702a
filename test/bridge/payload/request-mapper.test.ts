import { describe, expect, it } from 'vitest';
import type { DatatypeName } from '../../../bridge/payload/datatypes';
import { requestMapperOf } from '../../../bridge/payload/request-mapper';
import { MAX_RANK } from '../../../bridge/payload/shape';
import { mapRequest, type RequestInput, refusal, sentText } from '../support/payloads';

const NO_JSON = Buffer.from([0xff, 0x00, 0x7b]);

describe('a route without a request mapping', () => {
  it('hands payloads on without looking at them', () => {
    const mapped = requestMapperOf({}).map(NO_JSON);

    expect(mapped).toStrictEqual({ ok: true, body: NO_JSON });
    expect(mapped.ok && mapped.body).toBe(NO_JSON);
  });

  it.each<RequestInput>([{}, { maxPayloadBytes: 3 }, { from: 'bytes' }])(
    'reads none where it has only %o',
    (request) => {
      expect(mapRequest(request, NO_JSON)).toStrictEqual({ ok: true, body: NO_JSON });
    },
  );
});

describe('maxPayloadBytes', () => {
  it('takes a payload of that size', () => {
    expect(sentText({ maxPayloadBytes: 5 }, '[1,2]')).toBe('[1,2]');
  });

  it('refuses a payload of one byte more, unread', () => {
    expect(mapRequest({ maxPayloadBytes: 4, path: '$' }, '[1,2]')).toStrictEqual({
      ok: false,
      failure: {
        code: 'BRIDGE_ERR_REQUEST_TOO_LARGE',
        status: 413,
        retryable: false,
        message: "the payload has 5 bytes, but the route's maxPayloadBytes is 4",
      },
    });
  });
});

describe('as: raw', () => {
  it('sends the part at the path, as it was written', () => {
    expect(sentText({ path: '$.data' }, '{"id": 1, "data": { "x" : 1.0 }}')).toBe('{ "x" : 1.0 }');
  });

  it('sends what a schema was checked for byte for byte', () => {
    expect(sentText({ schema: { type: 'array' } }, ' [1.0, 12345678901234567890]\n')).toBe(
      ' [1.0, 12345678901234567890]\n',
    );
  });

  it.each([
    ['$.data', '{"dta": 1}', 'the payload has nothing at $.data'],
    ['$.data', 'data', 'the payload is not JSON: Unexpected token'],
    ['$.data', '', 'the payload is empty, but is to be JSON'],
    ['$.data', '{"data": 1, "data": 2}', 'the payload has the key "data" twice'],
  ])('with the path %s refuses %j', (path, payload, problem) => {
    expect(refusal({ path }, payload)).toContain(problem);
  });
});

describe('as: v1', () => {
  it.each([
    ['an array of rows', '[[6.8, 2.8], [6.0, 3.4]]', '{"instances":[[6.8, 2.8], [6.0, 3.4]]}'],
    ['an array of named features', '[{"a": 1}, {"a": 2}]', '{"instances":[{"a": 1}, {"a": 2}]}'],
    ['a single row', '[6.0, 2.8]', '{"instances":[[6.0, 2.8]]}'],
    ['a single row that has arrays in it', '[1, [2]]', '{"instances":[[1, [2]]]}'],
    ['named features', '{"a": 1}', '{"instances":[{"a": 1}]}'],
    ['a number', '7', '{"instances":[7]}'],
    ['a text', '"[[1]]"', '{"instances":["[[1]]"]}'],
    ['null', 'null', '{"instances":[null]}'],
  ])('makes rows of %s', (_what, payload, body) => {
    expect(sentText({ as: 'v1' }, payload)).toBe(body);
  });

  it('makes rows of the part at a path', () => {
    expect(sentText({ as: 'v1', path: '$.data' }, '{"data": [29, 29]}')).toBe('{"instances":[[29, 29]]}');
  });

  it('makes rows of what a path with * finds', () => {
    expect(sentText({ as: 'v1', path: '$[*].x', rows: 'many' }, '[{"x": 1}, {"x": 2}]')).toBe('{"instances":[1,2]}');
  });

  it.each([
    ['many', '["text a", "text b"]', '{"instances":["text a", "text b"]}'],
    ['one', '[[1, 2], [3, 4]]', '{"instances":[[[1, 2], [3, 4]]]}'],
    ['one', '[]', '{"instances":[[]]}'],
  ] as const)('takes it as said: rows: %s of %s', (rows, payload, body) => {
    expect(sentText({ as: 'v1', rows }, payload)).toBe(body);
  });

  it('puts fixed fields beside the rows', () => {
    const fields = { signature_name: 'serving', parameters: { top_k: 3 } };

    expect(sentText({ as: 'v1', fields }, '[1]')).toBe(
      '{"instances":[[1]],"signature_name":"serving","parameters":{"top_k":3}}',
    );
  });

  it.each([
    [{}, '[]', 'the payload is an empty array, but a model is asked about one row at least'],
    [{ rows: 'many' }, '[]', 'the payload is an empty array'],
    [{ rows: 'many' }, '{"a": 1}', 'the payload is an object, but "rows: many" takes an array of rows'],
    [{ path: '$.a', rows: 'many' }, '{"a": 1}', "the payload's part $.a is 1, but"],
  ] as const)('with %o refuses %s', (options, payload, problem) => {
    expect(refusal({ as: 'v1', ...options }, payload)).toContain(problem);
  });

  it('writes bytes in base64, as TensorFlow Serving takes them', () => {
    expect(sentText({ as: 'v1', from: 'bytes' }, NO_JSON)).toBe('{"instances":[{"b64":"/wB7"}]}');
  });

  it('writes bytes under the keys that it is given, with fields', () => {
    const mapping = { as: 'v1', from: 'bytes', bytesKeys: ['image_bytes', 'b64'], fields: { id: 'x' } } as const;

    expect(sentText({ ...mapping, bytesKeys: [...mapping.bytesKeys] }, NO_JSON)).toBe(
      '{"instances":[{"image_bytes":{"b64":"/wB7"}}],"id":"x"}',
    );
  });

  it('refuses no bytes', () => {
    expect(refusal({ as: 'v1', from: 'bytes' }, '')).toContain('the payload is empty');
  });
});

describe('as: v2', () => {
  const v2 = (tensor: Partial<NonNullable<RequestInput['tensors']>[number]> = {}, more: RequestInput = {}) =>
    ({ as: 'v2', tensors: [{ name: 'x', datatype: 'FP32', ...tensor }], ...more }) satisfies RequestInput;
  const dataOf = (request: RequestInput, payload: string) => JSON.parse(sentText(request, payload)).inputs[0];

  it('makes a tensor of nested arrays, with their shape', () => {
    expect(sentText(v2(), '[[6.8, 2.8], [6.0, -0.0]]')).toBe(
      '{"inputs":[{"name":"x","shape":[2,2],"datatype":"FP32","data":[6.8,2.8,6,-0.0]}]}',
    );
  });

  it.each([
    ['7', [1]],
    ['[7]', [1]],
    ['[[[7], [8]]]', [1, 2, 1]],
  ])('finds the shape of %s', (payload, shape) => {
    expect(dataOf(v2(), payload).shape).toEqual(shape);
  });

  it.each([
    [[1, -1], '[29, 29]', [1, 2]],
    [[-1, 2], '[1, 2, 3, 4]', [2, 2]],
    [[4], '[[1, 2], [3, 4]]', [4]],
    [[1, 1], '7', [1, 1]],
  ])('fills the shape %o with %s', (shape, payload, filled) => {
    expect(dataOf(v2({ shape }), payload).shape).toEqual(filled);
  });

  it.each([
    [[3], '[1, 2]', 'has 2 values, but they do not fill the shape [3]'],
    [[-1, 2], '[1, 2, 3]', 'has 3 values, but they do not fill the shape [-1, 2]'],
    [[-1, 4], '[1, 2]', 'has 2 values, but they do not fill the shape [-1, 4]'],
  ])('refuses to fill the shape %o with %s', (shape, payload, problem) => {
    expect(refusal(v2({ shape }), payload)).toBe(`the payload, for input "x", ${problem}`);
  });

  it.each([
    ['[]', 'is empty, but a tensor has at least one value'],
    ['[[], []]', 'is empty, but a tensor has at least one value'],
    ['[[1, 2], [3]]', 'is an array of 1 at /1, but rows are alike, and the first has an array of 2 there'],
    ['[[1, 2], 3]', 'is 3 at /1, but rows are alike, and the first has an array of 2 there'],
    ['[[1], [[2]]]', 'is an array of 1 at /1/0, but rows are alike, and the first has a single value there'],
    ['[1, {}]', 'is an object at /1, but FP32 is a number that fits into 4 bytes'],
    ['{"a": 1}', 'is an object, but FP32 is a number that fits into 4 bytes'],
    ['[[1, 2], [3, "4"]]', 'is "4" at /1/1, but FP32 is a number'],
  ])('refuses %s', (payload, problem) => {
    expect(refusal(v2(), payload)).toContain(`the payload, for input "x", ${problem}`);
  });

  it('refuses arrays deeper than a tensor', () => {
    const nested = (depth: number) => '['.repeat(depth) + 1 + ']'.repeat(depth);

    expect(dataOf(v2(), nested(MAX_RANK)).shape.length).toBe(MAX_RANK);
    expect(refusal(v2(), nested(MAX_RANK + 1))).toContain(`nests arrays ${MAX_RANK + 1} deep`);
  });

  it.each<[DatatypeName, string, string]>([
    ['BOOL', '[true, false]', 'true,false'],
    ['UINT8', '[0, 255]', '0,255'],
    ['UINT16', '[0, 65535]', '0,65535'],
    ['UINT32', '[0, 4294967295]', '0,4294967295'],
    ['UINT64', '[0, 18446744073709551615]', '0,18446744073709551615'],
    ['INT8', '[-128, 127, -0, 1.0]', '-128,127,0,1'],
    ['INT16', '[-32768, 32767]', '-32768,32767'],
    ['INT32', '[-2147483648, 2147483647]', '-2147483648,2147483647'],
    ['INT64', '[-9223372036854775808, 9223372036854775807]', '-9223372036854775808,9223372036854775807'],
    ['INT64', '[[9007199254740993], [7]]', '9007199254740993,7'],
    ['FP32', '[3.4028234e38, 1e-50, -0.0]', '3.4028234e+38,1e-50,-0.0'],
    ['FP64', '[1.7976931348623157e308, 0.1]', '1.7976931348623157e+308,0.1'],
    ['FP64', '[9007199254740993, 1e21]', '9007199254740992,1e+21'],
    ['BYTES', '["a\\"b", "", "☺"]', '"a\\"b","","☺"'],
  ])('takes for %s what is one: %s', (datatype, payload, data) => {
    expect(sentText(v2({ datatype }), payload)).toContain(`"data":[${data}]`);
  });

  it.each<[DatatypeName, string, string]>([
    ['BOOL', '1', 'is 1, but BOOL is true or false'],
    ['UINT8', '256', 'is 256, but UINT8 is a whole number from 0 to 255'],
    ['UINT8', '-1', 'is -1, but'],
    ['UINT16', '65536', 'is 65536, but'],
    ['UINT32', '4294967296', 'is 4294967296, but'],
    ['UINT64', '18446744073709551616', 'is 18446744073709551616, but'],
    ['INT8', '128', 'is 128, but INT8 is a whole number from -128 to 127'],
    ['INT8', '-129', 'is -129, but'],
    ['INT16', '32768', 'is 32768, but'],
    ['INT32', '1.5', 'is 1.5, but'],
    ['INT64', '9223372036854775808', 'is 9223372036854775808, but'],
    ['INT64', '-9223372036854775809', 'is -9223372036854775809, but'],
    ['INT64', '1e18', 'is 1000000000000000000, but'],
    ['INT64', '1'.repeat(5_000_000), 'is Infinity, but'],
    ['FP32', '3.5e38', 'is 3.5e+38, but FP32 is a number that fits into 4 bytes'],
    ['FP64', '1e400', 'is Infinity, but FP64 is a number that fits into 8 bytes'],
    ['FP64', 'null', 'is null, but'],
    ['BYTES', '7', 'is 7, but BYTES is a text'],
    ['BYTES', '"\\ud800"', 'is "\\ud800", but BYTES is a text without half surrogate pairs'],
  ])('refuses for %s what is none', (datatype, payload, problem) => {
    const maxPayloadBytes = 10_000_000;

    expect(refusal(v2({ datatype }, { maxPayloadBytes }), payload)).toContain(`for input "x", ${problem}`);
  });

  it('takes for FP16, which goes in binary, what fits', () => {
    const fp16 = v2({ datatype: 'FP16', binary: true });

    expect(mapRequest(fp16, '65519')).toMatchObject({ ok: true });
    expect(refusal(fp16, '65520')).toContain('is 65520, but FP16 is a number that fits into 2 bytes');
  });

  it('makes several tensors of one payload, each of the part at its path', () => {
    const request: RequestInput = {
      as: 'v2',
      path: '$.data',
      tensors: [
        { name: 'ids', datatype: 'INT64', path: '$.ids' },
        { name: 'mask', datatype: 'BOOL', path: '$.mask', shape: [1, -1] },
      ],
      fields: { id: 'r', parameters: { binary_data_output: true } },
    };

    expect(JSON.parse(sentText(request, '{"data": {"ids": [[1, 2]], "mask": [true, false]}}'))).toStrictEqual({
      inputs: [
        { name: 'ids', shape: [1, 2], datatype: 'INT64', data: [1, 2] },
        { name: 'mask', shape: [1, 2], datatype: 'BOOL', data: [true, false] },
      ],
      id: 'r',
      parameters: { binary_data_output: true },
    });
    expect(refusal(request, '{"data": {"ids": [1]}}')).toBe('the payload, for input "mask", has nothing at $.mask');
  });

  /** A request with tensors in binary, taken apart as KServe and Triton do. */
  function binaryRequest(request: RequestInput, payload: string | Buffer) {
    const mapped = mapRequest(request, payload);
    if (!mapped.ok) throw new Error(mapped.failure.message);
    const { 'inference-header-content-length': length, ...headers } = mapped.headers ?? {};
    expect(headers).toStrictEqual({ 'content-type': 'application/octet-stream' });
    return {
      json: JSON.parse(mapped.body.toString('utf8', 0, Number(length))),
      binary: mapped.body.subarray(Number(length)).toString('hex'),
    };
  }

  it.each<[DatatypeName, string, string]>([
    ['BOOL', '[true, false]', '0100'],
    ['UINT8', '[255]', 'ff'],
    ['UINT16', '[258]', '0201'],
    ['UINT32', '[16909060]', '04030201'],
    ['UINT64', '[18446744073709551615, 1]', 'ffffffffffffffff0100000000000000'],
    ['INT8', '[-1]', 'ff'],
    ['INT16', '[-2]', 'feff'],
    ['INT32', '[-2]', 'feffffff'],
    ['INT64', '[-9223372036854775807]', '0100000000000080'],
    ['FP16', '[1, -2]', '003c00c0'],
    ['FP32', '[1, -2]', '0000803f000000c0'],
    ['FP64', '[1]', '000000000000f03f'],
    ['BYTES', '["ab", "", "é"]', '020000006162' + '00000000' + '02000000c3a9'],
  ])('writes %s in binary behind the JSON, little-endian: %s', (datatype, payload, binary) => {
    const sent = binaryRequest(v2({ datatype, binary: true }), payload);

    expect(sent.binary).toBe(binary);
    expect(sent.json.inputs).toStrictEqual([
      {
        name: 'x',
        shape: [JSON.parse(payload).length],
        datatype,
        parameters: { binary_data_size: binary.length / 2 },
      },
    ]);
  });

  it('writes binary tensors in the order of the inputs, beside those in JSON', () => {
    const tensors: RequestInput['tensors'] = [
      { name: 'a', datatype: 'UINT8', path: '$.a', binary: true },
      { name: 'b', datatype: 'UINT8', path: '$.b' },
      { name: 'c', datatype: 'UINT8', path: '$.c', binary: true },
    ];

    const { json, binary } = binaryRequest({ as: 'v2', tensors }, '{"c": [3, 4], "b": [2], "a": [1]}');

    expect(binary).toBe('010304');
    expect(json.inputs.map(({ data }: { data?: number[] }) => data)).toEqual([undefined, [2], undefined]);
  });

  it('writes a payload of bytes as one value of BYTES', () => {
    const request = v2({ datatype: 'BYTES', binary: true, shape: [1, -1] }, { from: 'bytes' });

    expect(binaryRequest(request, NO_JSON)).toStrictEqual({
      json: { inputs: [{ name: 'x', shape: [1, 1], datatype: 'BYTES', parameters: { binary_data_size: 7 } }] },
      binary: '03000000ff007b',
    });
  });

  it('writes it in base64 where it goes in JSON', () => {
    expect(dataOf(v2({ datatype: 'BYTES' }, { from: 'bytes' }), '{')).toStrictEqual({
      name: 'x',
      shape: [1],
      datatype: 'BYTES',
      data: ['ew=='],
    });
  });

  it('hands on a payload of numbers in binary, such as samples of a sensor', () => {
    const samples = Buffer.from('0000803f000000c0', 'hex');

    expect(binaryRequest(v2({ binary: true, shape: [1, -1] }, { from: 'bytes' }), samples)).toStrictEqual({
      json: { inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', parameters: { binary_data_size: 8 } }] },
      binary: '0000803f000000c0',
    });
    expect(mapRequest(v2({}, { from: 'bytes' }), samples)).toMatchObject({
      body: Buffer.from('{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,-2]}]}'),
    });
  });

  it.each([
    ['', 'is empty, but a tensor has at least one value'],
    ['00', 'has 1 bytes, but a value of FP32 has 4'],
    ['0000803f0000c07f', 'has NaN as value 1, which JSON has no number for'],
  ])('refuses the bytes %j', (hex, problem) => {
    expect(refusal(v2({}, { from: 'bytes' }), Buffer.from(hex, 'hex'))).toBe(`the payload, for input "x", ${problem}`);
  });
});

describe('a schema', () => {
  const schema = {
    type: 'object',
    properties: {
      data: { type: 'array', items: { type: 'number', maximum: 10 }, minItems: 1, maxItems: 4 },
      at: { type: 'string', format: 'date-time' },
    },
    required: ['data'],
    additionalProperties: false,
  };

  it.each(['{"data": [1]}', '{"data": [1, 2, 3, 10], "at": "2024-02-29T12:00:00Z"}'])('takes %s', (payload) => {
    expect(sentText({ schema }, payload)).toBe(payload);
  });

  it.each([
    ['{"data": [1, "x"]}', 'is "x" at /data/1, but must be number: rule #/properties/data/items/type'],
    ['{"data": []}', 'is an empty array at /data, but must NOT have fewer than 1 items'],
    ['{"data": [1, 2, 3, 4, 5]}', 'is an array of 5 at /data, but must NOT have more than 4 items'],
    ['{"data": [11]}', 'is 11 at /data/0, but must be <= 10'],
    ['{}', "is an object, but must have required property 'data'"],
    ['[]', 'is an empty array, but must be object: rule #/type'],
    ['{"data": [1], "at": "yesterday"}', 'is "yesterday" at /at, but must match format "date-time"'],
    ['{"data": [1], "__proto__": {}}', 'is an object, but must NOT have additional properties ("__proto__")'],
  ])('refuses %s before the model is asked, and says where and why', (payload, problem) => {
    expect(refusal({ schema }, payload)).toContain(`the payload ${problem}`);
  });

  it('is asked about the payload as it came, not about the part at a path', () => {
    expect(sentText({ schema, path: '$.data', as: 'v1' }, '{"data": [1]}')).toBe('{"instances":[[1]]}');
  });

  it('repeats no more of the payload than an excerpt', () => {
    const long = 'x'.repeat(100_000);

    for (const payload of [{ data: long }, { [long]: 1, data: [1] }, { data: [[long]] }]) {
      expect(refusal({ schema }, JSON.stringify(payload)).length).toBeLessThan(400);
    }
  });

  it('that has no end refuses what it cannot check', () => {
    expect(refusal({ schema: { $ref: '#' } }, '{}')).toBe(
      'the payload cannot be mapped: Maximum call stack size exceeded',
    );
  });

  it('leaves prototypes alone', () => {
    const payload = '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}';

    expect(sentText({ schema: { type: 'object' }, path: '$', as: 'v1' }, payload)).toBe(`{"instances":[${payload}]}`);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { requestMapping } from '../../../bridge/payload/config';
import { FIXED_SIZE_DATATYPES } from '../../../bridge/payload/datatypes';
import { parseJsonPath, pick } from '../../../bridge/payload/json-path';
import { readJson } from '../../../bridge/payload/json-text';
import { requestMapperOf } from '../../../bridge/payload/request-mapper';
import { mapReply, mapRequest, type ReplyInput, type RequestInput, replyText, sentText } from '../support/payloads';

const MAX_MESSAGE = 700;

const mappings: RequestInput[] = [
  { path: '$' },
  { path: '$.a' },
  { path: '$.a[*]' },
  { path: '$[*]["__proto__"]' },
  { as: 'v1' },
  { as: 'v1', path: '$.a', fields: { b: 1 } },
  { as: 'v1', rows: 'many' },
  { as: 'v1', from: 'bytes' },
  { as: 'v2', tensors: [{ name: 'x', datatype: 'FP64' }] },
  { as: 'v2', tensors: [{ name: 'x', datatype: 'INT64', path: '$.a' }] },
  { as: 'v2', tensors: [{ name: 'x', datatype: 'BYTES', path: '$[*]', shape: [-1, 1] }] },
  { as: 'v2', tensors: [{ name: 'x', datatype: 'FP32' }], from: 'bytes' },
  { schema: { type: ['object', 'array'], properties: { a: { type: 'array', items: { type: 'string' } } } } },
];

const replies: ReplyInput[] = [
  { path: '$' },
  { path: '$.outputs[*].data' },
  { output: 'y' },
  { output: 'y', path: '$[0]' },
];

/** Texts that are nearly JSON, of the pieces that readers stumble over. */
const nearlyJson = fc
  .array(
    fc.constantFrom(
      ...['{', '}', '[', ']', ',', ':', '"', '\\', ' ', '\n', '"a"', '"a":', '"__proto__":', '"constructor":', 'null'],
      ...['1', '-0', '1.0', '1e400', '12345678901234567890', '"\\ud800"', '"\\u0061":', '\ufeff', '\u0000', 'NaN'],
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(''));

const json = fc.json({ stringUnit: 'binary', maxDepth: 6 });

const outputs = fc
  .array(
    fc.record({
      name: fc.constantFrom('y', 'z', 7, null),
      datatype: fc.constantFrom('FP32', 'INT64', 'BYTES', 'BOOL', '__proto__', 7),
      shape: fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 4 }),
      data: fc.option(fc.jsonValue({ maxDepth: 2 }), { nil: undefined }),
      parameters: fc.option(fc.record({ binary_data_size: fc.constantFrom(-1, 0, 1, 4, 8, 1e12, '4', null) }), {
        nil: undefined,
      }),
    }),
    { maxLength: 4 },
  )
  .map((outputs) => JSON.stringify({ outputs }));

const payload = fc.oneof(
  json.map((text) => Buffer.from(text)),
  nearlyJson.map((text) => Buffer.from(text)),
  json.map((text) => Buffer.from(`{"a":${text},"\\u0062":1}`)),
  fc.integer({ min: 1, max: 300 }).map((depth) => Buffer.from('[{"a":'.repeat(depth) + 1 + '}]'.repeat(depth))),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);

const prototypes = [Object.prototype, Array.prototype, Function.prototype];
const membersBefore = prototypes.map((prototype) => Reflect.ownKeys(prototype));

afterAll(() => {
  expect(prototypes.map((prototype) => Reflect.ownKeys(prototype))).toEqual(membersBefore);
});

describe('whatever arrives', () => {
  it.each(mappings)('becomes JSON or a failure through %o', (mapping) => {
    const mapper = requestMapperOf({ request: requestMapping.parse(mapping) });

    fc.assert(
      fc.property(payload, (payload) => {
        const mapped = mapper.map(payload);

        if (mapped.ok) JSON.parse(mapped.body.toString());
        else expect(mapped.failure.message.length).toBeLessThan(MAX_MESSAGE);
      }),
    );
  });

  it.each(replies)('becomes a reply in JSON or a failure through %o', (mapping) => {
    const answer = fc.oneof(
      payload,
      outputs.map((text) => Buffer.from(text)),
    );

    fc.assert(
      fc.property(
        answer,
        fc.uint8Array({ maxLength: 16 }),
        fc.option(fc.integer({ min: -1, max: 2 }), { nil: undefined }),
        (answer, tail, off) => {
          const headers = off === undefined ? {} : { 'inference-header-content-length': String(answer.length + off) };

          const mapped = mapReply(mapping, Buffer.concat([answer, tail]), 'application/json', headers);

          if (mapped.ok) JSON.parse(mapped.body.toString());
          else expect(mapped.failure.message.length).toBeLessThan(MAX_MESSAGE);
        },
      ),
    );
  });
});

describe('a path', () => {
  const step = fc.oneof(
    fc.constantFrom('a', 'b', '', '__proto__', "it's"),
    fc.integer({ min: -3, max: 3 }),
    fc.constant('*' as const),
  );
  const written = (step: string | number) =>
    step === '*' ? '[*]' : typeof step === 'number' ? `[${step}]` : `[${JSON.stringify(step)}]`;
  const key = fc.constantFrom('a', 'b', '', '__proto__', "it's", '*');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(1, null, 'text with "[{,', '\\'),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }));

  function reference(values: unknown[], step: string | number): unknown[] {
    return values.flatMap((value) => {
      if (Array.isArray(value))
        return step === '*' ? value : typeof step === 'number' ? value.slice(step).slice(0, 1) : [];
      if (typeof value !== 'object' || value === null) return [];
      if (step === '*') return Object.values(value);
      const own = Object.getOwnPropertyDescriptor(value, step);
      return own && typeof step === 'string' ? [own.value] : [];
    });
  }

  it('finds in the text what it would find in the values', () => {
    fc.assert(
      fc.property(tree, fc.array(step, { maxLength: 4 }), fc.constantFrom(0, 1, 3), (tree, steps, indent) => {
        const text = JSON.stringify(tree, null, indent);
        const path = `$${steps.map(written).join('')}`;
        // An index beyond the beginning selects nothing, where slice() would clamp it.
        const expected = steps.reduce<unknown[]>(
          (values, step) =>
            reference(
              values.filter((value) => !(typeof step === 'number' && Array.isArray(value) && -step > value.length)),
              step,
            ),
          [JSON.parse(text)],
        );

        const find = () => JSON.parse(pick(parseJsonPath(path), readJson(Buffer.from(text))).bytes.toString());

        if (expected.length === 0) expect(find).toThrow('has nothing at');
        else expect(find()).toEqual(steps.includes('*') ? expected : expected[0]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('rows', () => {
  it('reach a V1 model with the values that they had', () => {
    const rows = fc.array(fc.array(fc.jsonValue(), { minLength: 1 }), { minLength: 1 });

    fc.assert(
      fc.property(rows, (rows) => {
        const text = JSON.stringify(rows);

        expect(sentText({ as: 'v1' }, text)).toBe(`{"instances":${text}}`);
      }),
    );
  });
});

describe('tensors', () => {
  const elements = {
    BOOL: fc.boolean(),
    UINT8: fc.integer({ min: 0, max: 255 }),
    UINT16: fc.integer({ min: 0, max: 65_535 }),
    UINT32: fc.integer({ min: 0, max: 4_294_967_295 }),
    UINT64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    INT8: fc.integer({ min: -128, max: 127 }),
    INT16: fc.integer({ min: -32_768, max: 32_767 }),
    INT32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    INT64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    FP32: fc.float({ noNaN: true, noDefaultInfinity: true }),
    FP64: fc.double({ noNaN: true, noDefaultInfinity: true }),
    BYTES: fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  };
  const text = (value: unknown) =>
    typeof value === 'string' ? JSON.stringify(value) : Object.is(value, -0) ? '-0.0' : String(value);

  /** A JSON text of nested arrays, as the bridge writes it. */
  function tensorText<T>(element: fc.Arbitrary<T>): fc.Arbitrary<string> {
    return fc
      .array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 })
      .chain((shape) =>
        shape.reduceRight<fc.Arbitrary<string>>(
          (inner, length) =>
            fc.array(inner, { minLength: length, maxLength: length }).map((items) => `[${items.join(',')}]`),
          element.map(text),
        ),
      );
  }

  const datatypes = Object.keys(elements) as (keyof typeof elements)[];

  it('has a generator for every datatype but FP16, which float16.test.ts tests whole', () => {
    expect([...datatypes].sort()).toEqual(
      [...Object.keys(FIXED_SIZE_DATATYPES).filter((name) => name !== 'FP16'), 'BYTES'].sort(),
    );
  });

  it.each(datatypes)('of %s go to a model and come back unchanged, in JSON and in binary', (datatype) => {
    fc.assert(
      fc.property(tensorText<unknown>(elements[datatype]), fc.boolean(), (tensor, binary) => {
        const request: RequestInput = { as: 'v2', tensors: [{ name: 'x', datatype, binary }] };

        const sent = mapRequest(request, tensor);

        // A model that answers with what it was asked: its outputs are the inputs.
        if (!sent.ok) throw new Error(sent.failure.message);
        const echoed = Buffer.from(sent.body);
        const { 'inference-header-content-length': length } = sent.headers ?? {};
        const at = echoed.indexOf('"inputs"');
        const answer = Buffer.concat([echoed.subarray(0, at), Buffer.from('"outputs"'), echoed.subarray(at + 8)]);
        const headers = length ? { 'inference-header-content-length': String(Number(length) + 1) } : {};
        expect(replyText({ output: 'x' }, answer, headers)).toBe(tensor);
      }),
    );
  });
});

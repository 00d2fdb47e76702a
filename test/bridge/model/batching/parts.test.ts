import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Part } from '../../../../bridge/model/batching/part';
import { jsonOf, partOf } from '../../../../bridge/model/batching/read-part';
import type { JsonText } from '../../../../bridge/payload/json-text';

function part(body: string): Part {
  const found = partOf(Buffer.from(body));
  if (!found) throw new Error(`goes alone: ${body}`);
  return found;
}

function merged(...bodies: string[]): string {
  const parts = bodies.map(part);
  return (parts[0] as Part).protocol.merge(parts).toString();
}

/** The answers to requests of so many rows each, out of one answer to all. */
function split(request: string, answer: string, rows: number[]): string[] {
  const json = jsonOf(Buffer.from(answer)) as JsonText;
  return part(request)
    .protocol.split(json, rows)
    .map((body) => body.toString());
}

const input = (changes: object) => ({ name: 'a', shape: [1, 2], datatype: 'FP32', data: [1, 2], ...changes });
const v2 = (...inputs: unknown[]) => JSON.stringify({ inputs });

describe('a batch of V1', () => {
  const REQUEST = '{"instances":[0]}';

  it('has the instances of all requests as they were written', () => {
    const bodies = [
      '{"instances":[[1.0, 12345678901234567890]]}',
      '{ "instances" : [ {"a": "]}"} , 2e0 ] }\n',
      '{"instances":["\\u00e9é"]}',
    ];

    expect(merged(...bodies)).toBe('{"instances":[[1.0, 12345678901234567890], {"a": "]}"} , 2e0 ,"\\u00e9é"]}');
  });

  it('is divided by the number of instances, as it was written', () => {
    const answer = '{"predictions": [1.0, [2, "],"], {"p": 12345678901234567890}]}';

    expect(split(REQUEST, answer, [1, 2])).toStrictEqual([
      '{"predictions":[1.0]}',
      '{"predictions":[[2, "],"], {"p": 12345678901234567890}]}',
    ]);
  });

  it('tells everybody what the model says about itself', () => {
    const answer = '{"model_name":"iris","predictions":[1,2],"model_version":1.0,"parameters":{"took":[3]}}';

    expect(split(REQUEST, answer, [1, 1])).toStrictEqual([
      '{"predictions":[1],"model_name":"iris","model_version":1.0,"parameters":{"took":[3]}}',
      '{"predictions":[2],"model_name":"iris","model_version":1.0,"parameters":{"took":[3]}}',
    ]);
  });

  it('gives each request what it would have been answered alone, whatever it asked', () => {
    const requests = fc.array(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(requests, fc.boolean(), (requests, pretty) => {
        const bodies = requests.map((instances) => JSON.stringify({ instances }, undefined, pretty ? 2 : 0));
        const { instances } = JSON.parse(merged(...bodies));
        const answer = JSON.stringify({ predictions: instances }, undefined, pretty ? 1 : 0);

        const answers = split(
          REQUEST,
          answer,
          requests.map(({ length }) => length),
        );

        const alone = bodies.map((body) => ({ predictions: JSON.parse(body).instances }));
        expect(answers.map((body) => JSON.parse(body))).toStrictEqual(alone);
      }),
    );
  });
});

describe('a batch of V2', () => {
  it('has the rows of all requests, tensor by tensor, as they were written', () => {
    const first =
      '{"inputs":[{"name":"a","shape":[1,2],"datatype":"FP32","data":[1.0, 2]},{"name":"b","shape":[1],"datatype":"BYTES","data":["x"]}]}';
    const second =
      '{"inputs":[{"data":[3,4,5,6e0],"datatype":"FP32","shape":[2,2],"name":"a"},{"name":"b","shape":[2],"datatype":"BYTES","data":["],", "z"]}]}';

    expect(merged(first, second)).toBe(
      '{"inputs":[{"name":"a","shape":[3,2],"datatype":"FP32","data":[1.0, 2,3,4,5,6e0]},{"name":"b","shape":[3],"datatype":"BYTES","data":["x","],", "z"]}]}',
    );
  });

  it.each([
    ['name', { name: 'b' }],
    ['datatype', { datatype: 'FP64' }],
    ['shape of a row', { shape: [1, 1, 2] }],
    ['way of writing rows', { data: [[1, 2]] }],
  ])('has requests of one %s', (_what, changes) => {
    expect(part(v2(input({}))).kind).not.toBe(part(v2(input(changes))).kind);
    expect(part(v2(input({}))).kind).toBe(part(v2(input({ shape: [2, 2], data: [1, 2, 3, 4] }))).kind);
  });

  it.each([
    ['an id', JSON.stringify({ id: '7', inputs: [input({})] })],
    ['parameters', JSON.stringify({ parameters: { sequence_id: 7 }, inputs: [input({})] })],
    ['outputs', JSON.stringify({ outputs: [{ name: 'x' }], inputs: [input({})] })],
    ['no inputs', v2()],
    ['an input with parameters', v2(input({ parameters: {} }))],
    ['an input in binary', v2({ name: 'a', shape: [1], datatype: 'INT8', parameters: { binary_data_size: 1 } })],
    ['an input that is none', v2(input({}), 7)],
    ['a name that is none', v2(input({ name: 7 }))],
    ['a datatype that is none', v2(input({ datatype: null }))],
    ['a single value', v2(input({ shape: [], data: [1] }))],
    ['a negative length', v2(input({ shape: [-1, 2] }))],
    ['no row', v2(input({ shape: [0, 2], data: [] }))],
    ['inputs that differ in their rows', v2(input({}), input({ name: 'b', shape: [2, 1] }))],
  ])('never has a request with %s', (_what, body) => {
    expect(partOf(Buffer.from(body))).toBeUndefined();
  });

  // Two of these, one with a value too many and one with a value too few, would add up and shift the rows between them.
  it.each([
    ['too many values', [1, 2, 3]],
    ['too few values', [1]],
    ['too long a row', [[1, 2, 3]]],
    ['too short a row', [[1]]],
    [
      'too many rows',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['arrays within rows', [[1, [2]]]],
    ['arrays beside values', [1, [2]]],
  ])('never has a request with %s for its shape', (_what, data) => {
    expect(partOf(Buffer.from(v2(input({ data }))))).toBeUndefined();
  });

  const REQUEST = v2(input({}));

  it('is divided by rows, output by output, as it was written', () => {
    const answer = `{"model_name":"iris","id":"7","outputs":[
      {"name":"flat","shape":[3,2],"datatype":"FP32","data":[1.0,2, 3,4e0, 5,6]},
      {"name":"nested","datatype":"INT8","shape":[3,1],"data":[[1],[2],[3]],"parameters":{"content_type":"np"}},
      {"name":"labels","datatype":"BYTES","shape":[3],"data":["a","],","c"]},
      {"name":"nothing","datatype":"FP32","shape":[3,0],"data":[]}]}`;

    expect(split(REQUEST, answer, [1, 2])).toStrictEqual([
      '{"model_name":"iris","id":"7","outputs":[' +
        '{"name":"flat","datatype":"FP32","shape":[1,2],"data":[1.0,2]},' +
        '{"name":"nested","datatype":"INT8","parameters":{"content_type":"np"},"shape":[1,1],"data":[[1]]},' +
        '{"name":"labels","datatype":"BYTES","shape":[1],"data":["a"]},' +
        '{"name":"nothing","datatype":"FP32","shape":[1,0],"data":[]}]}',
      '{"model_name":"iris","id":"7","outputs":[' +
        '{"name":"flat","datatype":"FP32","shape":[2,2],"data":[3,4e0, 5,6]},' +
        '{"name":"nested","datatype":"INT8","parameters":{"content_type":"np"},"shape":[2,1],"data":[[2],[3]]},' +
        '{"name":"labels","datatype":"BYTES","shape":[2],"data":["],","c"]},' +
        '{"name":"nothing","datatype":"FP32","shape":[2,0],"data":[]}]}',
    ]);
  });

  it.each([
    ['rows', { shape: [1, 2], data: [1, 2] }, 'has 1 rows, but was asked about 2'],
    ['values', { shape: [2, 2], data: [1, 2, 3] }, 'has 3 values, but its shape is [2, 2]'],
    ['nested rows', { shape: [2, 2], data: [[1, 2]] }, 'has 1 values, but its shape is [2, 2]'],
    ['a shape', { shape: undefined, data: [1, 2] }, 'has no shape of whole numbers'],
    ['data', { shape: [2, 2], data: undefined }, 'has no array "data"'],
  ])('is not divided when %s are missing', (_what, changes, message) => {
    const answer = JSON.stringify({ outputs: [{ name: 'y', datatype: 'FP32', ...changes }] });

    expect(() => split(REQUEST, answer, [1, 1])).toThrow(message);
  });

  it.each([
    ['no outputs', '{"predictions":[1,2]}', 'has no array "outputs"'],
    ['an output that is none', '{"outputs":[7]}', 'has 7 among its outputs'],
    ['something else of each', '{"outputs":[],"scores":[1,2]}', 'has "scores", of which nobody knows whose it is'],
    [
      'something else of each in an output',
      '{"outputs":[{"name":"y","shape":[2],"datatype":"INT8","data":[1,2],"scores":[1,2]}]}',
      'has "scores", of which nobody knows whose it is',
    ],
  ])('is not divided with %s', (_what, answer, message) => {
    expect(() => split(REQUEST, answer, [1, 1])).toThrow(message);
  });

  it('gives each request what it would have been answered alone, whatever it asked', () => {
    const cell = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string(), fc.boolean());
    const requests = fc.record({
      width: fc.integer({ min: 1, max: 3 }),
      nested: fc.boolean(),
      rows: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
    });
    const batch = requests.chain(({ width, nested, rows }) =>
      fc
        .tuple(
          ...rows.map((count) =>
            fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: count, maxLength: count }),
          ),
        )
        .map((tables) => tables.map((table) => ({ width, table, data: nested ? table : table.flat() }))),
    );
    fc.assert(
      fc.property(batch, fc.boolean(), (tensors, pretty) => {
        const tensor = ({ width, table, data }: { width: number; table: unknown[]; data: unknown[] }) => ({
          name: 'x',
          shape: [table.length, width],
          datatype: 'any',
          data,
        });
        const bodies = tensors.map((one) => JSON.stringify({ inputs: [tensor(one)] }, undefined, pretty ? 2 : 0));
        const { inputs } = JSON.parse(merged(...bodies));
        const answer = JSON.stringify({ outputs: inputs }, undefined, pretty ? 1 : 0);

        const answers = split(
          bodies[0] as string,
          answer,
          tensors.map(({ table }) => table.length),
        );

        const alone = bodies.map((body) => ({ outputs: JSON.parse(body).inputs }));
        expect(answers.map((body) => JSON.parse(body))).toStrictEqual(alone);
      }),
    );
  });
});

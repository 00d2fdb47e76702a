import { describe, expect, it } from 'vitest';
import type { DatatypeName } from '../../../bridge/payload/datatypes';
import { replyMapperOf } from '../../../bridge/payload/reply-mapper';
import { binaryAnswer, floats, mapReply, replyFailure, replyText } from '../support/payloads';

describe('a route without reply.body', () => {
  it('hands answers on without looking at them', () => {
    const answer = Buffer.from([0xff, 0x00]);

    const mapped = replyMapperOf({ reply: {} }).map(answer, 'image/png');

    expect(mapped).toStrictEqual({ ok: true, body: answer });
    expect(mapped.ok && mapped.body).toBe(answer);
  });
});

describe('reply.body.path', () => {
  it.each([
    ['$', '{"predictions": [1.0]}', '{"predictions": [1.0]}'],
    ['$.predictions', '{"predictions": [1.0, 12345678901234567890]}', '[1.0, 12345678901234567890]'],
    ['$.predictions[0]', '{"predictions": [[0.1, 0.9]]}', '[0.1, 0.9]'],
    ['$.predictions[*].label', '{"predictions": [{"label": "a"}, {"label": "b"}]}', '["a","b"]'],
    ['$.outputs[0].data', '{"outputs": [{"name": "y", "data": [1, 2]}]}', '[1, 2]'],
    ['$.a', '{"a": 1, "a": 2}', '2'],
  ])('%s picks of %s the part %s', (path, answer, reply) => {
    expect(replyText({ path }, answer)).toBe(reply);
  });

  it.each(['application/json; charset=utf-8', 'application/problem+json', 'APPLICATION/JSON'])('reads %s', (type) => {
    expect(mapReply({ path: '$.a' }, '{"a": 1}', type)).toStrictEqual({ ok: true, body: Buffer.from('1') });
  });

  it.each([
    ['{"error": "x"}', "the model's answer has nothing at $.predictions"],
    ['{"predictions": [NaN]}', "the model's answer is not JSON: "],
    ['', "the model's answer is empty"],
    ['['.repeat(1_000_000), "the model's answer nests arrays and objects deeper than 100 levels"],
  ])('finds nothing in %.20s', (answer, problem) => {
    expect(replyFailure({ path: '$.predictions' }, answer)).toContain(problem);
  });

  it.each([
    ['text/html', 'the content type "text/html"'],
    ['', 'no content type'],
  ])('does not read the type %j', (type, problem) => {
    const mapped = mapReply({ path: '$' }, '{}', type);

    expect(mapped.ok ? '' : mapped.failure.message).toBe(
      `the model's answer has ${problem} and no header Inference-Header-Content-Length, but the route picks a part of JSON`,
    );
  });
});

describe('reply.body.output', () => {
  const answer = JSON.stringify({
    outputs: [
      { name: 'labels', datatype: 'BYTES', shape: [2], data: ['a', 'b'] },
      { name: 'probabilities', datatype: 'FP32', shape: [2, 2], data: [0.1, 0.9, 0.8, 0.2] },
      { name: 'nested', datatype: 'FP32', shape: [1, 2], data: [[1, 2]] },
      { name: 'empty', datatype: 'FP32', shape: [3, 0, 1_000_000_000], data: [] },
      { name: 'scalar', datatype: 'FP32', shape: [], data: [7] },
      { name: 'torn', datatype: 'FP32', shape: [3], data: [1, 2] },
      { name: 'deep', datatype: 'FP32', shape: Array(33).fill(1), data: [1] },
      { name: 'shapeless', datatype: 'FP32', shape: [-1], data: [1] },
      { name: 'dataless', datatype: 'FP32', shape: [1] },
    ],
  });

  it.each([
    ['labels', '["a","b"]'],
    ['probabilities', '[[0.1,0.9],[0.8,0.2]]'],
    ['nested', '[[1,2]]'],
    ['empty', '[]'],
    ['scalar', '7'],
  ])('%s is found by its name, in arrays as its shape says', (output, reply) => {
    expect(replyText({ output }, answer)).toBe(reply);
  });

  it('leaves numbers as the model wrote them', () => {
    const text = '{"outputs":[{"name":"y","shape":[1,2],"data":[1.0,12345678901234567890]}]}';

    expect(replyText({ output: 'y' }, text)).toBe('[[1.0,12345678901234567890]]');
  });

  it('is where a path begins', () => {
    expect(replyText({ output: 'probabilities', path: '$[0][-1]' }, answer)).toBe('0.9');
    expect(replyFailure({ output: 'labels', path: '$.x' }, answer)).toBe('output "labels" has nothing at $.x');
  });

  it.each([
    ['torn', 'output "torn" has 2 values, but they do not fill the shape [3]'],
    ['deep', 'output "deep" has 33 dimensions, but a tensor at most 32'],
    ['shapeless', 'output "shapeless" has no shape of whole numbers'],
    ['dataless', 'output "dataless" has no data'],
    ['lables', 'the model\'s answer has no output "lables", but only: "labels", "probabilities"'],
  ])('%s is missed', (output, problem) => {
    expect(replyFailure({ output }, answer)).toContain(problem);
  });

  it.each([
    ['{"predictions": [1]}', 'is no V2 answer: it has no array "outputs"'],
    ['[]', 'is no V2 answer'],
    ['null', 'is no V2 answer'],
    ['{"outputs": {}}', 'is no V2 answer'],
    ['{"outputs": []}', 'has no output "y", but only: none'],
    ['{"outputs": [7]}', 'has 7 at /outputs/0, but an output is an object'],
  ])('is missed in %s', (text, problem) => {
    expect(replyFailure({ output: 'y' }, text)).toContain(`the model's answer ${problem}`);
  });
});

describe('an answer with tensors in binary', () => {
  const output = (name: string, datatype: string, shape: number[], size: number) => ({
    name,
    datatype,
    shape,
    parameters: { binary_data_size: size },
  });

  it.each<[DatatypeName, string, unknown]>([
    ['BOOL', '0100', [true, false]],
    ['UINT8', 'ff', [255]],
    ['UINT16', '0201', [258]],
    ['UINT32', 'ffffffff', [4_294_967_295]],
    ['INT8', 'ff', [-1]],
    ['INT16', 'feff', [-2]],
    ['INT32', 'feffffff', [-2]],
    ['INT64', 'feffffffffffffff', [-2]],
    ['FP16', '003c00c0', [1, -2]],
    ['FP32', '0000803f000000c0', [1, -2]],
    ['FP64', '000000000000f03f', [1]],
    ['BYTES', '020000006162' + '00000000' + '02000000c3a9', ['ab', '', 'é']],
  ])('has %s written in JSON: %s is %j', (datatype, hex, data) => {
    const bytes = Buffer.from(hex, 'hex');
    const { body, headers } = binaryAnswer(
      { outputs: [output('y', datatype, [(data as unknown[]).length], bytes.length)] },
      bytes,
    );

    expect(JSON.parse(replyText({ output: 'y' }, body, headers))).toEqual(data);
  });

  it('has 64-bit numbers written exactly', () => {
    const bytes = Buffer.from('ffffffffffffffff', 'hex');
    const { body, headers } = binaryAnswer({ outputs: [output('y', 'UINT64', [1], 8)] }, bytes);

    expect(replyText({ output: 'y' }, body, headers)).toBe('[18446744073709551615]');
  });

  it('is JSON as a whole for the path $, with what was in JSON before as it was', () => {
    const { body, headers } = binaryAnswer(
      {
        model_name: 'm',
        outputs: [
          output('a', 'FP32', [1, 2], 8),
          { name: 'b', datatype: 'INT8', shape: [1], data: [3] },
          output('c', 'UINT8', [2], 2),
        ],
        id: 'r',
      },
      floats(0.5, -1),
      Buffer.from([1, 2]),
    );

    expect(JSON.parse(replyText({ path: '$' }, body, headers))).toStrictEqual({
      model_name: 'm',
      outputs: [
        { name: 'a', datatype: 'FP32', shape: [1, 2], data: [0.5, -1] },
        { name: 'b', datatype: 'INT8', shape: [1], data: [3] },
        { name: 'c', datatype: 'UINT8', shape: [2], data: [1, 2] },
      ],
      id: 'r',
    });
    expect(replyText({ path: '$.outputs[2].data' }, body, headers)).toBe('[1,2]');
    expect(replyText({ output: 'a' }, body, headers)).toBe('[[0.5,-1]]');
  });

  it('is read by its header, whatever its content type is', () => {
    const { body, headers } = binaryAnswer({ outputs: [output('y', 'UINT8', [1], 1)] }, Buffer.from([7]));

    expect(mapReply({ output: 'y' }, body, 'application/octet-stream', headers)).toStrictEqual({
      ok: true,
      body: Buffer.from('[7]'),
    });
  });

  it('has bytes that are no text written in base64 where the route says so', () => {
    const image = Buffer.from('02000000ff00', 'hex');
    const { body, headers } = binaryAnswer({ outputs: [output('y', 'BYTES', [1], 6)] }, image);

    expect(replyText({ output: 'y', bytesAs: 'base64' }, body, headers)).toBe('["/wA="]');
    expect(replyFailure({ output: 'y' }, body, headers)).toBe('output "y" has a value of BYTES that is not UTF-8 text');
  });

  it.each([
    [
      'a tensor that is cut off',
      output('y', 'FP32', [2], 8),
      floats(1),
      'output "y" is to have 8 bytes, but 4 are there',
    ],
    ['half a value', output('y', 'FP32', [1], 3), Buffer.alloc(3), 'output "y" has 3 bytes, but a value of FP32 has 4'],
    [
      'another shape',
      output('y', 'FP32', [3], 8),
      floats(1, 2),
      'output "y" has 2 values, but they do not fill the shape [3]',
    ],
    [
      'bytes left over',
      output('y', 'FP32', [1], 4),
      floats(1, 2),
      "the model's answer has 4 bytes behind the last output",
    ],
    [
      'an unknown datatype',
      output('y', 'BF16', [1], 2),
      Buffer.alloc(2),
      'output "y" has the datatype "BF16", but the protocol knows BOOL,',
    ],
    [
      'a datatype of JavaScript',
      output('y', 'constructor', [1], 2),
      Buffer.alloc(2),
      'has the datatype "constructor", but',
    ],
    [
      'NaN',
      output('y', 'FP32', [1], 4),
      floats(Number.NaN),
      'output "y" has NaN as value 0, which JSON has no number for',
    ],
    [
      'BYTES without an end',
      output('y', 'BYTES', [1], 6),
      Buffer.from('ffffffff6161', 'hex'),
      'output "y" ends within the value that begins at byte 0',
    ],
    [
      'BYTES without a length',
      output('y', 'BYTES', [1], 3),
      Buffer.alloc(3),
      'output "y" ends within the value that begins at byte 0',
    ],
    [
      'neither data nor size',
      { name: 'y', datatype: 'FP32', shape: [1], parameters: { binary_data_size: -4 } },
      Buffer.alloc(0),
      'output "y" has no data',
    ],
  ])('is refused with %s', (_what, output, tensor, problem) => {
    const { body, headers } = binaryAnswer({ outputs: [output] }, tensor);

    expect(replyFailure({ output: 'y' }, body, headers)).toContain(problem);
  });

  it.each(['3', '-1', 'x', '', '1e0', '99999999999'])('is refused with %j for the length of its JSON', (length) => {
    const headers = { 'inference-header-content-length': length };

    expect(replyFailure({ path: '$' }, '{}', headers)).toBe(
      `the model's answer has 2 bytes, but its header Inference-Header-Content-Length is "${length}"`,
    );
  });
});

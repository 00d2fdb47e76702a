import { describe, expect, it } from 'vitest';
import { BridgeError, parseBridgeConfig } from '../../../bridge';
import { configInput, routeInput } from '../support/config';
import type { ReplyInput, RequestInput } from '../support/payloads';

/** The problems of a route with these payload options, without the path to it. */
function problemsOf({ request, body }: { request?: unknown; body?: unknown }): string[] {
  try {
    parseBridgeConfig(configInput({ routes: [route(request, body)] }));
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    expect(error.code).toBe('BRIDGE_ERR_CONFIG');
    const [, ...lines] = error.message.split('\n');
    return lines.map((line) => line.trim().replace('routes[0].', ''));
  }
  throw new Error('the configuration was accepted');
}

function route(request: unknown, body?: unknown) {
  return { ...routeInput({ reply: { body: body as ReplyInput | undefined } }), request: request as RequestInput };
}

function accepted(request: RequestInput | undefined, body?: ReplyInput) {
  const [parsed] = parseBridgeConfig(configInput({ routes: [route(request, body)] })).routes;
  return { request: parsed?.request, body: parsed?.reply.body };
}

const tensor = { name: 'x', datatype: 'FP32' } as const;

describe('the configuration of payloads', () => {
  it('is absent by default: payloads go through', () => {
    expect(accepted(undefined)).toEqual({ request: undefined, body: undefined });
  });

  it('has defaults', () => {
    expect(accepted({}, { path: '$' })).toStrictEqual({
      request: { maxPayloadBytes: 4_194_304, from: 'json', as: 'raw' },
      body: { path: '$', bytesAs: 'text' },
    });
  });

  it.each<RequestInput>([
    {
      maxPayloadBytes: 1000,
      from: 'json',
      schema: { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } },
      path: '$.data',
      as: 'v1',
      rows: 'one',
      fields: { signature_name: 'x', parameters: { a: [1, true, null] } },
    },
    { maxPayloadBytes: 1, from: 'bytes', as: 'v1', bytesKeys: ['image', 'b64'], fields: {} },
    {
      maxPayloadBytes: 268_435_455,
      from: 'json',
      as: 'v2',
      tensors: [
        { name: 'x', datatype: 'FP32', path: '$.x', shape: [-1, 4], binary: false },
        { name: 'y', datatype: 'FP16', binary: true },
      ],
    },
  ])('keeps every value that is given: %o', (request) => {
    expect(accepted(request).request).toStrictEqual(request);
  });

  it.each<[unknown, string]>([
    [{ from: 'bytes', schema: {} }, 'request has schema, which reads JSON, but takes bytes. Leave one of them out'],
    [{ from: 'bytes', path: '$' }, 'request has path, which reads JSON, but takes bytes. Leave one of them out'],
    [
      { from: 'bytes', as: 'v1', rows: 'one' },
      'request has rows, which reads JSON, but takes bytes. Leave one of them out',
    ],
    [
      { from: 'bytes', as: 'v2', tensors: [{ ...tensor, path: '$' }] },
      'request has a tensor with a path, which reads JSON, but takes bytes. Leave one of them out',
    ],
    [{ rows: 'one' }, 'request has rows, which only V1 has, but makes raw requests. Set as: v1'],
    [
      { from: 'bytes', as: 'v2', tensors: [tensor], bytesKeys: ['b64'] },
      'request has bytesKeys, which only V1 has, but makes v2 requests. Set as: v1',
    ],
    [{ as: 'v1', bytesKeys: ['b64'] }, 'request has bytesKeys, but takes JSON. Set from: bytes'],
    [{ as: 'v2' }, 'request makes V2 requests of no tensors. Give tensors'],
    [{ as: 'v1', tensors: [tensor] }, 'request has tensors, which only V2 has, but makes v1 requests. Set as: v2'],
    [
      { from: 'bytes', as: 'v2', tensors: [tensor, { ...tensor, name: 'y' }] },
      'request has 2 tensors, but bytes are one. Give one',
    ],
    [
      { as: 'v2', tensors: [tensor, tensor] },
      'request has two tensors "x", but models tell inputs apart by name. Rename one',
    ],
    [{ fields: { a: 1 } }, 'request has fields, but nothing to put them into. Set as: v1 or as: v2'],
    [
      { as: 'v1', fields: { instances: [] } },
      'request has the field "instances", which is what becomes of the payload. Leave it out',
    ],
    [
      { as: 'v2', tensors: [tensor], fields: { inputs: [] } },
      'request has the field "inputs", which is what becomes of the payload. Leave it out',
    ],
    [
      { as: 'v1', fields: { parameters: { temperature: Number.NaN } } },
      'request.fields.parameters is nothing that JSON can write. Use texts, finite numbers, lists and maps',
    ],
    [
      { as: 'v2', tensors: [{ ...tensor, datatype: 'FP16' }] },
      'request.tensors[0] has the datatype FP16, which KServe and Triton take in binary only. Set binary: true',
    ],
    [
      { as: 'v2', tensors: [{ ...tensor, shape: [-1, 2, -1] }] },
      'request.tensors[0].shape is [-1, 2, -1], but only one length can follow from the others. Write -1 once at most',
    ],
    [
      { as: 'v2', tensors: [{ ...tensor, shape: [0] }] },
      'request.tensors[0].shape is [0], but a tensor without values asks nothing. Lengths are from 1, or -1',
    ],
  ])('refuses %o', (request, problem) => {
    expect(problemsOf({ request })).toEqual([problem]);
  });

  it.each([
    ['request.path', { request: { path: 'data' } }],
    ['request.tensors[0].path', { request: { as: 'v2', tensors: [{ ...tensor, path: 'data' }] } }],
    ['reply.body.path', { body: { path: 'data' } }],
  ])('refuses a %s that is none', (where, options) => {
    expect(problemsOf(options)).toEqual([
      expect.stringMatching(`^${where.replace(/[[\]]/g, '\\$&')} is "data", but a path`),
    ]);
  });

  it.each([
    ['a misspelt keyword', { requird: ['a'] }, 'unknown keyword: "requird"'],
    ['a wrong type', { type: 'objekt' }, 'schema is invalid'],
    ['an unknown format', { type: 'string', format: 'postcode' }, 'unknown format "postcode"'],
    ['a reference to nowhere', { $ref: 'https://example.com/none' }, "can't resolve reference"],
    ['another draft', { $schema: 'http://json-schema.org/draft-07/schema#' }, 'no schema with key or ref'],
    ['a pattern that is none', { type: 'string', pattern: '(' }, 'Invalid regular expression'],
    ['a check that answers later', { $async: true }, '"$async" is not a keyword'],
  ])('refuses a schema with %s, and says of which route', (_what, schema, problem) => {
    const [found, ...others] = problemsOf({ request: { schema } });

    expect(others).toEqual([]);
    expect(found).toContain('request.schema is no JSON Schema of draft 2020-12: ');
    expect(found).toContain(problem);
  });

  it('refuses a reply of nothing', () => {
    expect(problemsOf({ body: {} })).toEqual([
      'reply.body picks nothing. Give an output or a path ("$" for the whole answer as JSON), or leave it out',
    ]);
  });

  it.each([0, 268_435_456])('refuses %i as maxPayloadBytes', (maxPayloadBytes) => {
    expect(problemsOf({ request: { maxPayloadBytes } })).toEqual([
      expect.stringContaining(`request.maxPayloadBytes is ${maxPayloadBytes}. `),
    ]);
  });

  it.each([
    [
      'request',
      { request: { template: {} } },
      'maxPayloadBytes, from, schema, path, as, rows, bytesKeys, tensors, fields',
    ],
    [
      'request.tensors[0]',
      { request: { as: 'v2', tensors: [{ ...tensor, dtype: 1 }] } },
      'name, datatype, path, shape, binary',
    ],
    ['reply.body', { body: { path: '$', paht: 1 } }, 'output, path, bytesAs'],
  ])('refuses an unknown key in %s, and lists the known ones', (where, options, known) => {
    expect(problemsOf(options)).toEqual([
      expect.stringMatching(`${where.replace(/[[\]]/g, '\\$&')} has the unknown key .* Known here: ${known}$`),
    ]);
  });
});

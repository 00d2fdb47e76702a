import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { DATATYPE_NAMES } from './datatypes';
import { parseJsonPath } from './json-path';
import { compileSchema } from './json-schema';
import { MAX_RANK } from './shape';

export const PAYLOAD_DEFAULTS = {
  /** A photograph. Of JSON this is a tenth of a second in which the bridge does nothing but read. */
  maxPayloadBytes: 4 * 1024 * 1024,
  /** TensorFlow Serving's way to say that a text is bytes. */
  bytesKeys: ['b64'],
} as const;

/** The largest packet of MQTT. */
const MAX_PACKET_BYTES = 268_435_455;

const jsonPath = z.string().superRefine((path, context) => {
  try {
    parseJsonPath(path);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `is "${path}", but ${(error as Error).message}` });
  }
});

const jsonSchema = z.record(z.string(), z.unknown()).superRefine((schema, context) => {
  try {
    compileSchema(schema);
  } catch (error) {
    const { message } = error as Error;
    context.addIssue({ code: 'custom', message: `is no JSON Schema of draft 2020-12: ${message}` });
  }
});

const shape = z
  .array(z.int().min(-1))
  .min(1)
  .max(MAX_RANK)
  .superRefine((lengths, context) => {
    const refuse = (problem: string) =>
      context.addIssue({ code: 'custom', message: `is [${lengths.join(', ')}], but ${problem}` });
    if (lengths.includes(0)) refuse('a tensor without values asks nothing. Lengths are from 1, or -1');
    if (lengths.filter((length) => length === -1).length > 1) {
      refuse('only one length can follow from the others. Write -1 once at most');
    }
  });

const tensor = z
  .strictObject({
    name: z.string().min(1),
    datatype: z.enum(DATATYPE_NAMES),
    path: jsonPath.optional(),
    shape: shape.optional(),
    binary: z.boolean().default(false),
  })
  .refine(
    ({ datatype, binary }) => datatype !== 'FP16' || binary,
    'has the datatype FP16, which KServe and Triton take in binary only. Set binary: true',
  );

/** What becomes of a request before the model is asked. Left out, payloads go through as they are. */
export const requestMapping = z
  .strictObject({
    maxPayloadBytes: z.int().min(1).max(MAX_PACKET_BYTES).default(PAYLOAD_DEFAULTS.maxPayloadBytes),
    from: z.enum(['json', 'bytes']).default('json'),
    schema: jsonSchema.optional(),
    path: jsonPath.optional(),
    as: z.enum(['raw', 'v1', 'v2']).default('raw'),
    rows: z.enum(['one', 'many']).optional(),
    bytesKeys: z.array(z.string().min(1)).min(1).optional(),
    tensors: z.array(tensor).min(1).optional(),
    fields: z.record(z.string(), z.unknown()).superRefine(refuseNoJson).optional(),
  })
  .superRefine((mapping, context) => {
    for (const message of contradictions(mapping)) context.addIssue({ code: 'custom', message });
  });

/** What of the model's answer becomes the reply. Left out, answers go through as they are. */
export const replyBody = z
  .strictObject({
    output: z.string().min(1).optional(),
    path: jsonPath.optional(),
    bytesAs: z.enum(['text', 'base64']).default('text'),
  })
  .refine(
    ({ output, path }) => output !== undefined || path !== undefined,
    'picks nothing. Give an output or a path ("$" for the whole answer as JSON), or leave it out',
  );

export type RequestMapping = z.output<typeof requestMapping>;
export type TensorConfig = z.output<typeof tensor>;
export type ReplyBody = z.output<typeof replyBody>;

/** What would not be used, or cannot be meant. */
function contradictions({ from, as, fields, tensors = [], ...options }: RequestMapping): string[] {
  const { schema, path, rows, bytesKeys } = options;
  const ofJson = { schema, path, rows, 'a tensor with a path': tensors.find((tensor) => tensor.path !== undefined) };
  const names = tensors.map(({ name }) => name);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  const own = as === 'v1' ? 'instances' : 'inputs';
  const problems = [
    ...given(ofJson).map(
      (name) => from === 'bytes' && `has ${name}, which reads JSON, but takes bytes. Leave one of them out`,
    ),
    ...given({ rows, bytesKeys }).map(
      (name) => as !== 'v1' && `has ${name}, which only V1 has, but makes ${as} requests. Set as: v1`,
    ),
    from === 'json' && bytesKeys && 'has bytesKeys, but takes JSON. Set from: bytes',
    as === 'v2' && names.length === 0 && 'makes V2 requests of no tensors. Give tensors',
    as !== 'v2' && names.length > 0 && `has tensors, which only V2 has, but makes ${as} requests. Set as: v2`,
    from === 'bytes' && names.length > 1 && `has ${names.length} tensors, but bytes are one. Give one`,
    repeated !== undefined && `has two tensors "${repeated}", but models tell inputs apart by name. Rename one`,
    as === 'raw' && fields && 'has fields, but nothing to put them into. Set as: v1 or as: v2',
    as !== 'raw' &&
      fields &&
      Object.hasOwn(fields, own) &&
      `has the field "${own}", which is what becomes of the payload. Leave it out`,
  ];
  return problems.filter((problem) => typeof problem === 'string');
}

function given(options: Record<string, unknown>): string[] {
  return Object.keys(options).filter((name) => options[name] !== undefined);
}

function refuseNoJson(fields: Record<string, unknown>, context: z.RefinementCtx): void {
  for (const [name, value] of Object.entries(fields)) {
    if (isJson(value)) continue;
    context.addIssue({
      code: 'custom',
      path: [name],
      message: 'is nothing that JSON can write. Use texts, finite numbers, lists and maps',
    });
  }
}

function isJson(value: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
  } catch {
    return false;
  }
}

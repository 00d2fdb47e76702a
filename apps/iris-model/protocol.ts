import { z } from 'zod';
import { InvalidInput } from './errors';

const FEATURE_COUNT = 4;

const v1Request = z.object({ instances: z.array(z.unknown()).nonempty() });
const V1_EXAMPLE = { instances: [[5.1, 3.5, 1.4, 0.2]] };

const v2Tensor = z.object({
  name: z.string(),
  shape: z.tuple([z.int().positive(), z.literal(FEATURE_COUNT)]),
  datatype: z.enum(['FP32', 'FP64']),
  data: z.array(z.unknown()),
});
const v2Request = z.object({ id: z.string().optional(), inputs: z.tuple([v2Tensor]) });
const V2_EXAMPLE = {
  inputs: [{ name: 'flowers', shape: [1, FEATURE_COUNT], datatype: 'FP32', data: [5.1, 3.5, 1.4, 0.2] }],
};

export function readV1(body: unknown): unknown[] {
  return parse(v1Request, body, V1_EXAMPLE).instances;
}

export function writeV1(predictions: number[]) {
  return { predictions };
}

export function readV2(body: unknown): { id?: string; rows: unknown[] } {
  const { id, inputs } = parse(v2Request, body, V2_EXAMPLE);
  const [{ shape, data }] = inputs;
  const rows = data.some(Array.isArray) ? data : inRows(data);
  if (rows.length !== shape[0]) {
    const counts = `Shape [${shape}] announces ${shape[0]} rows but data holds ${rows.length}`;
    throw new InvalidInput(`${counts}. The two must agree: change one of them.`);
  }
  return { id, rows };
}

export function writeV2(model: string, id: string | undefined, predictions: number[]) {
  return {
    model_name: model,
    id,
    outputs: [{ name: 'predict', shape: [predictions.length], datatype: 'INT64', data: predictions }],
  };
}

export function describeV2(model: string) {
  return {
    name: model,
    platform: 'softmax_json',
    inputs: [{ name: 'flowers', datatype: 'FP32', shape: [-1, FEATURE_COUNT] }],
    outputs: [{ name: 'predict', datatype: 'INT64', shape: [-1] }],
  };
}

function parse<T>(schema: z.ZodType<T>, body: unknown, example: object): T {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');
  throw new InvalidInput(`${problems}. Send a body like ${JSON.stringify(example)}.`);
}

function inRows(values: unknown[]): unknown[][] {
  const count = Math.ceil(values.length / FEATURE_COUNT);
  return Array.from({ length: count }, (_, row) => values.slice(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT));
}

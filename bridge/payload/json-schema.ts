import type { ErrorObject } from 'ajv/dist/2020';
import { found, Mismatch, quoted, shortened } from './mismatch';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Record<string, unknown>;

/**
 * Makes a check of a schema.
 *
 * @returns what throws a Mismatch for a value that is not what the schema says
 * @throws Error when the schema is none, with the reason
 */
export function compileSchema(schema: JsonSchema): (value: unknown) => void {
  // A check that answers later would pass everything now.
  if (schema.$async !== undefined) throw new Error('"$async" is not a keyword of JSON Schema');
  // Few routes have a schema, and without it a bridge is smaller.
  const { Ajv2020 } = require('ajv/dist/2020') as typeof import('ajv/dist/2020');
  const addFormats = (require('ajv-formats') as typeof import('ajv-formats')).default;
  // Of strict mode what finds misspelt keywords and formats; the rest forbids what JSON Schema allows.
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    verbose: true,
    logger: false,
  });
  addFormats(ajv);
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return;
    const [error] = validate.errors ?? [];
    throw new Mismatch(error ? explain(error) : "is not what the route's schema says");
  };
}

function explain({ instancePath, data, message = 'is wrong', params, schemaPath }: ErrorObject): string {
  const where = instancePath === '' ? '' : ` at ${shortened(instancePath)}`;
  const extra: unknown = params.additionalProperty ?? params.unevaluatedProperty;
  const which = typeof extra === 'string' ? ` (${quoted(extra)})` : '';
  return `is ${found(data)}${where}, but ${shortened(message, 120)}${which}: rule ${shortened(schemaPath, 120)} of the route's schema`;
}

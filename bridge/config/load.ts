import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { parseDocument } from 'yaml';
import type * as z from 'zod';
import { BridgeError } from '../errors';
import { type BridgeConfig, type BrokerConfig, bridgeConfigSchema, brokerPartSchema } from './schema';

/** Of a value in a message. */
const MOST_CHARS = 200;

/**
 * Reads the configuration file (YAML, of which JSON is a part).
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem of the file in one message
 */
export function loadBridgeConfig(file: string): BridgeConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new BridgeError('BRIDGE_ERR_CONFIG', `cannot read ${file}: ${(error as Error).message}`);
  }
  const document = parseDocument(text, { prettyErrors: true });
  // A warning is a tag the file's author expected to mean something, such as !env.
  const faults = [...document.errors, ...document.warnings].map(({ message }) => message.trim());
  if (faults.length > 0) throw problems(file, faults);
  return parseBridgeConfig(contentOf(document, file), file);
}

/** An alias without an anchor is found only here. */
function contentOf(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw problems(file, [(error as Error).message]);
  }
}

/**
 * Checks a configuration and fills in the defaults.
 *
 * @param source what to call the configuration in the message
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem in one message
 */
export function parseBridgeConfig(value: unknown, source = 'configuration'): BridgeConfig {
  const result = bridgeConfigSchema.safeParse(value);
  if (result.success) return result.data;
  throw problems(
    source,
    result.error.issues.map((issue) => describe(issue, value)),
  );
}

/**
 * Checks the part of a configuration that says where the broker is, and fills in the defaults.
 *
 * @param source what to call it in the message
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem in one message
 */
export function parseBrokerConfig(value: unknown, source: string): BrokerConfig {
  const whole = { broker: value };
  const result = brokerPartSchema.safeParse(whole);
  if (result.success) return result.data.broker;
  const lines = result.error.issues.map((issue) => describe(issue, whole));
  throw new BridgeError('BRIDGE_ERR_CONFIG', `${source} names no usable broker:\n  ${lines.join('\n  ')}`);
}

function problems(source: string, lines: string[]): BridgeError {
  return new BridgeError('BRIDGE_ERR_CONFIG', `${source} is not a bridge configuration:\n  ${lines.join('\n  ')}`);
}

function describe(issue: z.core.$ZodIssue, root: unknown): string {
  const where = issue.path.map(step).join('').replace(/^\./, '') || 'the file';
  if (issue.code === 'custom') return `${where} ${issue.message}`;
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => JSON.stringify(key)).join(', ');
    return `${where} has the unknown key ${keys}. Known here: ${knownKeys(issue.path).join(', ')}`;
  }
  const found = valueAt(root, issue.path);
  if (found === undefined) return `${where} is missing. ${issue.message}`;
  return `${where} is ${written(found)}. ${issue.message}`;
}

function step(key: PropertyKey): string {
  return typeof key === 'string' && /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** A value as it is written in a file, as far as it can be: YAML can make one that contains itself. */
function written(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // Below.
  }
  text ??= inspect(value, { depth: 0, compact: true, breakLength: Number.POSITIVE_INFINITY });
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step], root);
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema = bridgeConfigSchema as unknown as SchemaNode;
  for (const step of path) {
    schema = unwrapped(schema);
    schema = (typeof step === 'number' ? schema.element : schema.shape?.[String(step)]) as SchemaNode;
  }
  return Object.keys(unwrapped(schema).shape ?? {});
}

interface SchemaNode {
  readonly shape?: Record<string, SchemaNode>;
  readonly element?: SchemaNode;
  readonly def: { readonly innerType?: SchemaNode };
}

function unwrapped(schema: SchemaNode): SchemaNode {
  return schema.def.innerType ? unwrapped(schema.def.innerType) : schema;
}

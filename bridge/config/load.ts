import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { parseDocument } from 'yaml';
import type * as z from 'zod';
import { BridgeError } from '../errors';
import { type BridgeConfig, type BrokerConfig, bridgeConfigSchema, brokerPartSchema } from './schema';

/** Of a value in a message. */
const MOST_CHARS = 200;

/** What a configuration is for, as messages call it. */
export type Program = 'bridge' | 'provider' | 'gateway' | 'RabbitMQ';

/**
 * Reads the configuration file of a bridge of MQTT (YAML, of which JSON is a part).
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem of the file in one message
 */
export function loadBridgeConfig(file: string): BridgeConfig {
  return parseBridgeConfig(readConfigFile(file), file);
}

/**
 * What a configuration file says, unchecked.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem of the file in one message
 */
export function readConfigFile(file: string, program: Program = 'bridge'): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new BridgeError('BRIDGE_ERR_CONFIG', `cannot read ${file}: ${(error as Error).message}`);
  }
  const document = parseDocument(text, { prettyErrors: true });
  // A warning is a tag the file's author expected to mean something, such as !env.
  const faults = [...document.errors, ...document.warnings].map(({ message }) => message.trim());
  if (faults.length > 0) throw problems(program, file, faults);
  return contentOf(document, file, program);
}

/** An alias without an anchor is found only here. */
function contentOf(document: ReturnType<typeof parseDocument>, file: string, program: Program): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw problems(program, file, [(error as Error).message]);
  }
}

/**
 * Checks a configuration of a bridge of MQTT and fills in the defaults.
 *
 * @param source what to call the configuration in the message
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem in one message
 */
export function parseBridgeConfig(value: unknown, source = 'configuration'): BridgeConfig {
  return checkedBy(bridgeConfigSchema, value, 'bridge', source);
}

/**
 * Checks a configuration of one kind and fills in the defaults.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem in one message
 */
export function checkedBy<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  program: Program,
  source: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw problems(
    program,
    source,
    result.error.issues.map((issue) => describe(issue, value, schema)),
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
  const lines = result.error.issues.map((issue) => describe(issue, whole, brokerPartSchema));
  throw new BridgeError('BRIDGE_ERR_CONFIG', `${source} names no usable broker:\n  ${lines.join('\n  ')}`);
}

function problems(program: Program, source: string, lines: string[]): BridgeError {
  return new BridgeError('BRIDGE_ERR_CONFIG', `${source} is not a ${program} configuration:\n  ${lines.join('\n  ')}`);
}

function describe(issue: z.core.$ZodIssue, root: unknown, schema: z.ZodType): string {
  const where = issue.path.map(step).join('').replace(/^\./, '') || 'the file';
  if (issue.code === 'custom') return `${where} ${issue.message}`;
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => JSON.stringify(key)).join(', ');
    return `${where} has the unknown key ${keys}. Known here: ${knownKeys(issue.path, schema).join(', ')}`;
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

function knownKeys(path: readonly PropertyKey[], schema: z.ZodType): string[] {
  let node = schema as unknown as SchemaNode;
  for (const step of path) {
    node = unwrapped(node);
    node = (typeof step === 'number' ? node.element : node.shape?.[String(step)]) as SchemaNode;
  }
  return Object.keys(unwrapped(node).shape ?? {});
}

interface SchemaNode {
  readonly shape?: Record<string, SchemaNode>;
  readonly element?: SchemaNode;
  readonly def: { readonly innerType?: SchemaNode; readonly in?: SchemaNode };
}

/** The object in what was made of it: optional, with a default, or with something done to it. */
function unwrapped(schema: SchemaNode): SchemaNode {
  const inner = schema.def.innerType ?? schema.def.in;
  return inner ? unwrapped(inner) : schema;
}

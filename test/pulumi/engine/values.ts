/**
 * Values as they travel between a program and the engine: plain data, in which secrets, unknowns and the like are objects
 * with a signature.
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts
 */

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
const OUTPUT_VALUE = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const RESOURCE = '5cf8f73096256a8f31e491e813e4eb8e';
const ASSET = 'c44067f5952c0a294b673a41bacd8c17';
const ARCHIVE = '0def7320c3a5731c473e5ecbe6d01bc7';
const UNKNOWN_VALUE = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export type PlainObject = Record<string, unknown>;

/** Stands for a value that is not known before an update. */
export const UNKNOWN = Symbol('unknown');

export interface Decoded<T = unknown> {
  /**
   * Plain data, with `UNKNOWN` in the place of what is not known. Other resources are `{ $resource: <URN>, id }`, and
   * files are `{ $asset: .. }` and `{ $archive: .. }`.
   */
  readonly value: T;
  /** Where secrets begin, as Pulumi writes property paths: `data.token`, `metadata.labels["a/b"]`, `rules[0]`. */
  readonly secretPaths: string[];
  readonly unknownPaths: string[];
}

/** What a program has sent, as plain data. */
export function decode(wire: PlainObject): Decoded<PlainObject> {
  const secretPaths: string[] = [];
  const unknownPaths: string[] = [];

  /** @param hidden whether an outer value is a secret already */
  const visit = (value: unknown, path: string, hidden: boolean): unknown => {
    if (value === UNKNOWN_VALUE) {
      unknownPaths.push(path);
      return UNKNOWN;
    }
    if (Array.isArray(value)) return value.map((item, index) => visit(item, `${path}[${index}]`, hidden));
    if (!isObject(value)) return value;
    switch (value[SIGNATURE]) {
      case undefined:
        return Object.fromEntries(
          Object.entries(value).map(([key, item]) => [key, visit(item, memberPath(path, key), hidden)]),
        );
      case SECRET:
        return visitSecret(value.value, path, hidden);
      case OUTPUT_VALUE: {
        const inner = 'value' in value ? value.value : UNKNOWN_VALUE;
        return (value.secret === true ? visitSecret : visit)(inner, path, hidden);
      }
      case RESOURCE:
        return { $resource: value.urn, ...('id' in value && { id: value.id === UNKNOWN_VALUE ? UNKNOWN : value.id }) };
      case ASSET:
        return { $asset: withoutSignature(value) };
      case ARCHIVE:
        return { $archive: withoutSignature(value) };
      default:
        throw new Error(`${path} has the signature ${value[SIGNATURE]}, which this engine does not know`);
    }
  };

  // Older SDKs send an unknown secret as a plain unknown: no SDK's is counted as a secret.
  const visitSecret = (value: unknown, path: string, hidden: boolean): unknown => {
    if (!hidden && value !== UNKNOWN_VALUE) secretPaths.push(path);
    return visit(value, path, true);
  };

  return {
    value: visit(wire, '', false) as PlainObject,
    secretPaths: secretPaths.sort(),
    unknownPaths: unknownPaths.sort(),
  };
}

/** Plain data of a provider as it is sent to a program; members that are undefined are left out. */
export function encode(value: PlainObject): PlainObject {
  return encodeValue(value) as PlainObject;
}

function encodeValue(value: unknown): unknown {
  if (value === UNKNOWN) return UNKNOWN_VALUE;
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(encodeValue);
  if (!isObject(value)) return value;
  if ('$resource' in value) {
    return { [SIGNATURE]: RESOURCE, urn: value.$resource, ...('id' in value && { id: encodeValue(value.id) }) };
  }
  if ('$asset' in value) return { [SIGNATURE]: ASSET, ...(value.$asset as PlainObject) };
  if ('$archive' in value) return { [SIGNATURE]: ARCHIVE, ...(value.$archive as PlainObject) };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, encodeValue(item)]),
  );
}

/**
 * Outputs, on the wire, with the secrets that the engine makes of them: what was a secret as an input is one as an output
 * of the same place, and so is each output that the program has named.
 */
export function withSecretsOf(inputs: PlainObject, outputs: PlainObject, additional: readonly string[]): PlainObject {
  const inherited = inheritSecrets(inputs, outputs) as PlainObject;
  return Object.fromEntries(
    Object.entries(inherited).map(([key, value]) => [key, additional.includes(key) ? asSecret(value) : value]),
  );
}

function inheritSecrets(input: unknown, output: unknown): unknown {
  if (isSecret(input)) return asSecret(output);
  if (Array.isArray(input) && Array.isArray(output)) {
    return output.map((item, index) => inheritSecrets(input[index], item));
  }
  if (isObject(input) && isObject(output)) {
    return Object.fromEntries(Object.entries(output).map(([key, item]) => [key, inheritSecrets(input[key], item)]));
  }
  return output;
}

function asSecret(value: unknown): unknown {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET, value };
}

function isSecret(value: unknown): boolean {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

function isObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutSignature({ [SIGNATURE]: _, ...others }: PlainObject): PlainObject {
  return others;
}

function memberPath(path: string, key: string): string {
  if (!/^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

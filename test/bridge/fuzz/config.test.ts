import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BridgeError, loadBridgeConfig, parseBridgeConfig } from '../../../bridge';
import { configInput, routeInput } from '../support/config';

/** A configuration that says something about most of what there is to say. */
const GOOD = configInput({
  broker: {
    url: 'mqtts://broker.example:8883',
    clientId: 'bridge-0',
    username: 'bridge',
    passwordFile: '/run/secrets/password',
    reconnect: { minMs: 100, maxMs: 1_000 },
    tls: { caFile: 'ca.pem' },
  },
  delivery: { window: 64 },
  routes: [
    routeInput({
      requestTopic: '{namespace}/{model}/input',
      captures: { namespace: ['staging'] },
      share: 'bridges',
      model: {
        url: 'http://{model}.{namespace}.svc/v1/models/{model}:predict',
        headers: { 'x-tenant': 'a' },
        login: { bearerTokenFile: '/run/secrets/token' },
        retry: { attempts: 2 },
      },
      reply: { topic: 'replies/{model}/output', allowedResponseTopics: ['own/+'] },
      deadLetter: { topic: 'dead/letters' },
    }),
    routeInput({ name: 'other', requestTopic: 'other/input', reply: { topic: 'other/output' } }),
  ],
  log: { level: 'debug' },
});

const PLACE = /^(the file|\w+(\.[\w-]+|\[(\d+|"([^"\\]|\\.)*")\])*) \S/;
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});
const keys = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '0', ''));
const values = fc.oneof(
  anything,
  fc.constantFrom(null, undefined, '', 0, -1, 1e308, Number.NaN, Number.POSITIVE_INFINITY, true, [], {}),
  fc.constantFrom('$share/a/b', '{', '{}', '{a}', '+', '#', 'http://', 'mqtt://', 'a\nb', '\0', 'x'.repeat(70_000)),
  fc.constantFrom('http://{model}', 'http://{model}.svc', 'http://u:p@h', 'http://[::1]/{model}', 'http://h/?{model}'),
);

describe('a configuration', () => {
  it('is taken, or refused with a place for each problem, whatever it is', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expectVerdict(() => parseBridgeConfig(value));
      }),
    );
  });

  it('is taken, or refused with a place for each problem, whatever one value of it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...placesIn(GOOD)), values, (place, value) => {
        expectVerdict(() => parseBridgeConfig(changed(GOOD, place, value)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused with a place when it has a key more than there is', () => {
    const objects = placesIn(GOOD).filter((place) => isObject(valueAt(GOOD, place)));
    fc.assert(
      fc.property(fc.constantFrom([], ...objects), keys, values, (place, key, value) => {
        const at = valueAt(GOOD, place) as object;
        const more = Object.defineProperty({ ...at }, key, { value, enumerable: true, configurable: true });
        expectVerdict(() => parseBridgeConfig(changed(GOOD, place, more)));
      }),
    );
  });

  it('is the same when it is read again with its defaults', () => {
    fc.assert(
      fc.property(fc.constantFrom(...placesIn(GOOD)), values, (place, value) => {
        const config = expectVerdict(() => parseBridgeConfig(changed(GOOD, place, value)));
        if (config === undefined) return;

        expect(parseBridgeConfig(config)).toStrictEqual(config);
      }),
    );
  });
});

describe('a configuration file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridge-fuzz-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (content: string | Uint8Array) => {
    const file = join(folder, 'bridge.yaml');
    writeFileSync(file, content);
    return expectRefusalOrNone(() => loadBridgeConfig(file));
  };

  it('is taken or refused, whatever its bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void read(bytes)));
  });

  it('is taken or refused, whatever YAML it is made of', () => {
    const piece = fc.constantFrom(
      ...['broker:', 'routes:', 'url:', '- ', '  ', '\n', '{', '}', '[', ']', '&a', '*a', '!env', '!!binary', '<<:'],
      ...['|', '>', '"', "'", '#', '---', '...', '%YAML 1.2', '? ', '0x', '~', '\t', '\u2028', '__proto__:', ': '],
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => void read(pieces.join(''))));
  });

  it('is taken or refused, whatever is cut off from it or put into it', () => {
    const text = JSON.stringify(GOOD, null, 1);
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 20 }), (at, length, more) => {
        read(text.slice(0, at) + more + text.slice(at + length));
      }),
    );
  });

  it('is refused when its aliases would make more of it than there is memory for', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}*a${i}]`);

    expect(read(`a0: &a0 x\n${levels.join('\n')}`)).toContain('alias');
  });
});

type Place = readonly (string | number)[];

/** The configuration, or nothing when it was refused as it should be. */
function expectVerdict<T>(parse: () => T): T | undefined {
  let config: T | undefined;
  const refusal = expectRefusalOrNone(() => {
    config = parse();
  });
  if (refusal === undefined) return config;
  const [, ...problems] = refusal.split('\n  ');
  expect(problems.length).toBeGreaterThan(0);
  for (const problem of problems) expect(problem).toMatch(PLACE);
  return undefined;
}

/** What was said when it was refused. */
function expectRefusalOrNone(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    expect(error.code).toBe('BRIDGE_ERR_CONFIG');
    return error.message;
  }
}

function placesIn(value: unknown, place: Place = []): Place[] {
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : isObject(value)
      ? Object.entries(value)
      : [];
  return entries.flatMap(([key, one]) => [[...place, key], ...placesIn(one, [...place, key])]);
}

function valueAt(root: unknown, place: Place): unknown {
  return place.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], root);
}

function changed(root: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(root)) return root.map((one, i) => (i === key ? changed(one, rest, value) : one));
  return { ...(root as object), [key]: changed((root as Record<string, unknown>)[key], rest, value) };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

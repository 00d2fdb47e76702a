import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH, readJson, readUnambiguousJson } from '../../../bridge/payload/json-text';

describe('readJson', () => {
  it.each(['null', ' {"a": [1, "b", {}]} ', '"\\ud800"', '[1e400]', '0'])('takes %s', (text) => {
    expect(readJson(Buffer.from(text)).value).toEqual(JSON.parse(text));
  });

  it.each([
    ['nothing', '', 'is empty'],
    ['Latin-1', Buffer.from([0x22, 0xe9, 0x22]), 'is not UTF-8'],
    ['a byte order mark', '\ufeff{}', 'is not JSON'],
    ['NaN, as Python writes it', '[NaN]', 'is not JSON'],
    ['an open string', '"', 'is not JSON'],
    ['an open string with a backslash', '"\\"', 'is not JSON'],
    ['two values', '{} {}', 'is not JSON'],
    ['too many closing brackets', ']]]]', 'is not JSON'],
  ])('refuses %s', (_what, bytes, problem) => {
    expect(() => readJson(Buffer.from(bytes))).toThrow(problem);
  });

  const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));

  it('takes arrays within arrays up to a depth', () => {
    expect(readJson(nested(MAX_JSON_DEPTH)).bytes.length).toBe(2 * MAX_JSON_DEPTH);
  });

  it.each([MAX_JSON_DEPTH + 1, 5_000_000])(
    'refuses a depth of %i, which would overflow the stacks of readers',
    (depth) => {
      expect(() => readJson(nested(depth))).toThrow(`deeper than ${MAX_JSON_DEPTH} levels`);
    },
  );

  it('does not count brackets in texts', () => {
    const text = JSON.stringify('\\"[{'.repeat(MAX_JSON_DEPTH));

    expect(JSON.stringify(readJson(Buffer.from(text)).value)).toBe(text);
  });

  it('repeats no more of the text than an excerpt', () => {
    const text = `{"secret": ${'x'.repeat(10_000)}}`;

    expect(() => readJson(Buffer.from(text))).toThrow(/^.{1,160}$/s);
  });
});

describe('readUnambiguousJson', () => {
  it.each([
    ['{"a": 1, "a": 2}', 'has the key "a" twice, but'],
    ['{"a": 1, "b": {}, "\\u0061": 2}', 'has the key "a" twice, but'],
    ['[{}, {"x/y": [1, {"k": {"k": 1}, "k": 2}]}]', 'has the key "k" twice in the object at /1/x~1y/1, but'],
    ['{"__proto__": 1, "__proto__": 2}', 'has the key "__proto__" twice, but'],
  ])('refuses %s', (text, problem) => {
    expect(() => readUnambiguousJson(Buffer.from(text))).toThrow(problem);
  });

  it.each(['{"a": {"a": {"a": "a"}}, "b": "a"}', '[{"a": 1}, {"a": 1}]', '{"a": ["a", "a"], "A": "b", "": ","}'])(
    'takes %s',
    (text) => {
      expect(readUnambiguousJson(Buffer.from(text)).value).toEqual(JSON.parse(text));
    },
  );
});

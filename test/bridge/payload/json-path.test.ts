import { describe, expect, it } from 'vitest';
import { parseJsonPath, pick } from '../../../bridge/payload/json-path';
import { readJson } from '../../../bridge/payload/json-text';

function picked(path: string, json: string): string {
  return pick(parseJsonPath(path), readJson(Buffer.from(json))).bytes.toString();
}

describe('a path', () => {
  it.each([
    ['$', ' {"a": 1} ', ' {"a": 1} '],
    ['$.data', '{"id": 7, "data": [29, 29]}', '[29, 29]'],
    ['$.a.b', '{"a": {"b": "c"}}', '"c"'],
    ['$ .a\t["b"]', '{"a": {"b": null}}', 'null'],
    ["$['a b']", '{"a b": true}', 'true'],
    ["$[ 'it\\'s \"so\"' ]", '{"it\'s \\"so\\"": 1}', '1'],
    ['$["\\u263a"]', '{"☺": 1}', '1'],
    ['$.☺', '{"\\u263A": 1}', '1'],
    ['$.é.ü', '{"é": {"ü": "ß"}}', '"ß"'],
    ['$[0]', '[ [1, 2] , 3]', '[1, 2]'],
    ['$[1]', '[{"a": "],"}, 3.0 ]', '3.0'],
    ['$[-1]', '["a", "b\\"]"]', '"b\\"]"'],
    ['$[-2]', '[1, 2]', '1'],
    ['$.__proto__', '{"__proto__": 1}', '1'],
    ['$.a', '{"a": 1, "a": 2}', '2'],
    ['$[""]', '{"": 1}', '1'],
  ])('%s leads in %s to %s', (path, json, part) => {
    expect(picked(path, json)).toBe(part);
  });

  it.each([
    ['$.predictions[*].label', '{"predictions": [{"label": "a"}, {"label": "b"}]}', '["a","b"]'],
    ['$[*][0]', '[[1.0, 2], [3, 4], 5]', '[1.0,3]'],
    ['$.*', '{"a": [1], "b": 2}', '[[1],2]'],
    ['$[*]', '[7]', '[7]'],
  ])('%s with a * leads in %s to an array of all that it finds', (path, json, parts) => {
    expect(picked(path, json)).toBe(parts);
  });

  it.each(['1.0', '1e400', '-0', '12345678901234567890', '"\\u00e9\\ud800"', '0.1000'])(
    'leaves what it finds as it was written: %s',
    (text) => {
      expect(picked('$.x', `{"x": ${text} }`)).toBe(text);
    },
  );

  it.each([
    ['$.b', '{"a": 1}'],
    ['$.a.b', '{"a": 1}'],
    ['$.a', '[1]'],
    ['$[0]', '{"0": 1}'],
    ['$[2]', '[1, 2]'],
    ['$[-3]', '[1, 2]'],
    ['$[0]', '[]'],
    ['$[*]', '[]'],
    ['$.*', '"text"'],
    ['$.toString', '{}'],
    ['$.length', '[1]'],
  ])('%s leads in %s to nothing', (path, json) => {
    expect(() => picked(path, json)).toThrow(`has nothing at ${path}`);
  });

  it.each([
    '',
    'data',
    '.data',
    ' $',
    '$ ',
    '$.',
    '$. a',
    '$.1',
    '$[01]',
    '$[-0]',
    '$[1.0]',
    '$[9007199254740992]',
    "$['a]",
    '$["\\ud800"]',
    '$["\\x"]',
    '$[a]',
    '$..a',
    '$[0:2]',
    '$[0,1]',
    "$['a','b']",
    '$[?@.a]',
  ])('%j is refused, with what a path may be', (path) => {
    expect(() => parseJsonPath(path)).toThrow("a path is $, then .name, ['name'], [0], [-1], .* or [*]");
  });

  it('is refused with how far it was understood', () => {
    expect(() => parseJsonPath('$.a[0]..b')).toThrow('It is understood up to $.a[0]');
  });

  it('takes the largest position that RFC 9535 allows', () => {
    expect(parseJsonPath('$[9007199254740991]').steps).toEqual([Number.MAX_SAFE_INTEGER]);
  });
});

import { describe, expect, it } from 'vitest';
import { PathMatch } from '../../../lib';
import { httpPathProblem, pathMatches, pathRank, rewritePath } from '../../../lib/naming/http-paths';

const { PREFIX, EXACT } = PathMatch;

describe('httpPathProblem', () => {
  it.each(['/', '/info', '/api/v1/info', '/v1.0/a_b~c-d', '/.well-known', `/${'a'.repeat(1_023)}`])(
    'has nothing against %j',
    (path) => {
      expect(httpPathProblem(path)).toBeUndefined();
    },
  );

  it.each([
    ['', 'begins with /'],
    ['info', 'begins with /'],
    ['/info/', 'does not end with one'],
    ['//', 'does not end with one'],
    ['/a//b', 'letters, digits'],
    ['/a b', 'letters, digits'],
    ['/a*', 'letters, digits'],
    ['/(a)', 'letters, digits'],
    ['/`', 'letters, digits'],
    ['/info?x=1', 'letters, digits'],
    ['/%61', 'letters, digits'],
    ['/a/../b', 'segments . and ..'],
    ['/.', 'segments . and ..'],
    [`/${'a'.repeat(1_024)}`, 'at most 1024 characters, and this one has 1025'],
  ])('says what is wrong with %j', (path, rule) => {
    expect(httpPathProblem(path)).toContain(rule);
  });
});

describe('E-T5: which requests a path takes', () => {
  it.each([
    ['/info', PREFIX, '/info', true],
    ['/info', PREFIX, '/info/', true],
    ['/info', PREFIX, '/info/services', true],
    ['/info', PREFIX, '/information', false],
    ['/info', PREFIX, '/inf', false],
    ['/info', PREFIX, '/api/info', false],
    ['/info', EXACT, '/info', true],
    ['/info', EXACT, '/info/', false],
    ['/info', EXACT, '/information', false],
    ['/', PREFIX, '/', true],
    ['/', PREFIX, '/anything', true],
    ['/', EXACT, '/', true],
    ['/', EXACT, '/anything', false],
  ])('%s as %s, asked for %s: %s', (path, match, requested, taken) => {
    expect(pathMatches(path, match, requested)).toBe(taken);
  });
});

describe('rewritePath', () => {
  it.each([
    ['/info', PREFIX, '/info', '/api/v1/info', '/api/v1/info'],
    ['/info', PREFIX, '/info/', '/api/v1/info', '/api/v1/info/'],
    ['/info', PREFIX, '/info/services', '/api/v1/info', '/api/v1/info/services'],
    ['/info', PREFIX, '/info/info', '/api', '/api/info'],
    ['/info', PREFIX, '/info', '/', '/'],
    ['/info', PREFIX, '/info/services', '/', '/services'],
    ['/', PREFIX, '/', '/api/v1/info', '/api/v1/info/'],
    ['/', PREFIX, '/services', '/api/v1/info', '/api/v1/info/services'],
    ['/info', EXACT, '/info', '/api/v1/info', '/api/v1/info'],
  ])('%s as %s makes of %s, to %s: %s', (path, match, requested, rewriteTo, expected) => {
    expect(rewritePath(path, match, requested, rewriteTo)).toBe(expected);
  });
});

describe('pathRank', () => {
  it('puts longer paths first, and an exact one before a prefix', () => {
    const paths: [string, PathMatch][] = [
      ['/', PREFIX],
      ['/', EXACT],
      ['/a', PREFIX],
      ['/a', EXACT],
      ['/a/b', PREFIX],
    ];

    const ranks = paths.map(([path, match]) => pathRank(path, match));

    expect(ranks).toStrictEqual([...ranks].sort((a, b) => a - b));
    expect(new Set(ranks).size).toBe(paths.length);
  });
});

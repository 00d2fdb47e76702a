import { describe, expect, it } from 'vitest';
import {
  albGroupNameProblem,
  albHeaderNameProblem,
  albHostProblem,
  albPathProblem,
  albPatternCovers,
  albRuleProblem,
  albTokenProblem,
  tokensPerRule,
} from '../../../lib/naming/alb-rules';

describe('albRuleProblem (C-T4)', () => {
  const rule = (hosts: number, paths: number, ...others: number[]) => ({
    hosts: Array(hosts).fill('a.b'),
    paths: Array(paths).fill('/a'),
    others: others.map((count) => Array(count).fill('value')),
  });

  it.each([[rule(1, 2, 2)], [rule(1, 1, 3)], [rule(3, 2)], [rule(1, 0, 2, 2)]])(
    'has nothing against %j',
    (conditions) => {
      expect(albRuleProblem(conditions)).toBeUndefined();
    },
  );

  it.each([
    [rule(1, 2, 3), 'one rule has at most 5 values, and 1 host(s) + 2 path(s) + 3 other value(s) are 6'],
    [rule(2, 0, 2, 2), 'one rule has at most 5 values, and 2 host(s) + 0 path(s) + 4 other value(s) are 6'],
    [rule(0, 1, 4), 'one condition has at most 3 values, and one here has 4'],
    [rule(4, 0), 'one condition has at most 3 values, and one here has 4'],
  ])('does the sum for %j', (conditions, problem) => {
    expect(albRuleProblem(conditions)).toBe(problem);
  });

  it('counts wildcards, of which there are at most 5', () => {
    const conditions = (path: string) => ({ hosts: ['*.b.c'], paths: [path], others: [] });

    expect(albRuleProblem(conditions('/*/*/*?'))).toBeUndefined();
    expect(albRuleProblem(conditions('/*/*/*??'))).toBe('one rule has at most 5 wildcards, and this has 6');
  });
});

describe('tokensPerRule', () => {
  it.each([
    [1, 1, 3],
    [1, 2, 2],
    [1, 3, 1],
    [0, 0, 3],
  ])('for %i host(s) and %i path(s) is %i', (hosts, paths, tokens) => {
    expect(tokensPerRule(hosts, paths)).toBe(tokens);
  });
});

describe('albHeaderNameProblem', () => {
  it.each(['x-api-key', 'X', 'a'.repeat(40)])('has nothing against %s', (name) => {
    expect(albHeaderNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['a'.repeat(41), 'at most 40 characters, and this one has 41'],
    ['', 'only letters, digits and -'],
    ['x_api_key', 'only letters, digits and -'],
    ['x api', 'only letters, digits and -'],
    ['Host', 'the matter of host conditions'],
  ])('refuses %j', (name, problem) => {
    expect(albHeaderNameProblem(name)).toContain(problem);
  });
});

describe('albTokenProblem (X-1)', () => {
  it('takes 128 visible characters', () => {
    expect(albTokenProblem('~'.repeat(128))).toBeUndefined();
  });

  it.each([
    ['a'.repeat(129), 'at most 128 characters'],
    ['abc*', 'stand for any other characters'],
    ['abc?', 'stand for any other characters'],
    ['a b', 'visible ASCII'],
    ['ä', 'visible ASCII'],
    ['a\n', 'visible ASCII'],
  ])('refuses %j', (token, problem) => {
    expect(albTokenProblem(token)).toContain(problem);
  });
});

describe('albHostProblem', () => {
  it('takes 128 characters', () => {
    expect(albHostProblem(`*.${'a'.repeat(122)}.com`)).toBeUndefined();
  });

  it.each([
    [`*.${'a'.repeat(123)}.com`, 'at most 128 characters, and this one has 129'],
    ['*.staging.example.c0m', 'only letters'],
    ['localhost', 'only letters'],
  ])('refuses %j', (host, problem) => {
    expect(albHostProblem(host)).toContain(problem);
  });
});

describe('albPathProblem', () => {
  it.each(['/', '/*', '/v1/models*', `/${'a'.repeat(127)}`])('takes %s', (path) => {
    expect(albPathProblem(path)).toBeUndefined();
  });

  it.each([
    [`/${'a'.repeat(128)}`, 'at most 128 characters, and this one has 129'],
    ['v1', 'begins with /'],
    ['', 'begins with /'],
    ['/a b', 'only letters, digits'],
    ['/ä', 'only letters, digits'],
  ])('refuses %j', (path, problem) => {
    expect(albPathProblem(path)).toContain(problem);
  });
});

describe('albGroupNameProblem', () => {
  it.each(['a', 'team.models-1', 'a'.repeat(63)])('takes %s', (name) => {
    expect(albGroupNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['a'.repeat(64), 'at most 63 characters, and this one has 64'],
    ['Team', 'named with a-z'],
    ['-a', 'named with a-z'],
    ['', 'named with a-z'],
  ])('refuses %j', (name, problem) => {
    expect(albGroupNameProblem(name)).toContain(problem);
  });
});

describe('albPatternCovers', () => {
  it.each([
    ['*.staging.example.com', '*.staging.example.com', true],
    ['*.example.com', '*.staging.example.com', true],
    ['*-prod.example.com', '*-pre-prod.example.com', true],
    ['/*', '/v1/models*', true],
    ['/v1/models*', '/v1/models', true],
    ['*.staging.example.com', '*.example.com', false],
    ['/v1/models', '/v1/models*', false],
    ['a.example.com', 'a-example.com', false],
    ['/v?/a', '/v1/a', true],
    ['/v?/a', '/v*/a', false],
  ])('%s over %s: %s', (outer, inner, covers) => {
    expect(albPatternCovers(outer, inner)).toBe(covers);
  });
});

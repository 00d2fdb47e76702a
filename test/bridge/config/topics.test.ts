import { describe, expect, it } from 'vitest';
import { filterMatches, topicFilterProblem, topicNameProblem } from '../../../bridge/config/topics';

const MAX_BYTES = 65_535;

describe('topicNameProblem', () => {
  it.each(['a', 'a/b/c', '/', '/a', 'a/', 'a//b', 'with blank', 'größe', 'a/$b'])('accepts the name %j', (topic) => {
    expect(topicNameProblem(topic)).toBeUndefined();
  });

  it.each([
    ['', 'at least one character'],
    ['a/+/b', 'no wildcard (+ or #)'],
    ['a/#', 'no wildcard (+ or #)'],
    ['a+b', 'no wildcard (+ or #)'],
    ['$SYS/broker/uptime', 'topics that begin with $ belong to the broker'],
    ['$share/group/a', 'topics that begin with $ belong to the broker'],
  ])('refuses the name %j: %s', (topic, rule) => {
    expect(topicNameProblem(topic)).toContain(rule);
  });

  it('refuses a name of more than 65535 bytes, counted in UTF-8', () => {
    expect(topicNameProblem('a'.repeat(MAX_BYTES))).toBeUndefined();
    expect(topicNameProblem('a'.repeat(MAX_BYTES + 1))).toContain('at most 65535 bytes');
    expect(topicNameProblem('ü'.repeat(MAX_BYTES / 2))).toBeUndefined();
    expect(topicNameProblem('ü'.repeat(MAX_BYTES / 2 + 1))).toContain('at most 65535 bytes');
  });
});

describe('topicFilterProblem', () => {
  it.each(['a', '+', '#', '+/+', 'a/+/b', 'a/#', 'a//b', '/+', '$SYS/#'])('accepts the filter %j', (filter) => {
    expect(topicFilterProblem(filter)).toBeUndefined();
  });

  it.each([
    ['', 'at least one character'],
    ['a+', 'a + stands for a whole topic level'],
    ['a/b+/c', 'a + stands for a whole topic level'],
    ['a/++', 'a + stands for a whole topic level'],
    ['a/#/b', 'a # stands alone at the end'],
    ['a#', 'a # stands alone at the end'],
    ['##', 'a # stands alone at the end'],
  ])('refuses the filter %j: %s', (filter, rule) => {
    expect(topicFilterProblem(filter)).toContain(rule);
  });

  it('refuses a filter of more than 65535 bytes', () => {
    expect(topicFilterProblem(`${'a'.repeat(MAX_BYTES - 2)}/#`)).toBeUndefined();
    expect(topicFilterProblem(`${'a'.repeat(MAX_BYTES - 1)}/#`)).toContain('at most 65535 bytes');
  });
});

describe.each([
  ['topicNameProblem', topicNameProblem],
  ['topicFilterProblem', topicFilterProblem],
])('%s', (_name, problem) => {
  it.each([0x00, 0x1f, 0x7f, 0x9f])('refuses control character %i', (code) => {
    expect(problem(`a${String.fromCharCode(code)}b`)).toContain('no control characters');
  });

  it.each([0x20, 0x7e, 0xa0])('accepts character %i, the next one beside them', (code) => {
    expect(problem(`a${String.fromCharCode(code)}b`)).toBeUndefined();
  });
});

describe('filterMatches', () => {
  it.each([
    ['a/b', 'a/b'],
    ['+', 'a'],
    ['+/b', 'a/b'],
    ['a/+', 'a/'],
    ['/+', '/a'],
    ['+/+', '/a'],
    ['#', 'a/b/c'],
    ['#', '/'],
    ['a/#', 'a'],
    ['a/#', 'a/'],
    ['a/#', 'a/b/c'],
    ['a/+/#', 'a/b'],
    ['$SYS/#', '$SYS/broker'],
  ])('lets %j take %j', (filter, topic) => {
    expect(filterMatches(filter, topic)).toBe(true);
  });

  it.each([
    ['a/b', 'a'],
    ['a', 'a/b'],
    ['a/b', 'a/B'],
    ['+', '/a'],
    ['+', 'a/b'],
    ['a/+', 'a'],
    ['a/+', 'a/b/c'],
    ['a/#', 'ab'],
    ['a/+/#', 'a'],
    ['#', '$SYS/broker'],
    ['+/broker', '$SYS/broker'],
  ])('keeps %j from taking %j', (filter, topic) => {
    expect(filterMatches(filter, topic)).toBe(false);
  });
});

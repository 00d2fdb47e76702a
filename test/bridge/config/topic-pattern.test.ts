import { describe, expect, it } from 'vitest';
import {
  fill,
  filterOf,
  placeholdersIn,
  sampleOf,
  TopicPattern,
  topicPatternProblem,
} from '../../../bridge/config/topic-pattern';

describe('topicPatternProblem', () => {
  it.each(['a/b', '{model}', '{namespace}/{model}/input', '+/{model}/#', '#', 'a/{b1}/+'])('takes "%s"', (text) => {
    expect(topicPatternProblem(text)).toBeUndefined();
  });

  it.each([
    ['a/x{model}', '"x{model}" is no name of a level'],
    ['a/{}', '"{}" is no name of a level'],
    ['a/{my-model}', '"{my-model}" is no name of a level'],
    ['a/{1a}', '"{1a}" is no name of a level'],
    ['{a}/{b}/{a}', 'two levels have the name {a}'],
    ['a/#/{b}', 'a # stands alone at the end'],
    ['a/b+', 'a + stands for a whole topic level'],
    ['', 'at least one character'],
  ])('refuses "%s": %s', (text, problem) => {
    expect(topicPatternProblem(text)).toContain(problem);
  });
});

describe('TopicPattern', () => {
  it('subscribes to + in place of names', () => {
    expect(new TopicPattern('{namespace}/{model}/input/#').filter).toBe('+/+/input/#');
  });

  it('says what the named levels of a topic are', () => {
    const pattern = new TopicPattern('{namespace}/{model}/input');

    expect(pattern.captures('staging/iris/input')).toStrictEqual({ namespace: 'staging', model: 'iris' });
  });

  it('captures nothing without names, and nothing for levels without one', () => {
    expect(new TopicPattern('a/+/c').captures('a/b/c')).toStrictEqual({});
  });

  it('keeps a level as it is, however odd', () => {
    expect(new TopicPattern('a/{x}').captures('a/..%2f')).toStrictEqual({ x: '..%2f' });
  });
});

describe('fill', () => {
  it('puts what was captured in place of names, and leaves other texts alone', () => {
    expect([fill('{a}/x-{b}', { a: '1', b: '2' }), fill('a/b', {})]).toStrictEqual(['1/x-2', 'a/b']);
  });

  it('does not read names in what was captured', () => {
    expect(fill('{a}/{b}', { a: '{b}', b: 'secret' })).toBe('{b}/secret');
  });
});

describe('what a text with names may become', () => {
  it('is known by its names, its filter and a sample', () => {
    const text = '{site}/cam-{id}/output';

    expect([placeholdersIn(text), filterOf(text), sampleOf(text)]).toStrictEqual([
      ['site', 'id'],
      '+/+/output',
      'x/cam-x/output',
    ]);
  });
});

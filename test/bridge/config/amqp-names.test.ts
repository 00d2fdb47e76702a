import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amqpNameProblem,
  BindingPattern,
  bindingKeyProblem,
  bindingKeysOverlap,
  globMatches,
  keyMatches,
  routingKeyProblem,
} from '../../../bridge/config/amqp-names';

describe('names of queues and exchanges', () => {
  it.each(['fib', 'ML.MQ', 'a b', 'é'.repeat(127)])('may be "%s"', (name) => {
    expect(amqpNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['', 'at least one character'],
    ['amq.gen-1', 'belong to the broker'],
    ['a\nb', 'control characters'],
    ['é'.repeat(128), 'more than 255 bytes'],
  ])('may not be "%s"', (name, problem) => {
    expect(amqpNameProblem(name)).toContain(problem);
  });
});

describe('binding keys', () => {
  it.each(['predict.now', 'predict.*', '#', '*.fib.#', 'predict.{model}', '{a}.{b}'])('may be "%s"', (key) => {
    expect(bindingKeyProblem(key)).toBeUndefined();
  });

  it.each([
    ['', 'reaches no queue'],
    ['predict*', 'stand for whole words'],
    ['predict.{1}', 'no name of a word'],
    ['predict.a{b}', 'no name of a word'],
    ['{a}.{a}', 'two words have the name {a}'],
    ['#.{a}', 'nobody knows which word is which'],
  ])('may not be "%s"', (key, problem) => {
    expect(bindingKeyProblem(key)).toContain(problem);
  });

  it.each([
    ['predict.*', 'predict.now', true],
    ['predict.*', 'predict', false],
    ['predict.*', 'predict.now.again', false],
    ['predict.#', 'predict', true],
    ['predict.#', 'predict.a.b', true],
    ['#', 'anything.at.all', true],
    ['#.b', 'a.b', true],
    ['#.b', 'a.c', false],
    ['*', '*', true],
    ['a', '*', false],
    ['a.*.c', 'a..c', true],
  ])('"%s" takes "%s": %s', (key, routingKey, matches) => {
    expect(keyMatches(key, routingKey)).toBe(matches);
  });

  it('overlap when a routing key matches both', () => {
    const word = fc.constantFrom('a', 'b', '*', '#');
    const key = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('.'));
    const routingKey = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 })
      .map((all) => all.join('.'));

    fc.assert(
      fc.property(key, key, routingKey, (one, other, routed) => {
        if (keyMatches(one, routed) && keyMatches(other, routed)) expect(bindingKeysOverlap(one, other)).toBe(true);
        expect(bindingKeysOverlap(one, other)).toBe(bindingKeysOverlap(other, one));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['predict.*', 'metrics.*', false],
    ['predict.*', '*.now', true],
    ['predict.a', 'predict.b', false],
    ['a.#', '#.b', true],
    ['a.*', 'a.*.*', false],
  ])('"%s" and "%s" overlap: %s', (one, other, overlap) => {
    expect(bindingKeysOverlap(one, other)).toBe(overlap);
  });

  it('name words of the routing keys that they take', () => {
    const pattern = new BindingPattern('predict.{model}.{version}');

    expect(pattern.key).toBe('predict.*.*');
    expect(pattern.captures('predict.fib.3')).toEqual({ model: 'fib', version: '3' });
    expect(pattern.captures('metrics.fib.3')).toBeUndefined();
  });
});

describe('routing keys', () => {
  it('have at least one character, and at most 255 bytes (X-4)', () => {
    expect(routingKeyProblem('')).toContain('reaches no queue');
    expect(routingKeyProblem('x'.repeat(255))).toBeUndefined();
    expect(routingKeyProblem('x'.repeat(256))).toContain('255 bytes');
  });
});

describe('globMatches', () => {
  it.each([
    ['amq.gen-*', 'amq.gen-abc', true],
    ['amq.gen-*', 'amq.gen', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'acb', false],
    ['*aa', 'aaa', true],
    ['a*a', 'a', false],
    ['exact', 'exact', true],
    ['exact', 'exactly', false],
    ['a.c', 'abc', false],
  ])('"%s" allows "%s": %s', (glob, name, allowed) => {
    expect(globMatches(glob, name)).toBe(allowed);
  });
});

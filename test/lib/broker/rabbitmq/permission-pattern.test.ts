import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyMatches } from '../../../../bridge/config/amqp-names';
import { anyOf, bindingKeyPattern, mqttPattern, namePattern } from '../../../../lib/broker/rabbitmq/permission-pattern';

const matches = (pattern: string, text: string) => new RegExp(anyOf([pattern])).test(text);

describe('the pattern for names', () => {
  it('matches the name and nothing else', () => {
    const pattern = namePattern('fib.delay-60s');

    expect(pattern).toBe('fib\\.delay-60s');
    expect(
      ['fib.delay-60s', 'fibxdelay-60s', 'a fib.delay-60s', 'fib.delay-60s.2'].map((n) => matches(pattern, n)),
    ).toStrictEqual([true, false, false, false]);
  });

  it('matches all that begin with what stands before a star', () => {
    expect(matches(namePattern('amq.gen-*'), 'amq.gen-x.y')).toBe(true);
    expect(matches(namePattern('amq.gen-*'), 'amqxgen-x')).toBe(false);
  });

  it('of nothing matches no name', () => {
    expect(anyOf([])).toBe('^$');
  });

  it('of several is the same however often, and in whatever order, they come', () => {
    expect(anyOf(['b', 'a', 'b'])).toBe('^(a|b)$');
  });
});

describe('the pattern for an MQTT filter', () => {
  it.each([
    ['a/b', 'a.b', true],
    ['a/b', 'a.b.c', false],
    ['a/b', 'aXb', false],
    ['a/+/c', 'a.b.c', true],
    ['a/+/c', 'a.*.c', true],
    ['a/+', 'a.b.c', false],
    ['a/#', 'a', true],
    ['a/#', 'a.b.c', true],
    ['a/#', 'ab', false],
    ['#', 'a.b', true],
  ])('of %s decides about the routing key %s: %s', (filter, key, expected) => {
    expect(matches(mqttPattern(filter), key)).toBe(expected);
  });

  it('lets nobody who may read one level subscribe to all below', () => {
    expect(matches(mqttPattern('a/+'), 'a.#')).toBe(false);
    expect(matches(mqttPattern('a/+/c'), 'a.#')).toBe(false);
  });
});

describe('the pattern for a binding key', () => {
  const word = fc.constantFrom('a', 'b', 'predict');
  const key = fc.array(fc.oneof(word, fc.constant('*'), fc.constant('#')), { minLength: 1, maxLength: 4 });
  const routingKey = fc.array(word, { minLength: 1, maxLength: 5 });

  it('matches the routing keys that the binding does, and no others', () => {
    fc.assert(
      fc.property(key, routingKey, (bindingWords, words) => {
        const binding = bindingWords.join('.');
        expect(matches(bindingKeyPattern(binding), words.join('.'))).toBe(keyMatches(binding, words.join('.')));
      }),
    );
  });

  it('lets nobody who may bind one word bind any number', () => {
    expect(matches(bindingKeyPattern('predict.*'), 'predict.*')).toBe(true);
    expect(matches(bindingKeyPattern('predict.*'), 'predict.#')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { fill, tokenText } from '../../lib/pulumi/token-text';
import { expectRefusal } from '../lib/support/refusals';

const token = (index: number) => `$\{pulumi:${index}}`;
const filled = (text: string, ...values: unknown[]) => fill(tokenText(text), values, 'Thing.prop');

describe('the placeholders of a text', () => {
  it.each([
    ['plain', ['plain'], []],
    ['', [''], []],
    [token(7), ['', ''], [7]],
    [`a${token(1)}b${token(0)}${token(1)}`, ['a', 'b', '', ''], [1, 0, 1]],
    [`$\{pulumi:x} $\{HOME}`, [`$\{pulumi:x} $\{HOME}`], []],
  ])('of %j are found', (text, texts, tokens) => {
    expect(tokenText(text)).toStrictEqual({ texts, tokens });
  });
});

describe('a token that is all of a text', () => {
  it.each([['text'], [''], [8080], [false], [['a', 'b']], [{ a: 1 }]])('becomes %j, of whatever type', (value) => {
    expect(filled(token(0), value)).toStrictEqual(value);
  });

  it.each([undefined, null])('does not become %s', (value) => {
    expectRefusal(() => filled(token(0), value), {
      code: 'EDGE_ERR_TOKEN',
      value: `"${value}"`,
      rule: 'a field of the object would be left out without a word',
    });
  });
});

describe('tokens within a text', () => {
  it('become text', () => {
    expect(filled(`https://${token(0)}:${token(1)}/?tls=${token(2)}`, 'host', 8080, true)).toBe(
      'https://host:8080/?tls=true',
    );
  });

  it.each([
    [undefined, '"undefined"'],
    [null, '"null"'],
    [['a'], '"object"'],
  ])('do not become text for %j', (value, shown) => {
    expectRefusal(() => filled(`a ${token(0)}`, value), {
      code: 'EDGE_ERR_TOKEN',
      value: shown,
      rule: 'only a text or a number can stand within a text',
    });
  });

  it('are not looked for again in what they stood for', () => {
    expect(filled(`the ${token(0)}`, token(1))).toBe(`the ${token(1)}`);
  });
});

describe('tokens in JSON', () => {
  const AWKWARD = `a "quoted" \\ line\nand $\{another}`;
  const parsed = (text: string, ...values: unknown[]) => JSON.parse(String(filled(text, ...values)));

  it('are quoted as JSON asks for', () => {
    const text = JSON.stringify({ value: token(0), longer: `a ${token(1)}`, [token(2)]: ['key'] });

    const expected = { value: AWKWARD, longer: `a ${AWKWARD}`, [AWKWARD]: ['key'] };
    expect(parsed(text, AWKWARD, AWKWARD, AWKWARD)).toStrictEqual(expected);
  });

  it('are quoted again in JSON within JSON', () => {
    const text = JSON.stringify([{ inner: JSON.stringify({ value: token(0) }) }, token(1)]);

    const [{ inner }, outer] = parsed(text, AWKWARD, AWKWARD);

    expect([JSON.parse(inner), outer]).toStrictEqual([{ value: AWKWARD }, AWKWARD]);
  });

  it('are quoted beside others, which may be numbers', () => {
    expect(parsed(`{"value":"${token(0)}","port":${token(1)}}`, AWKWARD, 80)).toStrictEqual({
      value: AWKWARD,
      port: 80,
    });
  });

  it('leave everything around them as it is', () => {
    expect(filled(`{ "value" : "${token(0)}" }`, 'a')).toBe('{ "value" : "a" }');
  });

  it.each([`{not json: "${token(0)}"`, `"${token(0)}"`])('are not quoted in a text that is none: %s', (text) => {
    expect(filled(text, AWKWARD)).toBe(text.replace(token(0), () => AWKWARD));
  });
});

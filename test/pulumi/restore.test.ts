import * as pulumi from '@pulumi/pulumi';
import { beforeEach, describe, expect, it } from 'vitest';
import { AlbAuth, EdgeError } from '../../lib';
import { secretToken, token } from '../../lib/pulumi';
import { restore, restoreText } from '../../lib/pulumi/restore';
import { placeholderOf } from '../../lib/pulumi/token';
import { checkKnown, whenKnown } from '../../lib/synth/when-known';
import { expectRefusal } from '../lib/support/refusals';
import { stateOf, unknown } from './support/outputs';

const restored = async (text: string) => (await stateOf(restoreText(text, 'Thing.prop'))).value;

describe('a token of a secret that is known', () => {
  it('stands for it, as a secret', async () => {
    const state = await stateOf(restoreText(`a ${secretToken('hush')}`, 'Thing'));

    expect(state).toStrictEqual({ value: 'a hush', isKnown: true, isSecret: true });
  });
});

describe('a token', () => {
  it('is the same for the same Output, and another one for another', () => {
    const [one, other] = [pulumi.output('a'), pulumi.output('a')];

    expect(token(one)).toBe(token(one));
    expect(token(one)).not.toBe(token(other));
  });

  it('is the text itself when that is known', () => {
    expect(token('text')).toBe('text');
  });

  it('stands for what a Promise gives', async () => {
    expect(await restored(token(Promise.resolve('late')))).toBe('late');
  });

  it('means the same to another copy of the library', async () => {
    const { resetModules } = (await import('vitest')).vi;
    const first = token(pulumi.output('of the first'));
    resetModules();
    const copy = await import('../../lib/pulumi/index.js');

    expect(copy.token).not.toBe(token);
    expect(await restored(copy.token(pulumi.output('of the copy')))).toBe('of the copy');
    expect(await restored(first)).toBe('of the first');
  });
});

describe('what an Output is', () => {
  const manifest = (late: string) => ({ kind: 'Thing', spec: { plain: [1, null, 'text'], late: `a ${late}` } });

  it('has its type where its token is all of a text', async () => {
    const late = placeholderOf(pulumi.output({ a: [8080] }));

    expect(await restored(late)).toStrictEqual({ a: [8080] });
  });

  it.each<[string, () => pulumi.Output<string>, object]>([
    ['known', () => pulumi.output('b'), { value: 'a b', isKnown: true, isSecret: false }],
    ['a secret', () => pulumi.secret('b'), { value: 'a b', isKnown: true, isSecret: true }],
    ['unknown', unknown, { value: undefined, isKnown: false, isSecret: false }],
  ])('it stays where it is, and nothing around it becomes so: %s', async (_, output, state) => {
    const { kind, spec } = restore(manifest(token(output())), 'Thing') as ReturnType<typeof manifest>;

    expect([kind, spec.plain]).toStrictEqual(['Thing', [1, null, 'text']]);
    expect(await stateOf(spec.late)).toStrictEqual(state);
  });
});

describe('a check that was put off', () => {
  const checked: string[][] = [];
  const check = (known: readonly string[]) => void checked.push([...known]);

  beforeEach(() => {
    checked.length = 0;
  });

  it('is made at once for what is known', () => {
    whenKnown(['abc'], check);

    expect(checked).toStrictEqual([['abc']]);
  });

  it.each([
    ['alone', (late: string) => late],
    ['in a longer text', (late: string) => `a,${late}`],
  ])('is made when the value comes into an object, %s', async (_, within) => {
    const late = token(pulumi.output('abc'));
    whenKnown([late], check);
    expect(checked).toStrictEqual([]);

    await restored(within(late));

    expect(checked).toStrictEqual([['abc']]);
  });

  it('is about the text that the construct was given', async () => {
    const late = token(pulumi.output('1'));
    whenKnown([`https://${late}/`], check);

    await restored(late);

    expect(checked).toStrictEqual([['https://1/']]);
  });

  it('is not made for other values', async () => {
    whenKnown([token(pulumi.output('abc'))], check);

    await restored(token(pulumi.output('abc')));

    expect(checked).toStrictEqual([]);
  });

  it('waits for all values that it compares', async () => {
    const late = token(pulumi.output('abc'));
    whenKnown([late, token(unknown<string>())], check);

    const state = await stateOf(restoreText(late, 'Thing'));

    expect(state).toStrictEqual({ value: undefined, isKnown: false, isSecret: false });
    expect(checked).toStrictEqual([]);
  });

  it('is made at once for a secret that is known', () => {
    const weak = secretToken('hush-hush-hush');

    expectRefusal(() => AlbAuth.header('x-api-key', [weak]), {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"a text of 14 characters"',
      rule: 'bits of chance in it',
    });
    expectRefusal(() => AlbAuth.mutualTls(weak), { code: 'EDGE_ERR_VALUE', value: '"[secret]"', rule: 'it is an ARN' });
  });

  it('compares a secret that is known with others', () => {
    const [one, other] = [secretToken('0d9f3c5e7a1b28466f8e9a0b1c2d3e4f'), '0d9f3c5e7a1b28466f8e9a0b1c2d3e4f'];

    expectRefusal(() => AlbAuth.header('x-api-key', [one, other]), {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"a token"',
      rule: 'is the same to a load balancer',
    });
  });

  it('says what is wrong, and never shows a secret', () => {
    const refuse = ([first, second]: readonly string[]) => {
      const fix = 'Change it';
      throw new EdgeError('EDGE_ERR_VALUE', { at: 'Thing.prop', value: first, rule: `it is not ${second}`, fix });
    };
    const known = [
      { text: 'HUSH', isSecret: true },
      { text: 'plain', isSecret: false },
    ];

    expectRefusal(() => checkKnown(refuse, known), {
      code: 'EDGE_ERR_VALUE',
      value: '"[secret]"',
      rule: 'it is not plain',
    });
  });
});

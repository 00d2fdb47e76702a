import { describe, expect, it } from 'vitest';
import { decode, encode, UNKNOWN, withSecretsOf } from './values';

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const UNKNOWN_ON_WIRE = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const secretOf = (value: unknown) => ({ [SIGNATURE]: '1b47061264138c4ac30d75fd1eb44270', value });
const outputOf = (members: object) => ({ [SIGNATURE]: 'd0e6a833031e9bbcd3f4e8bde6ca49a4', ...members });

describe('decoding', () => {
  it('leaves plain data as it is', () => {
    const value = { text: 'x', number: 1, no: false, nothing: null, list: [{ a: [] }] };

    expect(decode(value)).toStrictEqual({ value, secretPaths: [], unknownPaths: [] });
  });

  it('says where secrets begin, not what is secret in them', () => {
    const { value, secretPaths } = decode({ data: secretOf({ token: secretOf('hush') }), list: ['x', secretOf('y')] });

    expect(value).toStrictEqual({ data: { token: 'hush' }, list: ['x', 'y'] });
    expect(secretPaths).toStrictEqual(['data', 'list[1]']);
  });

  it('says where unknowns are', () => {
    const { value, unknownPaths } = decode({ 'a.b/c': { d: UNKNOWN_ON_WIRE }, e: [UNKNOWN_ON_WIRE] });

    expect(value).toStrictEqual({ 'a.b/c': { d: UNKNOWN }, e: [UNKNOWN] });
    expect(unknownPaths).toStrictEqual(['["a.b/c"].d', 'e[0]']);
  });

  it('takes an unknown secret for an unknown, as older SDKs send it', () => {
    expect(decode({ a: secretOf(UNKNOWN_ON_WIRE) })).toStrictEqual(decode({ a: UNKNOWN_ON_WIRE }));
  });

  it('takes outputs apart', () => {
    const { value, secretPaths, unknownPaths } = decode({
      plain: outputOf({ value: 1, dependencies: ['urn'] }),
      secret: outputOf({ value: 'hush', secret: true }),
      nothing: outputOf({ value: null }),
      unknown: outputOf({ secret: true }),
    });

    expect(value).toStrictEqual({ plain: 1, secret: 'hush', nothing: null, unknown: UNKNOWN });
    expect(secretPaths).toStrictEqual(['secret']);
    expect(unknownPaths).toStrictEqual(['unknown']);
  });

  it('refuses what it does not know', () => {
    expect(() => decode({ a: { [SIGNATURE]: 'new' } })).toThrow('a has the signature new');
  });
});

describe('encoding', () => {
  it('gives back what was decoded', () => {
    const wire = {
      resource: { [SIGNATURE]: '5cf8f73096256a8f31e491e813e4eb8e', urn: 'urn', id: UNKNOWN_ON_WIRE },
      component: { [SIGNATURE]: '5cf8f73096256a8f31e491e813e4eb8e', urn: 'urn' },
      asset: { [SIGNATURE]: 'c44067f5952c0a294b673a41bacd8c17', text: 'x' },
      archive: { [SIGNATURE]: '0def7320c3a5731c473e5ecbe6d01bc7', path: 'folder' },
      unknown: [UNKNOWN_ON_WIRE],
      nothing: null,
    };

    expect(encode(decode(wire).value)).toStrictEqual(wire);
  });

  it('leaves out what is undefined, which cannot be sent', () => {
    expect(encode({ a: undefined, b: [undefined] })).toStrictEqual({ b: [null] });
  });
});

describe('secrets of outputs', () => {
  it('are the secrets of inputs in the same place', () => {
    const inputs = { data: secretOf('x'), list: [secretOf('y'), { z: secretOf('z') }], other: 'w' };
    const outputs = { data: 'x', list: ['y', { z: 'z' }], other: 'w', more: 'v' };

    expect(withSecretsOf(inputs, outputs, [])).toStrictEqual({ ...inputs, more: 'v' });
  });

  it('are those that were asked for', () => {
    const outputs = { password: 'x', secret: secretOf('y') };

    expect(withSecretsOf({}, outputs, ['password', 'secret', 'absent'])).toStrictEqual({
      password: secretOf('x'),
      secret: secretOf('y'),
    });
  });
});

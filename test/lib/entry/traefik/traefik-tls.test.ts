import { describe, expect, it } from 'vitest';
import { TraefikTls } from '../../../../lib';
import { expectRefusal } from '../../support/refusals';

const NOTHING = {
  secretName: undefined,
  certResolver: undefined,
  optionsName: undefined,
  optionsNamespace: undefined,
};

describe('TLS', () => {
  it.each([
    ['Traefik ends it with a certificate of a Secret', TraefikTls.fromSecret('a.b'), { secretName: 'a.b' }],
    [
      'Traefik ends it with a certificate of a resolver',
      TraefikTls.fromResolver('lets_encrypt-2'),
      { certResolver: 'lets_encrypt-2' },
    ],
    ['the broker ends it', TraefikTls.passthrough(), {}],
    [
      'Traefik ends it, as a TLSOption says',
      TraefikTls.fromSecret('a').withOptions('modern'),
      { secretName: 'a', optionsName: 'modern' },
    ],
    [
      'Traefik ends it, as a TLSOption of another namespace says',
      TraefikTls.fromResolver('a').withOptions('modern', 'traefik'),
      { certResolver: 'a', optionsName: 'modern', optionsNamespace: 'traefik' },
    ],
  ])('where %s', (_, tls, fields) => {
    expect({ ...tls }).toStrictEqual({ ...NOTHING, ...fields });
  });

  it('is passed through where it was asked for, and nowhere else', () => {
    const all = [TraefikTls.passthrough(), TraefikTls.fromSecret('a'), TraefikTls.fromResolver('a').withOptions('b')];

    expect(all.map(({ passesThrough }) => passesThrough)).toStrictEqual([true, false, false]);
  });

  it.each([
    ['TraefikTls.fromSecret(secretName)', () => TraefikTls.fromSecret('Bad Name')],
    ['TraefikTls.fromResolver(certResolver)', () => TraefikTls.fromResolver('Bad Name')],
    ['TraefikTls.withOptions(..).name', () => TraefikTls.fromSecret('a').withOptions('Bad Name')],
    ['TraefikTls.withOptions(..).namespace', () => TraefikTls.fromSecret('a').withOptions('b', 'Bad Name')],
  ])('has no name that cannot be: %s', (at, action) => {
    expect(action).toThrow(`EDGE_ERR_NAME: ${at} is "Bad Name"`);
  });

  it('that the broker ends has no options, as Traefik would not look at them', () => {
    expectRefusal(() => TraefikTls.passthrough().withOptions('modern'), {
      code: 'EDGE_ERR_VALUE',
      value: '"modern"',
      rule: 'Traefik does not end this TLS',
    });
  });
});

import { expect, it } from 'vitest';
import { TraefikTls } from '../../../lib';

it('a certificate comes from a Secret or from a resolver, never from both', () => {
  const { secretName, certResolver } = TraefikTls.fromSecret('mqtt-certificate');
  const resolved = TraefikTls.fromResolver('letsencrypt');

  expect({ secretName, certResolver }).toStrictEqual({ secretName: 'mqtt-certificate', certResolver: undefined });
  expect({ ...resolved }).toStrictEqual({ secretName: undefined, certResolver: 'letsencrypt' });
});

it('a certificate is not in a Secret whose name no Secret can have', () => {
  expect(() => TraefikTls.fromSecret('Bad Name')).toThrow(
    'EDGE_ERR_NAME: TraefikTls.fromSecret(secretName) is "Bad Name"',
  );
});

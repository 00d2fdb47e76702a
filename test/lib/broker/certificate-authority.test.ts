import { describe, expect, it } from 'vitest';
import { CertificateAuthority } from '../../../lib';
import { expectRefusal } from '../support/refusals';

describe('CertificateAuthority', () => {
  it.each([
    [
      'a Secret',
      CertificateAuthority.fromSecret('ca'),
      { secret: { name: 'ca', items: [{ key: 'ca.crt', path: 'f' }] } },
    ],
    [
      'another entry of a Secret',
      CertificateAuthority.fromSecret('ca', 'root.pem'),
      { secret: { name: 'ca', items: [{ key: 'root.pem', path: 'f' }] } },
    ],
    [
      'a ConfigMap',
      CertificateAuthority.fromConfigMap('bundle'),
      { configMap: { name: 'bundle', items: [{ key: 'ca.crt', path: 'f' }] } },
    ],
    ['nothing, where it is public', CertificateAuthority.PUBLIC, undefined],
  ])('is mounted from %s', (_, authority, source) => {
    expect(authority._source('f')).toStrictEqual(source);
  });

  it.each([
    ['Not A Name', 'ca.crt', 'a name has only'],
    ['ca', 'k e y', 'letters, digits and - _ .'],
    ['ca', '', 'letters, digits and - _ .'],
  ])('is not in %j under %j', (name, key, rule) => {
    const value = `"${rule.startsWith('a name') ? name : key}"`;
    for (const create of [CertificateAuthority.fromSecret, CertificateAuthority.fromConfigMap]) {
      expectRefusal(() => create.call(CertificateAuthority, name, key), { code: 'EDGE_ERR_NAME', value, rule });
    }
  });
});

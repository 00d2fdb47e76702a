import { expect, it } from 'vitest';
import { CertificateIssuer } from '../../../../lib';
import { expectRefusal } from '../../support/refusals';

it.each([
  [CertificateIssuer.clusterIssuer('letsencrypt'), 'cert-manager.io', 'ClusterIssuer', 'letsencrypt'],
  [CertificateIssuer.issuer('own-ca'), 'cert-manager.io', 'Issuer', 'own-ca'],
  [
    CertificateIssuer.external('awspca.cert-manager.io', 'AWSPCAClusterIssuer', 'pca'),
    'awspca.cert-manager.io',
    'AWSPCAClusterIssuer',
    'pca',
  ],
])('an issuer is known by group, kind and name', (issuer, group, kind, name) => {
  expect({ ...issuer }).toStrictEqual({ group, kind, name });
});

it.each([
  ['clusterIssuer', () => CertificateIssuer.clusterIssuer('Lets Encrypt')],
  ['issuer', () => CertificateIssuer.issuer('Lets Encrypt')],
  ['external', () => CertificateIssuer.external('a.io', 'A', 'Lets Encrypt')],
])('CertificateIssuer.%s refuses a name that no object can have', (_, action) => {
  expectRefusal(action, { code: 'EDGE_ERR_NAME', value: '"Lets Encrypt"', rule: 'only a-z' });
});

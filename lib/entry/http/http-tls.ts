import { EdgeError } from '../../errors';
import { dnsSubdomainProblem } from '../../naming/kubernetes-names';
import type { CertificateIssuer } from '../certificates/certificate-issuer';

/** Where the certificate for the hosts of routes comes from. */
export class HttpTls {
  /** From a Secret of type `kubernetes.io/tls` in the namespace of the routes. */
  static fromSecret(secretName: string): HttpTls {
    const rule = dnsSubdomainProblem(secretName);
    if (!rule) return new HttpTls(secretName, undefined);
    const at = 'HttpTls.fromSecret(secretName)';
    throw new EdgeError('EDGE_ERR_NAME', { at, value: secretName, rule, fix: 'Use the name of the Secret' });
  }

  /**
   * From cert-manager. The routes get a Certificate with all their hosts, and no annotation: cert-manager reads those of
   * Ingresses and Gateways, and would overlook an IngressRoute.
   *
   * @see https://cert-manager.io/docs/usage/certificate/
   */
  static fromIssuer(issuer: CertificateIssuer): HttpTls {
    return new HttpTls(undefined, issuer);
  }

  /** The Secret, unless cert-manager is to make one. */
  readonly secretName: string | undefined;
  readonly issuer: CertificateIssuer | undefined;

  private constructor(secretName: string | undefined, issuer: CertificateIssuer | undefined) {
    this.secretName = secretName;
    this.issuer = issuer;
  }
}

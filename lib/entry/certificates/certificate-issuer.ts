import { EdgeError } from '../../errors';
import { dnsSubdomainProblem } from '../../naming/kubernetes-names';

/** Who signs certificates. The issuer is somebody else's object: it holds the account and the solvers. */
export class CertificateIssuer {
  /**
   * A ClusterIssuer. One of the ACME kind, Let's Encrypt for instance, needs a DNS-01 solver: HTTP-01 cannot prove
   * wildcards.
   */
  static clusterIssuer(name: string): CertificateIssuer {
    return new CertificateIssuer('clusterIssuer', 'cert-manager.io', 'ClusterIssuer', name);
  }

  /** An Issuer in the namespace of the certificates. See {@link clusterIssuer} for ACME. */
  static issuer(name: string): CertificateIssuer {
    return new CertificateIssuer('issuer', 'cert-manager.io', 'Issuer', name);
  }

  /** An issuer that cert-manager leaves to another controller: `awspca.cert-manager.io`, `AWSPCAClusterIssuer`. */
  static external(group: string, kind: string, name: string): CertificateIssuer {
    return new CertificateIssuer('external', group, kind, name);
  }

  readonly group: string;
  readonly kind: string;
  readonly name: string;

  private constructor(factory: string, group: string, kind: string, name: string) {
    const rule = dnsSubdomainProblem(name);
    if (rule) {
      const at = `the name of CertificateIssuer.${factory}(..)`;
      throw new EdgeError('EDGE_ERR_NAME', { at, value: name, rule, fix: 'Use the name of the issuer' });
    }
    this.group = group;
    this.kind = kind;
    this.name = name;
  }
}

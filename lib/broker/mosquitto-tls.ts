import type { Construct } from 'constructs';
import {
  type BrokerTls,
  type CertificateIssuerReference,
  type CertificateOwner,
  certificateFromCertManager,
  certificateFromSecret,
  type TlsBinding,
  type TlsVersion,
} from './broker-tls';
import type { CertificateAuthority } from './certificate-authority';

export interface MosquittoSecretOptions {
  /** Who signed it: what clients inside the cluster trust. @default CertificateAuthority.PUBLIC */
  readonly authority?: CertificateAuthority;
  /**
   * A name that the certificate has, for clients inside the cluster, who connect by another.
   *
   * @default - the host of the broker's Service
   */
  readonly serverName?: string;
  /** The oldest version of TLS that is spoken. @default 'TLSv1.2' */
  readonly minimumVersion?: TlsVersion;
}

export interface MosquittoCertificateOptions {
  /**
   * Names that devices connect to. The names of the broker's Service come on top, unless the issuer is a public one:
   * those refuse them.
   *
   * @default - none
   */
  readonly dnsNames?: string[];
  /**
   * Who signs: what clients inside the cluster trust.
   *
   * @default - the `ca.crt` that cert-manager puts beside the certificate; ACME issuers have none
   */
  readonly authority?: CertificateAuthority;
  /** The oldest version of TLS that is spoken. @default 'TLSv1.2' */
  readonly minimumVersion?: TlsVersion;
}

/** The broker's certificate, and where it comes from. */
export class MosquittoTls {
  /**
   * From a Secret of type `kubernetes.io/tls` in the broker's namespace.
   *
   * @throws EdgeError EDGE_ERR_NAME for a name that no Secret can have; EDGE_ERR_DOMAIN for a serverName that is none
   */
  static fromSecret(secretName: string, options: MosquittoSecretOptions = {}): MosquittoTls {
    const bind = certificateFromSecret('MosquittoTls.fromSecret', secretName, options);
    return new MosquittoTls(options.minimumVersion, bind);
  }

  /**
   * From cert-manager, which renews it: the broker gets a Certificate of its own, in a Secret `<name>-tls`.
   *
   * @throws EdgeError EDGE_ERR_DOMAIN for a name that is none; EDGE_ERR_BROKER_TLS for a public authority without a name
   */
  static fromCertManager(issuer: CertificateIssuerReference, options: MosquittoCertificateOptions = {}): MosquittoTls {
    const bind = certificateFromCertManager('MosquittoTls.fromCertManager', issuer, options);
    return new MosquittoTls(options.minimumVersion, bind);
  }

  readonly minimumVersion: TlsVersion;
  readonly #bind: TlsBinding;

  private constructor(minimumVersion: TlsVersion = 'TLSv1.2', bind: TlsBinding) {
    this.minimumVersion = minimumVersion;
    this.#bind = bind;
  }

  /** @internal */
  _bind(scope: Construct, owner: CertificateOwner): BrokerTls {
    return { ...this.#bind(scope, owner), minimumVersion: this.minimumVersion };
  }
}

import type { Construct } from 'constructs';
import {
  type CertificateIssuerReference,
  type CertificateOwner,
  certificateFromCertManager,
  certificateFromSecret,
  type TlsBinding,
} from '../../broker/broker-tls';
import { CertificateAuthority } from '../../broker/certificate-authority';

export interface GatewayCertificateOptions {
  /** Names that requesters connect to. Those of the Service come on top, unless the issuer is a public one. @default - none */
  readonly dnsNames?: string[];
  /** Whether the issuer signs for the public, which refuses names of a cluster. @default false */
  readonly publicIssuer?: boolean;
}

/** What a gateway shows to requesters. */
export class GatewayCertificate {
  /**
   * From a Secret of type `kubernetes.io/tls` in the gateway's namespace. A renewed one is used for new connections.
   *
   * @throws EdgeError EDGE_ERR_NAME for a name that no Secret can have
   */
  static fromSecret(secretName: string): GatewayCertificate {
    return new GatewayCertificate(certificateFromSecret('GatewayCertificate.fromSecret', secretName, {}));
  }

  /**
   * From cert-manager, which renews it, in a Secret `<name>-tls`.
   *
   * @throws EdgeError EDGE_ERR_DOMAIN for a name that is none; EDGE_ERR_BROKER_TLS for a public issuer without a name
   */
  static fromCertManager(
    issuer: CertificateIssuerReference,
    options: GatewayCertificateOptions = {},
  ): GatewayCertificate {
    const { dnsNames, publicIssuer = false } = options;
    const authority = publicIssuer ? CertificateAuthority.PUBLIC : undefined;
    return new GatewayCertificate(
      certificateFromCertManager('GatewayCertificate.fromCertManager', issuer, { dnsNames, authority }),
    );
  }

  readonly #bind: TlsBinding;

  private constructor(bind: TlsBinding) {
    this.#bind = bind;
  }

  /** @internal */
  _bind(scope: Construct, owner: CertificateOwner): ReturnType<TlsBinding> {
    return this.#bind(scope, owner);
  }
}

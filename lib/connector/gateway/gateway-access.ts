import type { CertificateAuthority } from '../../broker/certificate-authority';
import { EdgeError } from '../../errors';
import type { GatewayCertificate } from './gateway-certificate';

/** Who gets as far as a gateway's routes. There is no default: it is for the stack to say. */
export class GatewayAccess {
  /**
   * Who shows a certificate of this authority: the TLS handshake ends for everybody else.
   *
   * @throws EdgeError EDGE_ERR_GATEWAY_ACCESS for a public authority, which signs for anybody
   */
  static mutualTls(certificate: GatewayCertificate, clientAuthority: CertificateAuthority): GatewayAccess {
    if (clientAuthority?.objectName !== undefined) return new GatewayAccess(certificate, clientAuthority);
    throw new EdgeError('EDGE_ERR_GATEWAY_ACCESS', {
      at: 'the clientAuthority of GatewayAccess.mutualTls(..)',
      value: 'CertificateAuthority.PUBLIC',
      rule: 'a public authority signs certificates for anybody, under any name',
      fix: 'Give an authority of your own, CertificateAuthority.fromSecret(..)',
    });
  }

  /** Whoever can connect, over TLS: where a mesh, or a network of its own, sees to it that nobody else can. */
  static tls(certificate: GatewayCertificate): GatewayAccess {
    return new GatewayAccess(certificate, undefined);
  }

  /** Whoever can connect, without TLS: behind a front door that ends TLS, and asks who somebody is. */
  static plaintext(): GatewayAccess {
    return new GatewayAccess(undefined, undefined);
  }

  /** Nothing without TLS. */
  readonly certificate: GatewayCertificate | undefined;
  /** Who signs the certificates of requesters; nothing where none is asked for. */
  readonly clientAuthority: CertificateAuthority | undefined;

  private constructor(certificate: GatewayCertificate | undefined, clientAuthority: CertificateAuthority | undefined) {
    this.certificate = certificate;
    this.clientAuthority = clientAuthority;
  }

  /** The name of the port, which says what is spoken there. @internal */
  get _protocol(): 'http' | 'https' {
    return this.certificate ? 'https' : 'http';
  }
}

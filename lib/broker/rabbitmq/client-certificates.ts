import type { CertificateAuthority } from '../certificate-authority';

/**
 * Whether clients show a certificate in the TLS handshake. RabbitMQ has one answer for all of its TLS listeners, but for
 * that of websockets, which asks for none.
 */
export class ClientCertificates {
  /**
   * Who has no certificate of the authority does not get as far as a password.
   *
   * @param authority who signs clients' certificates. @default - who has signed the broker's
   */
  static required(authority?: CertificateAuthority): ClientCertificates {
    return new ClientCertificates('required', authority);
  }

  /**
   * A certificate is looked at when there is one; without one a password is needed. For devices that have none.
   *
   * @param authority who signs clients' certificates. @default - who has signed the broker's
   */
  static optional(authority?: CertificateAuthority): ClientCertificates {
    return new ClientCertificates('optional', authority);
  }

  /** Nobody is asked; a password is all there is. */
  static none(): ClientCertificates {
    return new ClientCertificates('none', undefined);
  }

  readonly kind: 'required' | 'optional' | 'none';
  readonly authority: CertificateAuthority | undefined;

  private constructor(kind: ClientCertificates['kind'], authority: CertificateAuthority | undefined) {
    this.kind = kind;
    this.authority = authority;
  }
}

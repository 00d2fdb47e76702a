/** Where Traefik gets the certificate for a host from. */
export class TraefikTls {
  /** From a Secret of type `kubernetes.io/tls` in the namespace of the routes. */
  static fromSecret(secretName: string): TraefikTls {
    return new TraefikTls(secretName, undefined);
  }

  /** From one of the certificate resolvers in Traefik's own configuration, ACME for instance. */
  static fromResolver(certResolver: string): TraefikTls {
    return new TraefikTls(undefined, certResolver);
  }

  readonly secretName: string | undefined;
  readonly certResolver: string | undefined;

  private constructor(secretName: string | undefined, certResolver: string | undefined) {
    this.secretName = secretName;
    this.certResolver = certResolver;
  }
}

import { EdgeError } from '../errors';
import { dnsSubdomainProblem } from '../naming/kubernetes-names';

/** Where Traefik gets the certificate for a host from. */
export class TraefikTls {
  /** From a Secret of type `kubernetes.io/tls` in the namespace of the routes. */
  static fromSecret(secretName: string): TraefikTls {
    const rule = dnsSubdomainProblem(secretName);
    if (!rule) return new TraefikTls(secretName, undefined);
    const at = 'TraefikTls.fromSecret(secretName)';
    throw new EdgeError('EDGE_ERR_NAME', { at, value: secretName, rule, fix: 'Use the name of the Secret' });
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

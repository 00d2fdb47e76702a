import { EdgeError } from '../../errors';
import { dnsLabelProblem, dnsSubdomainProblem } from '../../naming/kubernetes-names';

interface TlsSource {
  readonly secretName?: string;
  readonly certResolver?: string;
  readonly passesThrough?: boolean;
  readonly options?: { readonly name: string; readonly namespace?: string };
}

/** Who ends TLS for a host, and with which certificate. */
export class TraefikTls {
  /** Traefik, with a certificate from a Secret of type `kubernetes.io/tls` in the namespace of the routes. */
  static fromSecret(secretName: string): TraefikTls {
    return new TraefikTls({ secretName: validName('TraefikTls.fromSecret(secretName)', secretName) });
  }

  /** Traefik, with a certificate from one of the resolvers in its own configuration, ACME for instance. */
  static fromResolver(certResolver: string): TraefikTls {
    if (/^[\w-]+$/.test(certResolver)) return new TraefikTls({ certResolver });
    throw new EdgeError('EDGE_ERR_NAME', {
      at: 'TraefikTls.fromResolver(certResolver)',
      value: certResolver,
      rule: 'a resolver is called by letters, digits, - and _',
      fix: "Use the name in Traefik's configuration",
    });
  }

  /**
   * The broker, at its own TLS listeners: Traefik only reads the host from the handshake, and sees neither passwords nor
   * payloads.
   */
  static passthrough(): TraefikTls {
    return new TraefikTls({ passesThrough: true });
  }

  /** The Secret with the certificate. */
  readonly secretName: string | undefined;
  /** The resolver that gets the certificate. */
  readonly certResolver: string | undefined;
  /** The TLSOption that says which versions and ciphers Traefik takes. */
  readonly optionsName: string | undefined;
  /** Its namespace, if it is not that of the routes. */
  readonly optionsNamespace: string | undefined;

  readonly #passesThrough: boolean;

  private constructor({ secretName, certResolver, passesThrough, options }: TlsSource) {
    this.secretName = secretName;
    this.certResolver = certResolver;
    this.#passesThrough = passesThrough ?? false;
    this.optionsName = options?.name;
    this.optionsNamespace = options?.namespace;
  }

  /** Whether the broker ends TLS. */
  get passesThrough(): boolean {
    return this.#passesThrough;
  }

  /**
   * The same with a TLSOption that is in the cluster. One of another namespace needs Traefik's `allowCrossNamespace`.
   *
   * @throws EdgeError EDGE_ERR_NAME for names that no TLSOption can have; EDGE_ERR_VALUE for TLS that the broker ends
   */
  withOptions(name: string, namespace?: string): TraefikTls {
    const at = 'TraefikTls.withOptions(..)';
    if (this.passesThrough) {
      throw new EdgeError('EDGE_ERR_VALUE', {
        at,
        value: name,
        rule: 'Traefik does not end this TLS, and would not look at the options',
        fix: 'Set versions and ciphers at the broker',
      });
    }
    const options = { name: validName(`${at}.name`, name), namespace: namespace && validNamespace(at, namespace) };
    return new TraefikTls({ secretName: this.secretName, certResolver: this.certResolver, options });
  }
}

function validName(at: string, name: string): string {
  const rule = dnsSubdomainProblem(name);
  if (!rule) return name;
  throw new EdgeError('EDGE_ERR_NAME', { at, value: name, rule, fix: 'Use the name that it has in the cluster' });
}

function validNamespace(at: string, namespace: string): string {
  const rule = dnsLabelProblem(namespace);
  if (!rule) return namespace;
  const fix = 'Use the name that it has in the cluster';
  throw new EdgeError('EDGE_ERR_NAME', { at: `${at}.namespace`, value: namespace, rule, fix });
}

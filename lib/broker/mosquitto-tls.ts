import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { Certificate } from '../crds/cert-manager';
import { EdgeError } from '../errors';
import { dnsSubdomainProblem } from '../naming/kubernetes-names';
import { hostProblem } from '../naming/model-hosts';
import { CertificateAuthority } from './certificate-authority';

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** Whoever makes certificates by the rules of cert-manager; a `CertificateIssuer` is one. */
export interface CertificateIssuerReference {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

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

/** The broker that a certificate is for. */
export interface CertificateOwner {
  readonly name: string;
  readonly namespace: string;
  readonly host: string;
  readonly labels: Record<string, string>;
}

/** What TLS comes to at one broker. */
export interface BrokerTls {
  readonly secretName: string;
  readonly certificate: ApiObject | undefined;
  /** The names in a certificate that the app makes; of others only their owners know them. */
  readonly dnsNames: string[] | undefined;
  readonly authority: CertificateAuthority;
  readonly serverName: string | undefined;
  readonly minimumVersion: TlsVersion;
}

/** The broker's certificate, and where it comes from. */
export class MosquittoTls {
  /**
   * From a Secret of type `kubernetes.io/tls` in the broker's namespace.
   *
   * @throws EdgeError EDGE_ERR_NAME for a name that no Secret can have; EDGE_ERR_DOMAIN for a serverName that is none
   */
  static fromSecret(secretName: string, options: MosquittoSecretOptions = {}): MosquittoTls {
    const rule = dnsSubdomainProblem(secretName);
    if (rule) {
      const at = 'MosquittoTls.fromSecret(secretName)';
      throw new EdgeError('EDGE_ERR_NAME', { at, value: secretName, rule, fix: 'Use the name of the Secret' });
    }
    const { authority = CertificateAuthority.PUBLIC, serverName } = options;
    if (serverName !== undefined) validateHost('MosquittoTls.fromSecret(..).serverName', serverName);
    return new MosquittoTls(options.minimumVersion, () => ({
      secretName,
      certificate: undefined,
      dnsNames: undefined,
      authority,
      serverName,
    }));
  }

  /**
   * From cert-manager, which renews it: the broker gets a Certificate of its own, in a Secret `<name>-tls`.
   *
   * @throws EdgeError EDGE_ERR_DOMAIN for a name that is none; EDGE_ERR_BROKER_TLS for a public authority without a name
   */
  static fromCertManager(issuer: CertificateIssuerReference, options: MosquittoCertificateOptions = {}): MosquittoTls {
    const { authority, dnsNames = [] } = options;
    for (const [i, name] of dnsNames.entries()) {
      validateHost(`MosquittoTls.fromCertManager(..).dnsNames[${i}]`, name.replace(/^\*\./, ''));
    }
    const isPublic = authority === CertificateAuthority.PUBLIC;
    const [firstName] = dnsNames.filter((name) => !name.startsWith('*.'));
    if (isPublic && firstName === undefined) {
      throw new EdgeError('EDGE_ERR_BROKER_TLS', {
        at: 'MosquittoTls.fromCertManager(..).dnsNames',
        value: dnsNames.join(', '),
        rule: 'a public authority signs no names of a cluster, so clients inside have no name to ask for',
        fix: 'Name the host that devices connect to',
      });
    }
    return new MosquittoTls(options.minimumVersion, (scope, owner) => {
      const secretName = `${owner.name}-tls`;
      const names = [...new Set([...dnsNames, ...(isPublic ? [] : namesOfService(owner))])];
      return {
        secretName,
        certificate: certificate(scope, owner, issuer, names),
        dnsNames: names,
        authority: authority ?? CertificateAuthority.fromSecret(secretName),
        serverName: isPublic ? firstName : undefined,
      };
    });
  }

  readonly minimumVersion: TlsVersion;
  readonly #bind: (scope: Construct, owner: CertificateOwner) => Omit<BrokerTls, 'minimumVersion'>;

  private constructor(
    minimumVersion: TlsVersion = 'TLSv1.2',
    bind: (scope: Construct, owner: CertificateOwner) => Omit<BrokerTls, 'minimumVersion'>,
  ) {
    this.minimumVersion = minimumVersion;
    this.#bind = bind;
  }

  /** @internal */
  _bind(scope: Construct, owner: CertificateOwner): BrokerTls {
    return { ...this.#bind(scope, owner), minimumVersion: this.minimumVersion };
  }
}

function certificate(
  scope: Construct,
  { name, namespace, labels }: CertificateOwner,
  { name: issuer, kind, group }: CertificateIssuerReference,
  dnsNames: string[],
): ApiObject {
  return new Certificate(scope, 'certificate', {
    metadata: { name: `${name}-tls`, namespace, labels },
    spec: {
      secretName: `${name}-tls`,
      issuerRef: { name: issuer, kind, group },
      dnsNames,
      // Otherwise a key that leaked stays the key for ever.
      privateKey: { rotationPolicy: 'Always' },
    },
  });
}

function namesOfService({ name, namespace, host }: CertificateOwner): string[] {
  return [host, `${name}.${namespace}.svc`, `${name}.${namespace}`];
}

function validateHost(at: string, host: string): void {
  const rule = hostProblem(host);
  if (!rule) return;
  throw new EdgeError('EDGE_ERR_DOMAIN', { at, value: host, rule, fix: 'Give the full host name, mqtt.example.com' });
}

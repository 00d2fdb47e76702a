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

/** Makes for one broker what it needs. */
export type TlsBinding = (scope: Construct, owner: CertificateOwner) => Omit<BrokerTls, 'minimumVersion'>;

/**
 * A certificate from a Secret that is there.
 *
 * @param factory what is called, for messages
 * @throws EdgeError EDGE_ERR_NAME or EDGE_ERR_DOMAIN
 */
export function certificateFromSecret(
  factory: string,
  secretName: string,
  { authority = CertificateAuthority.PUBLIC, serverName }: { authority?: CertificateAuthority; serverName?: string },
): TlsBinding {
  const rule = dnsSubdomainProblem(secretName);
  if (rule) {
    const at = `${factory}(secretName)`;
    throw new EdgeError('EDGE_ERR_NAME', { at, value: secretName, rule, fix: 'Use the name of the Secret' });
  }
  if (serverName !== undefined) validateHost(`${factory}(..).serverName`, serverName);
  return () => ({ secretName, certificate: undefined, dnsNames: undefined, authority, serverName });
}

/**
 * A certificate that cert-manager makes and renews, in a Secret `<name>-tls`.
 *
 * @param factory what is called, for messages
 * @throws EdgeError EDGE_ERR_DOMAIN or EDGE_ERR_BROKER_TLS
 */
export function certificateFromCertManager(
  factory: string,
  issuer: CertificateIssuerReference,
  { authority, dnsNames = [] }: { authority?: CertificateAuthority; dnsNames?: string[] },
): TlsBinding {
  for (const [i, name] of dnsNames.entries()) validateHost(`${factory}(..).dnsNames[${i}]`, name.replace(/^\*\./, ''));
  const isPublic = authority === CertificateAuthority.PUBLIC;
  const [firstName] = dnsNames.filter((name) => !name.startsWith('*.'));
  if (isPublic && firstName === undefined) {
    throw new EdgeError('EDGE_ERR_BROKER_TLS', {
      at: `${factory}(..).dnsNames`,
      value: dnsNames.join(', '),
      rule: 'a public authority signs no names of a cluster, so clients inside have no name to ask for',
      fix: 'Name the host that devices connect to',
    });
  }
  return (scope, owner) => {
    const secretName = `${owner.name}-tls`;
    const names = [...new Set([...dnsNames, ...(isPublic ? [] : namesOfService(owner))])];
    return {
      secretName,
      certificate: certificate(scope, owner, issuer, names),
      dnsNames: names,
      authority: authority ?? CertificateAuthority.fromSecret(secretName),
      serverName: isPublic ? firstName : undefined,
    };
  };
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

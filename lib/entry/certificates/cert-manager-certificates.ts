import { type ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Certificate } from '../../crds/cert-manager';
import { EdgeError } from '../../errors';
import type { PlannedCertificate } from '../../naming/certificate-plan';
import { tlsCovers } from '../../naming/host-coverage';
import { dnsLabelProblem, dnsSubdomainProblem } from '../../naming/kubernetes-names';
import { type IPublishedHosts, publishedNameProblem } from '../../naming/published-hosts';
import { wildcardProblems } from './acme-solvers';
import type { CertificateIssuer } from './certificate-issuer';
import { declareCertificates } from './host-certificates';
import { planCertificates } from './plan-certificates';

export interface CertManagerCertificatesProps {
  /** What the certificates are for: an `InferencePlatform`, for one. */
  readonly platform: IPublishedHosts;
  readonly issuer: CertificateIssuer;
  /** Where the gateway reads its Secrets: `istio-system` for Istio's, the namespace of the routes for Traefik. */
  readonly namespace: string;
  /** Certificates are called `<name>-1`, `<name>-2`, …, and their Secrets `<name>-1-tls`, … @default 'inference-platform' */
  readonly name?: string;
  /** Further hosts, or wildcards (`*.example.com`). One that a wildcard covers already takes no place. @default - none */
  readonly hosts?: string[];
  /**
   * Names in one certificate, its common name included: 2 to 100, which is also Let's Encrypt's limit.
   *
   * @default - 10, as many as ACM grants, so that the certificates are the same ones there
   */
  readonly maxNames?: number;
  /**
   * Names in certificates that come from elsewhere, from a resolver of Traefik for instance: hosts that nothing here is
   * made for, and that are not reported as uncovered.
   *
   * @default - none
   */
  readonly certifiedElsewhere?: string[];
}

/**
 * The certificates of a platform, issued and renewed by cert-manager, each in a Secret of type `kubernetes.io/tls`.
 *
 * @see https://cert-manager.io/docs/usage/certificate/
 */
export class CertManagerCertificates extends Chart {
  /** Where the Secrets are. */
  readonly secretNamespace: string;
  /** One for each certificate of the plan, in its order. */
  readonly certificates: ApiObject[];
  readonly #planned: PlannedSecret[];

  /**
   * @throws EdgeError EDGE_ERR_NAME for a name or namespace that Kubernetes would refuse; EDGE_ERR_DOMAIN for a host that
   * is none; EDGE_ERR_COMMON_NAME or EDGE_ERR_CERTIFICATE_QUOTA for names that no certificates can have
   */
  constructor(scope: Construct, id: string, props: CertManagerCertificatesProps) {
    super(scope, id);
    const { platform, issuer, hosts, maxNames, certifiedElsewhere = [] } = props;
    this.secretNamespace = validNamespace(props.namespace);
    const plan = planCertificates('CertManagerCertificates', platform, { hosts, maxNames });
    for (const name of certifiedElsewhere) validateElsewhere(name);
    const name = props.name ?? 'inference-platform';
    this.#planned = plan.certificates.map((certificate, i) => ({
      name: `${name}-${i + 1}`,
      secretName: validSecretName(`${name}-${i + 1}-tls`),
      certificate,
    }));
    this.certificates = this.#planned.map(({ name, secretName, certificate }, i) => {
      return new Certificate(this, `certificate-${i + 1}`, {
        metadata: { name, namespace: this.secretNamespace },
        spec: {
          secretName,
          issuerRef: { name: issuer.name, kind: issuer.kind, group: issuer.group },
          // Clients look at the other names only, but some private authorities sign nothing without a common name.
          commonName: certificate.commonName,
          dnsNames: certificate.names,
          // What cert-manager does by itself since 1.18; before, a key that had leaked stayed for ever.
          privateKey: { rotationPolicy: 'Always' },
        },
      });
    });
    const names = plan.certificates.flatMap(({ names }) => names);
    declareCertificates(this, { names, elsewhere: [...certifiedElsewhere], platform });
    this.node.addValidation({ validate: () => wildcardProblems(this, issuer, this.secretNamespace) });
  }

  /** The Secrets, in the order of the certificates. */
  get secretNames(): string[] {
    return this.#planned.map(({ secretName }) => secretName);
  }

  /**
   * The Secret with the certificate for a host, for the gateway that serves it.
   *
   * @throws EdgeError EDGE_ERR_HOST_CERTIFICATE for a host that none of them covers
   */
  secretNameFor(host: string): string {
    const found = this.#planned.find(({ certificate }) => tlsCovers(certificate.names, host));
    if (found) return found.secretName;
    throw new EdgeError('EDGE_ERR_HOST_CERTIFICATE', {
      at: 'CertManagerCertificates.secretNameFor(host)',
      value: host,
      rule: 'none of the certificates has its name, and a wildcard stands for one label only',
      fix: `Add "${host}" to CertManagerCertificates.hosts`,
    });
  }
}

interface PlannedSecret {
  readonly name: string;
  readonly secretName: string;
  readonly certificate: PlannedCertificate;
}

function validNamespace(namespace: string): string {
  const rule = dnsLabelProblem(namespace);
  if (!rule) return namespace;
  const at = 'CertManagerCertificates.namespace';
  throw new EdgeError('EDGE_ERR_NAME', { at, value: namespace, rule, fix: "Use the gateway's namespace" });
}

function validSecretName(name: string): string {
  const rule = dnsSubdomainProblem(name);
  if (!rule) return name;
  const at = 'a Secret after CertManagerCertificates.name';
  throw new EdgeError('EDGE_ERR_NAME', { at, value: name, rule, fix: 'Choose another name' });
}

function validateElsewhere(name: string): void {
  const rule = publishedNameProblem(name);
  if (!rule) return;
  const at = 'CertManagerCertificates.certifiedElsewhere';
  throw new EdgeError('EDGE_ERR_DOMAIN', { at, value: name, rule, fix: 'Give the name as it is in the certificate' });
}

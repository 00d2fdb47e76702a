import type { IConstruct } from 'constructs';
import { describe } from '../../errors';
import { tlsCovers } from '../../naming/host-coverage';
import type { IPublishedHosts } from '../../naming/published-hosts';
import { servedHosts } from '../../synth/served-hosts';
import { plannedTooEarly } from '../planned-hosts';

const CERTIFICATES = Symbol.for('cdk8s-edge-inference.certificates');

/** Names that certificates have. */
export interface DeclaredCertificates {
  /** Of certificates that are made for the app. */
  readonly names: string[];
  /** Of certificates that come from elsewhere. */
  readonly elsewhere: string[];
  /** Whose hosts they were planned for. */
  readonly platform?: IPublishedHosts;
}

interface WithCertificates {
  [CERTIFICATES]?: DeclaredCertificates[];
}

/**
 * Declares names that certificates have. From then on the app is refused while anything in it answers with TLS to a host
 * that none of the declared names covers: clients would end the connection.
 */
export function declareCertificates(construct: IConstruct, certificates: DeclaredCertificates): void {
  const root = construct.node.root as unknown as WithCertificates;
  if (root[CERTIFICATES] === undefined) {
    root[CERTIFICATES] = [];
    construct.node.addValidation({ validate: () => uncoveredHosts(construct) });
  }
  root[CERTIFICATES].push(certificates);
}

/** What was declared in the tree. */
export function declaredCertificates(root: IConstruct): DeclaredCertificates[] {
  return [...((root.node.root as unknown as WithCertificates)[CERTIFICATES] ?? [])];
}

function uncoveredHosts(root: IConstruct): string[] {
  const declared = declaredCertificates(root);
  const platforms = declared.flatMap(({ platform }) => platform ?? []);
  const names = declared.flatMap(({ names, elsewhere }) => [...names, ...elsewhere]);
  const uncovered = servedHosts(root).filter(({ host, tls }) => tls && !tlsCovers(names, host));
  return uncovered.map(({ host, path }) =>
    describe('EDGE_ERR_HOST_CERTIFICATE', {
      at: `a host that [${path}] serves with TLS`,
      value: host,
      rule: 'no certificate of the app has its name, and a wildcard stands for one label only',
      fix:
        plannedTooEarly(platforms, host, 'CertManagerCertificates') ??
        `Add "${host}" to hosts, or to certifiedElsewhere when its certificate comes from elsewhere`,
    }),
  );
}

import type { IConstruct } from 'constructs';

const HOSTS = Symbol.for('cdk8s-edge-inference.servedHosts');

interface WithHosts {
  [HOSTS]?: ServedHost[];
}

/** A host that something in the app answers to. */
export interface ServedHost {
  /** May begin with `*.`. */
  readonly host: string;
  /** Whether clients use TLS to it, so that a certificate must have its name. */
  readonly tls: boolean;
  /** Path of the construct that serves it. */
  readonly path: string;
}

/** Declares that the construct answers to a host, so that certificates and DNS records can be held against it. */
export function declareHost(construct: IConstruct, host: string, tls: boolean): void {
  const root = construct.node.root as unknown as WithHosts;
  root[HOSTS] ??= [];
  root[HOSTS].push({ host, tls, path: construct.node.path });
}

/** All hosts that were declared in the tree. */
export function servedHosts(root: IConstruct): ServedHost[] {
  return [...((root.node.root as unknown as WithHosts)[HOSTS] ?? [])];
}

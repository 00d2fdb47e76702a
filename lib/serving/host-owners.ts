import type { IConstruct } from 'constructs';

const OWNERS = Symbol.for('cdk8s-edge-inference.hostOwners');

interface WithOwners {
  [OWNERS]?: Map<string, string>;
}

/**
 * Takes a host for a model, or for the domain of one: of two that answer to the same, the cluster's gateway picks one.
 *
 * @param owner what messages call it
 * @returns who has taken the host before; nothing when it was free, and is taken now
 */
export function takeHost(construct: IConstruct, host: string, owner: string): string | undefined {
  const root = construct.node.root as unknown as WithOwners;
  root[OWNERS] ??= new Map();
  const other = root[OWNERS].get(host);
  if (other === undefined) root[OWNERS].set(host, owner);
  return other;
}

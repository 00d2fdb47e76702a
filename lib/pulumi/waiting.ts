import type { CustomTimeouts } from '@pulumi/pulumi';
import type { Duration } from 'cdk8s';
import { EdgeError } from '../errors';
import type { ManifestJson } from '../synth/manifest';

/** How the provider waits for objects of a kind. */
export interface Waiting {
  /** Not at all: for an Ingress whose controller never publishes an address, for one. @default false */
  readonly skip?: boolean;
  /**
   * Until this is so: `condition=Ready`, or `jsonpath={.status.phase}=Running`. It becomes an annotation of the object,
   * which controllers may hand on to what they make of it.
   *
   * @default - what the provider knows of the kind: rollouts, bound claims, addresses. Of other people's kinds it knows
   * nothing, and waits for no more than that they are stored
   */
  readonly until?: string;
  /** @default - the provider's: 10 minutes for most kinds */
  readonly timeout?: Duration;
}

/** What the provider is told about waiting for an object, through the object itself. */
export function waitingAnnotations({ skip, until }: Waiting): Record<string, string> {
  return {
    ...(skip && { 'pulumi.com/skipAwait': 'true' }),
    ...(until !== undefined && { 'pulumi.com/waitFor': until }),
  };
}

/** What the provider is told about waiting for an object, beside the object. */
export function timeouts({ timeout }: Waiting): CustomTimeouts | undefined {
  const longest = timeout && `${timeout.toMilliseconds() / 1000}s`;
  return longest === undefined ? undefined : { create: longest, update: longest };
}

/** @throws EdgeError EDGE_ERR_VALUE for a kind that no object has, or a wish that the provider would not understand */
export function checkWaiting(waiting: Readonly<Record<string, Waiting>>, manifests: readonly ManifestJson[]): void {
  const kinds = new Set(manifests.map(({ kind }) => kind));
  for (const [kind, { skip, until, timeout }] of Object.entries(waiting)) {
    const at = `ClusterObjects.waiting.${kind}`;
    const refuse = (value: unknown, rule: string, fix: string) => {
      throw new EdgeError('EDGE_ERR_VALUE', { at, value, rule, fix });
    };
    if (!kinds.has(kind)) {
      refuse(kind, `no object is of this kind: there are ${[...kinds].sort().join(', ')}`, 'Correct or remove it');
    }
    if (skip && (until !== undefined || timeout)) {
      refuse('skip beside another wish', 'nobody waits for what is skipped', 'Leave one of them out');
    }
    if (until !== undefined && !/^(condition|jsonpath)=\S/.test(until)) {
      refuse(until, 'it begins with condition= or jsonpath=', 'Write condition=Ready for instance');
    }
    if (timeout && timeout.toMilliseconds() <= 0) refuse('0 s', 'nothing is ready at once', 'Give it some time');
  }
}

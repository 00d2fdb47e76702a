import type { Manifest } from '../../synth/manifest';
import { unlessUnknown } from './unless-unknown';

/** What a policy is told of a resource. */
export interface JudgedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** What a check of manifests looks at; an object's status is its controller's matter. */
const PARTS = ['apiVersion', 'kind', 'metadata', 'spec', 'data'];

/**
 * An Ingress, with everything that is in it; nothing for another resource.
 *
 * @throws UnknownValueError of the SDK, in a preview, when not everything is known: Pulumi then says that the policy is
 * left to the update
 */
export function wholeIngress(resource: JudgedResource): Manifest | undefined {
  const isIngress = resource.type.startsWith('kubernetes:networking.k8s.io/');
  return isIngress ? manifestOf(resource, (value) => value()) : undefined;
}

/**
 * A resource as the object that it is in the cluster, as far as it is known in a preview; nothing for a resource that is
 * none. For checks of what is there, not of what is missing.
 */
export function knownManifest(resource: JudgedResource): Manifest | undefined {
  return manifestOf(resource, unlessUnknown);
}

type Read = (value: () => unknown) => unknown;

function manifestOf({ type, name, urn, props }: JudgedResource, read: Read): Manifest | undefined {
  if (!type.startsWith('kubernetes:')) return undefined;
  const parts = Object.fromEntries(
    PARTS.map((part) => [
      part,
      plain(
        read(() => props[part]),
        read,
      ),
    ]),
  );
  const { apiVersion, kind, metadata } = parts;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  return { path: urn, json: { ...parts, apiVersion, kind, metadata: { name, ...(metadata as object) } }, accepted: [] };
}

/** Data without the SDK's proxies, which throw at what is not known: keys are asked for first, values one by one. */
function plain(value: unknown, read: Read): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.keys(value).flatMap((key) => {
    const item = plain(
      read(() => value[key as keyof typeof value]),
      read,
    );
    return item === undefined ? [] : [[key, item] as const];
  });
  return Array.isArray(value) ? known.map(([, item]) => item) : Object.fromEntries(known);
}

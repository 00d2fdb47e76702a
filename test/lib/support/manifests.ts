import type { App } from 'cdk8s';
import { findManifest, type Manifest, synthesize } from '../../../lib/testing';

/** `Kind namespace/name` of each object, in the order of the manifests. */
export function namesOf(manifests: readonly Manifest[]): string[] {
  return manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`);
}

/** The one object of this kind and name in an app. */
export function manifestOf(app: App, kind: string, name: string, namespace?: string): Manifest {
  return findManifest(synthesize(app), kind, name, namespace);
}

/** All objects of a kind. */
export function ofKind(manifests: readonly Manifest[], kind: string): Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

/** The annotation that turns a changed configuration into a rollout. */
export function checksumOf(workload: Manifest): string {
  return workload.spec.template.metadata.annotations['edge-inference.cdk8s.io/config-checksum'];
}

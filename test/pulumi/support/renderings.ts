import { existsSync } from 'node:fs';
import path from 'node:path';
import type { EdgeApp } from '../../../lib';
import { type Manifest, readManifests } from '../../../lib/testing';
import type { RegisteredResource } from '../engine';

/** An object by its type, with what is in it. */
export type Rendering = [type: string, object: unknown];

/** What `cdk8s synth` writes for an app: the manifests, and the patches for objects of others. */
export function synthesized(app: EdgeApp): Rendering[] {
  app.synth();
  const folder = path.join(app.outdir, 'patches');
  const patches = (existsSync(folder) ? readManifests(folder) : []).map((patch) => JSON.stringify(patch));
  return sorted(
    readManifests(app.outdir).map((object) =>
      patches.includes(JSON.stringify(object)) ? [typeOf(object, 'Patch'), forced(object)] : [typeOf(object), object],
    ),
  );
}

/** What Pulumi registers, of objects in a cluster. */
export function registered(objects: readonly RegisteredResource[]): Rendering[] {
  return sorted(objects.map(({ type, inputs }) => [type, inputs]));
}

function typeOf({ apiVersion, kind }: Manifest, suffix = ''): string {
  return `kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}${suffix}`;
}

/** The one difference: what `kubectl apply --force-conflicts` says on its command line, Pulumi reads in the object. */
function forced({ metadata, ...rest }: Manifest): object {
  return {
    ...rest,
    metadata: { ...metadata, annotations: { ...metadata.annotations, 'pulumi.com/patchForce': 'true' } },
  };
}

function sorted(renderings: Rendering[]): Rendering[] {
  const key = ([type, object]: Rendering) => {
    const { namespace, name } = (object as Manifest).metadata;
    return [type, namespace, name].join(' ');
  };
  return renderings.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

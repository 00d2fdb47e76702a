// The provider that is asked for is the one the installed SDK belongs to; the SDK itself need not be loaded.
import { version } from '@pulumi/kubernetes/package.json';
import * as pulumi from '@pulumi/pulumi';
import type { ManifestJson } from '../synth/manifest';
import { restore } from './restore';

/** Whoever lists resources, or reads the state, must not find these. */
const SECRET_FIELDS = ['data', 'stringData'];

/** What else the resource of an object is told. */
export interface ObjectOptions extends pulumi.CustomResourceOptions {
  /** Whether only the fields in the manifest are this stack's: the object itself is somebody else's. */
  readonly partial?: boolean;
}

/** A Kubernetes object as a resource of Pulumi, of the type that the classes of `@pulumi/kubernetes` have too. */
export class KubernetesObject extends pulumi.CustomResource {
  declare readonly metadata: pulumi.Output<ManifestJson['metadata']>;
  declare readonly status: pulumi.Output<unknown>;

  constructor(name: string, manifest: ManifestJson, { partial = false, ...options }: ObjectOptions = {}) {
    const type = `kubernetes:${groupVersion(manifest)}:${manifest.kind}${partial ? 'Patch' : ''}`;
    super(
      type,
      name,
      { metadata: undefined, status: undefined, ...inputsOf(manifest) },
      { version, ...(isSecret(manifest) && { additionalSecretOutputs: SECRET_FIELDS }), ...options },
    );
  }
}

function groupVersion({ apiVersion }: ManifestJson): string {
  return apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`;
}

function inputsOf(manifest: ManifestJson): pulumi.Inputs {
  const inputs = restore(manifest, manifest.kind) as pulumi.Inputs;
  if (!isSecret(manifest)) return inputs;
  const hidden = SECRET_FIELDS.filter((field) => inputs[field] !== undefined).map((field) => [
    field,
    hideLeaves(inputs[field]),
  ]);
  return { ...inputs, ...Object.fromEntries(hidden) };
}

/** Each value by itself: were the map secret as a whole, one unknown value would hide all keys in a preview. */
function hideLeaves(values: Record<string, pulumi.Input<unknown>>): pulumi.Inputs {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, pulumi.secret(value)]));
}

function isSecret({ apiVersion, kind }: ManifestJson): boolean {
  return apiVersion === 'v1' && kind === 'Secret';
}

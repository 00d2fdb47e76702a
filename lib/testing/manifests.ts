import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { App } from 'cdk8s';
import { Construct } from 'constructs';
import { parseAllDocuments } from 'yaml';

/** A Kubernetes object as plain data. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: tests look into any field of any kind
  readonly [field: string]: any;
}

/**
 * All objects of an app, checked as `synth()` checks them.
 *
 * @throws what `synth()` throws
 */
export function synthesize(app: App): Manifest[] {
  return parseManifests(app.synthYaml(), 'the app');
}

/** The objects in the manifests of a folder and of the folders in it. */
export function readManifests(folder: string): Manifest[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  return files.sort().flatMap((name) => {
    const file = path.join(folder, name);
    return parseManifests(readFileSync(file, 'utf8'), file);
  });
}

/**
 * The one object of this kind and name.
 *
 * @throws Error that lists what there is, when it is not there or there is more than one
 */
export function findManifest(manifests: readonly Manifest[], kind: string, name: string, namespace?: string): Manifest {
  const found = manifests.filter(
    ({ kind: otherKind, metadata }) =>
      otherKind === kind && metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
  );
  if (found.length === 1) return found[0] as Manifest;
  const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`);
  throw new Error(`there are ${found.length} of ${kind} ${name}, among:\n  ${names.join('\n  ')}`);
}

/**
 * The props whose value cannot be found anywhere in the manifests: a prop that nobody reads.
 *
 * Give it a construct's props with a telling value for each, typed `Required<…Props>`, so that a new prop is not
 * forgotten. Objects are looked at for the values in them; constructs are not, as they render themselves.
 */
export function unseenProps(props: object, manifests: readonly Manifest[]): string[] {
  const text = JSON.stringify(manifests);
  return Object.entries(props)
    .filter(([, value]) => !values(value).every((leaf) => text.includes(leaf)))
    .map(([name]) => name);
}

function values(value: unknown): string[] {
  if (value === undefined || Construct.isConstruct(value)) return [];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(values);
  return [JSON.stringify(value).replace(/^"|"$/g, '')];
}

function parseManifests(text: string, source: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${source} is no YAML: ${error.message}`);
    const object = document.toJS() as Manifest | null;
    return object === null ? [] : [object];
  });
}

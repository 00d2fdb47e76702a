import { ApiObject, JsonPatch } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EdgeApp } from '../../lib';
import { type Manifest, synthesize } from '../../lib/testing';
import { MAXIMAL_STACKS } from './support/maximal-stacks';

const UNKNOWN = { 'nvidia.com/gpu': 1, list: ['a'] };

function built(build: (app: EdgeApp) => unknown): EdgeApp {
  const app = new EdgeApp();
  build(app);
  return app;
}

function objectsOf(app: EdgeApp): ApiObject[] {
  return app.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
}

function objectAt(app: EdgeApp, path: string): ApiObject {
  return objectsOf(app).find(({ node }) => node.path === path) as ApiObject;
}

function manifestOf(manifests: readonly Manifest[], { kind, metadata }: ApiObject): Manifest {
  const found = manifests.filter(
    (manifest) =>
      manifest.kind === kind &&
      manifest.metadata.name === metadata.name &&
      manifest.metadata.namespace === metadata.namespace,
  );
  expect(found).toHaveLength(1);
  return found[0] as Manifest;
}

/** The objects that somebody who holds a construct can get at. */
function exposedBy(construct: IConstruct): ApiObject[] {
  const members = Object.values(construct).flat();
  return members.filter((member): member is ApiObject => ApiObject.isApiObject(member));
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(MAXIMAL_STACKS)('in %s', (_, build) => {
  const paths = () => objectsOf(built(build)).map(({ node }) => node.path);

  it('a patch with a field that nobody knows survives in every object', () => {
    const app = built(build);
    for (const object of objectsOf(app)) object.addJsonPatch(JsonPatch.add('/unknownField', UNKNOWN));
    for (const object of objectsOf(app).filter((object) => 'spec' in object.toJson())) {
      object.addJsonPatch(JsonPatch.add('/spec/unknownField', UNKNOWN));
    }

    const manifests = synthesize(app);

    expect(manifests.length).toBeGreaterThan(0);
    for (const manifest of manifests) {
      expect(manifest.unknownField).toStrictEqual(UNKNOWN);
      if (manifest.spec) expect(manifest.spec.unknownField).toStrictEqual(UNKNOWN);
    }
  });

  it('every object takes a label and an annotation, and gives them to no other object', () => {
    const before = synthesize(built(build));
    for (const path of paths()) {
      const app = built(build);
      const object = objectAt(app, path);

      object.metadata.addLabel('example.com/label', 'a');
      object.metadata.addAnnotation('example.com/annotation', 'b');

      const after = synthesize(app);
      const changed = after.filter((manifest, i) => JSON.stringify(manifest) !== JSON.stringify(before[i]));
      const own = manifestOf(after, object);
      expect(changed).toStrictEqual([own]);
      expect(own.metadata.labels?.['example.com/label']).toBe('a');
      expect(own.metadata.annotations?.['example.com/annotation']).toBe('b');
    }
  });

  it('every object is a member of some construct, or a namespace', () => {
    const app = built(build);

    const exposed = new Set(app.node.findAll().flatMap(exposedBy));

    const hidden = objectsOf(app).filter((object) => !exposed.has(object) && object.kind !== 'Namespace');
    expect(hidden.map(({ node }) => node.path)).toStrictEqual([]);
  });
});

import type { ApiObject, App } from 'cdk8s';
import { describe, EdgeValidationError } from '../errors';
import { PartialObject } from '../kubernetes/partial-object';
import { checkObjects, circleProblem } from '../synth/checked-objects';
import type { Manifest, ManifestJson } from '../synth/manifest';
import { objectGraph } from './object-graph';
import { outputOf } from './token';
import { tokenText } from './token-text';
import { checkWaiting, type Waiting, waitingAnnotations } from './waiting';

/** What the resource of one object is to be. */
export interface PlannedObject {
  readonly object: ApiObject;
  /** The resource's name: who the object is to Kubernetes, wherever in the tree it was made. */
  readonly name: string;
  readonly manifest: ManifestJson;
  /** Whether only its fields are the app's. */
  readonly partial: boolean;
  readonly waiting: Waiting;
  readonly dependencies: readonly ApiObject[];
}

/** Fields that others have set too, above all the one who made the object. */
const FORCE = { 'pulumi.com/patchForce': 'true' };

/**
 * All objects of an app, each after those it depends on.
 *
 * @throws EdgeValidationError with every problem of the tree; EdgeError EDGE_ERR_VALUE for wishes about waiting that
 * cannot be
 */
export function planObjects(app: App, prefix: string, waiting: Readonly<Record<string, Waiting>>): PlannedObject[] {
  const { objects, circles, problems } = checkObjects(app, { late: true });
  const graph = objectGraph(objects);
  // Constructs in a circle bring their objects into one.
  const furtherCircles = circles.length > 0 ? [] : graph.circles;
  const all = [
    ...problems,
    ...furtherCircles.map(circleProblem),
    ...objects.flatMap(({ manifest }) => unknownTokens(manifest)),
  ];
  if (all.length > 0) throw new EdgeValidationError(all);
  const manifests = new Map(objects.map(({ object, manifest }) => [object, manifest.json]));
  checkWaiting(waiting, [...manifests.values()]);
  return [...graph.dependencies].map(([object, dependencies]) => {
    const json = manifests.get(object) as ManifestJson;
    const partial = PartialObject.isPartialObject(object);
    const wish = (partial ? undefined : waiting[json.kind]) ?? {};
    const annotations = { ...waitingAnnotations(wish), ...(partial && FORCE) };
    const manifest = withAnnotations(json, annotations);
    return { object, name: `${prefix}:${identity(json)}`, manifest, partial, waiting: wish, dependencies };
  });
}

/** Kind and group are in the URN anyway. */
function identity({ metadata: { namespace, name } }: ManifestJson): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function withAnnotations(json: ManifestJson, annotations: Record<string, string>): ManifestJson {
  if (Object.keys(annotations).length === 0) return json;
  const { metadata } = json;
  return { ...json, metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } } };
}

function unknownTokens({ path, json }: Manifest): string[] {
  const unknown = tokenText(JSON.stringify(json)).tokens.filter((token) => outputOf(token) === undefined);
  return [...new Set(unknown)].map((token) => {
    const problem = describe('EDGE_ERR_TOKEN', {
      at: `${json.kind} ${json.metadata.name}`,
      value: `$\{pulumi:${token}}`,
      rule: 'no token(..) of this process has made it',
      fix: 'Give what token(..) returned',
    });
    return `[${path}] ${problem}`;
  });
}

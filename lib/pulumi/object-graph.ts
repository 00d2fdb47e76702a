import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { dependenciesOf } from '../synth/apply-order';
import type { RenderedObject } from '../synth/rendered-objects';

/** What each object waits for. */
export interface ObjectGraph {
  /** As few as say it all: what one of them waits for itself is left out. */
  readonly dependencies: ReadonlyMap<ApiObject, readonly ApiObject[]>;
  /** Objects that wait for each other, each list from one of them around to it again. */
  readonly circles: readonly (readonly ApiObject[])[];
}

/**
 * The order of objects as a graph: what was declared for them, or for anything they are in; the namespace of an object
 * before it; and the definition of a resource before the resources.
 */
export function objectGraph(objects: readonly RenderedObject[]): ObjectGraph {
  return new GraphBuilder(objects).build();
}

/** An object, all that comes before it, and its place in an order of all. */
interface Reach {
  readonly place: number;
  /** One bit per object, by its place. */
  readonly before: bigint;
}

class GraphBuilder {
  readonly #objects: ReadonlyMap<ApiObject, RenderedObject>;
  readonly #namespaces = new Map<string, ApiObject>();
  readonly #definitions = new Map<string, ApiObject>();
  readonly #within = new Map<IConstruct, ApiObject[]>();
  readonly #reached = new Map<ApiObject, Reach>();
  readonly #kept = new Map<ApiObject, ApiObject[]>();
  /** What is being looked at, outermost first. */
  readonly #open = new Set<ApiObject>();
  readonly #circles: ApiObject[][] = [];

  constructor(objects: readonly RenderedObject[]) {
    this.#objects = new Map(objects.map((rendered) => [rendered.object, rendered]));
    for (const { object, manifest } of objects) {
      const { kind, apiVersion, metadata, spec } = manifest.json;
      if (kind === 'Namespace' && apiVersion === 'v1') this.#namespaces.set(metadata.name, object);
      if (kind === 'CustomResourceDefinition') this.#definitions.set(definedBy(spec), object);
    }
  }

  build(): ObjectGraph {
    for (const object of this.#objects.keys()) this.#reach(object);
    return { dependencies: this.#kept, circles: this.#circles };
  }

  #reach(object: ApiObject): Reach | undefined {
    const known = this.#reached.get(object);
    if (known) return known;
    if (this.#open.has(object)) {
      const open = [...this.#open];
      this.#circles.push([...open.slice(open.indexOf(object)), object]);
      return undefined;
    }
    this.#open.add(object);
    const others = [...this.#wanted(object)].flatMap((other) => {
      const reach = this.#reach(other);
      return reach ? [{ other, reach }] : [];
    });
    this.#open.delete(object);
    // The last first: what it waits for needs no saying.
    others.sort((a, b) => b.reach.place - a.reach.place);
    let before = 0n;
    const kept: ApiObject[] = [];
    for (const { other, reach } of others) {
      const bit = 1n << BigInt(reach.place);
      if ((before & bit) !== 0n) continue;
      kept.push(other);
      before |= bit | reach.before;
    }
    const reach = { place: this.#reached.size, before };
    this.#reached.set(object, reach);
    this.#kept.set(object, kept);
    return reach;
  }

  #wanted(object: ApiObject): Set<ApiObject> {
    const declared = object.node.scopes.flatMap(dependenciesOf).flatMap((construct) => this.#objectsIn(construct));
    const json = this.#objects.get(object)?.manifest.json;
    const namespace = this.#namespaces.get(json?.metadata.namespace ?? '');
    const definition = this.#definitions.get(`${object.apiGroup}/${object.kind}`);
    const wanted = new Set([...declared, namespace, definition].filter((other) => other !== undefined));
    wanted.delete(object);
    return wanted;
  }

  #objectsIn(construct: IConstruct): ApiObject[] {
    const known = this.#within.get(construct);
    if (known) return known;
    const objects = construct.node.findAll().filter((child): child is ApiObject => ApiObject.isApiObject(child));
    const own = objects.filter((object) => this.#objects.has(object));
    this.#within.set(construct, own);
    return own;
  }
}

/** `group/Kind` of the resources that a CustomResourceDefinition defines. */
function definedBy(spec: unknown): string {
  const { group, names } = (spec ?? {}) as { group?: string; names?: { kind?: string } };
  return `${group}/${names?.kind}`;
}

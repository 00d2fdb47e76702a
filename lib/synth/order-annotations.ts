import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { isClusterScoped } from '../kubernetes/cluster-scope';
import { PartialObject } from '../kubernetes/partial-object';
import { dependenciesOf } from './apply-order';

/** Who, besides `kubectl apply -f`, is told in which order objects are applied. */
export enum OrderAnnotation {
  /**
   * `argocd.argoproj.io/sync-wave`: Argo CD applies a wave when everything in the wave before is healthy.
   *
   * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
   */
  SYNC_WAVE = 'argocd.argoproj.io/sync-wave',
  /**
   * `config.kubernetes.io/depends-on`: kpt and Config Sync apply an object when those named in it are there.
   *
   * @see https://kpt.dev/reference/annotations/depends-on/
   */
  DEPENDS_ON = 'config.kubernetes.io/depends-on',
}

const WANTED = Symbol.for('cdk8s-edge-inference.orderAnnotations');

interface Wanting {
  [WANTED]?: readonly OrderAnnotation[];
}

/** Asks for annotations on all objects of a tree. */
export function wantOrderAnnotations(root: IConstruct, annotations: readonly OrderAnnotation[]): void {
  (root as Wanting)[WANTED] = [...annotations];
}

/** The annotations that were asked for. */
export function wantedOrderAnnotations(root: IConstruct): readonly OrderAnnotation[] {
  return (root as Wanting)[WANTED] ?? [];
}

/** An object of the tree, the step at which it is applied, and how it is identified. */
export interface OrderedObject {
  readonly object: ApiObject;
  readonly step: number;
}

/** Sets the annotations that were asked for on manifests. Step 0 needs no wave: it is Argo CD's default. */
export class OrderAnnotations {
  readonly #wanted: ReadonlySet<OrderAnnotation>;
  readonly #namespaces: ReadonlyMap<string, ApiObject>;

  constructor(wanted: readonly OrderAnnotation[], objects: readonly ApiObject[]) {
    this.#wanted = new Set(wanted);
    this.#namespaces = new Map(
      objects.filter(({ kind }) => kind === 'Namespace').map((namespace) => [namespace.name, namespace]),
    );
  }

  of({ object, step }: OrderedObject): Record<string, string> {
    const wave = this.#wanted.has(OrderAnnotation.SYNC_WAVE) && step !== 0 ? String(step) : '';
    const dependencies = this.#wanted.has(OrderAnnotation.DEPENDS_ON) ? this.#dependencies(object).join(',') : '';
    return {
      ...(wave && { [OrderAnnotation.SYNC_WAVE]: wave }),
      ...(dependencies && { [OrderAnnotation.DEPENDS_ON]: dependencies }),
    };
  }

  #dependencies(object: ApiObject): string[] {
    const namespace = this.#namespaces.get(namespaceOf(object) ?? '');
    const declared = object.node.scopes.flatMap(dependenciesOf).flatMap((construct) => construct.node.findAll());
    const objects = declared.filter((construct) => ApiObject.isApiObject(construct)) as ApiObject[];
    // What others own is not applied with the rest; whoever waited for it would wait for ever.
    const applied = objects.filter((other) => !PartialObject.isPartialObject(other));
    return [...new Set([...(namespace ? [namespace] : []), ...applied].map(reference))];
  }
}

function reference(object: ApiObject): string {
  const group = object.apiGroup === 'core' ? '' : object.apiGroup;
  const namespace = namespaceOf(object);
  const scope = namespace === undefined ? '' : `namespaces/${namespace}/`;
  return `${group}/${scope}${object.kind}/${object.name}`;
}

function namespaceOf(object: ApiObject): string | undefined {
  return isClusterScoped(object) ? undefined : object.metadata.namespace;
}

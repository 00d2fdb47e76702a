import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { isClusterScoped } from '../kubernetes/cluster-scope';
import { NAMESPACES_CHART } from '../kubernetes/namespaces';
import { acceptedAt } from './accepted-problems';
import { applyOrder } from './apply-order';
import type { Manifest, ManifestJson } from './manifest';
import { OrderAnnotations, wantedOrderAnnotations } from './order-annotations';

/** An object of the tree, and what it is to be in the cluster. */
export interface RenderedObject {
  readonly object: ApiObject;
  readonly manifest: Manifest;
}

export interface RenderedObjects {
  /** In an order in which they can be applied. */
  readonly objects: readonly RenderedObject[];
  /** Constructs that depend on each other, each list from one of them around to it again. */
  readonly circles: readonly (readonly IConstruct[])[];
}

/** What all objects of a tree are, whoever applies them: as files, or as resources of Pulumi. */
export function renderObjects(root: IConstruct): RenderedObjects {
  const { steps, circles } = applyOrder(root);
  const annotations = new OrderAnnotations(wantedOrderAnnotations(root), [...steps.keys()]);
  const objects = [...steps]
    .sort(([, a], [, b]) => a - b)
    .map(([object, step]) => {
      const extra = annotations.of({ object, step: isNamespace(object) ? -1 : step });
      return {
        object,
        manifest: { path: object.node.path, json: render(object, extra), accepted: acceptedAt(object) },
      };
    });
  return { objects, circles };
}

function render(object: ApiObject, annotations: Record<string, string>): ManifestJson {
  const json = object.toJson();
  if (Object.keys(annotations).length > 0) {
    json.metadata = { ...json.metadata, annotations: { ...json.metadata?.annotations, ...annotations } };
  }
  if (isClusterScoped(object)) delete json.metadata?.namespace;
  return json;
}

function isNamespace({ chart }: ApiObject): boolean {
  return chart.node.path === NAMESPACES_CHART;
}

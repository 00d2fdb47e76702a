import { type ApiObject, JsonPatch } from 'cdk8s';

/** Takes the chart's namespace, which cdk8s gives to every object, from one that belongs to none. */
export function clusterScoped(object: ApiObject): void {
  if (object.metadata.namespace !== undefined) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
}

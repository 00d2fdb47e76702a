import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';

const BRAND = Symbol.for('cdk8s-edge-inference.PartialObject');

/**
 * Fields of an object that somebody else owns: Knative's or KServe's ConfigMaps, for instance.
 *
 * EdgeApp keeps them apart from the manifests, in `patches/`, where server-side apply adds the fields and leaves the
 * rest; among the manifests a GitOps tool would take the whole object for its own, and delete it with the app.
 */
export class PartialObject extends ApiObject {
  static isPartialObject(value: ApiObject): boolean {
    return BRAND in value;
  }

  constructor(scope: Construct, id: string, props: ApiObjectProps) {
    super(scope, id, props);
    Object.defineProperty(this, BRAND, { value: true });
  }
}

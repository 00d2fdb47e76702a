import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { PartialObject } from '../kubernetes/partial-object';

export interface KServeIngressConfigProps {
  /** Where KServe's controller runs. */
  readonly namespace: string;
  /** The whole value of the key. */
  readonly json: string;
}

/**
 * The key `ingress` of KServe's `inferenceservice-config`; server-side apply leaves its other keys as they are.
 *
 * KServe's controller reads it when it reconciles a model, so models that are there keep their hosts until then.
 */
export class KServeIngressConfig extends Construct {
  readonly configMap: ApiObject;

  constructor(scope: Construct, id: string, props: KServeIngressConfigProps) {
    super(scope, id);
    this.configMap = new PartialObject(this, 'Resource', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'inferenceservice-config', namespace: props.namespace },
      data: { ingress: props.json },
    });
  }
}

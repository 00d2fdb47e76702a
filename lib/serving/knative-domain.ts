import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { PartialObject } from '../kubernetes/partial-object';

export interface KnativeDomainProps {
  readonly domain: string;
}

/**
 * Tells Knative the domain under which it publishes Services: `config-domain` in `knative-serving`.
 *
 * The ConfigMap exists in every installation; `kubectl apply --server-side` adds the domain to it and leaves the rest.
 * The labels are those that Knative's admission webhook watches, so that a bad value is refused.
 *
 * @see https://knative.dev/docs/serving/using-a-custom-domain/
 */
export class KnativeDomain extends Construct {
  readonly configMap: ApiObject;

  constructor(scope: Construct, id: string, props: KnativeDomainProps) {
    super(scope, id);
    this.configMap = new PartialObject(this, 'Resource', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'config-domain',
        namespace: 'knative-serving',
        labels: { 'app.kubernetes.io/name': 'knative-serving', 'app.kubernetes.io/component': 'controller' },
      },
      // An empty value: the domain of every Service that no selector claims for another domain.
      data: { [props.domain]: '' },
    });
  }
}

import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { PartialObject } from '../kubernetes/partial-object';
import type { HostLayout } from '../naming/host-layout';

export interface KnativeNetworkProps {
  /** How Knative makes a Service's host. @default - what is there stays: HostLayout.PER_NAMESPACE unless it was changed */
  readonly hostLayout?: HostLayout;
  /** What the URLs begin with that Knative reports. @default - what is there stays: 'http' unless it was changed */
  readonly externalScheme?: 'http' | 'https';
}

/**
 * Tells Knative how it makes the URLs of Services: `config-network` in `knative-serving`.
 *
 * Only what is given is written; `kubectl apply --server-side` leaves the rest of the ConfigMap.
 *
 * @see https://knative.dev/docs/serving/configuration/config-network/
 */
export class KnativeNetwork extends Construct {
  readonly configMap: ApiObject;

  constructor(scope: Construct, id: string, props: KnativeNetworkProps) {
    super(scope, id);
    this.configMap = new PartialObject(this, 'Resource', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'config-network',
        namespace: 'knative-serving',
        labels: { 'app.kubernetes.io/name': 'knative-serving', 'app.kubernetes.io/component': 'networking' },
      },
      data: networkSettings(props),
    });
  }
}

/** What Knative reads, as far as it was said. */
export function networkSettings({ hostLayout, externalScheme }: KnativeNetworkProps): Record<string, string> {
  return {
    ...(hostLayout !== undefined && { 'domain-template': hostLayout }),
    ...(externalScheme !== undefined && { 'default-external-scheme': externalScheme }),
  };
}

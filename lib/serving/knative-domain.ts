import { type ApiObject, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { PartialObject } from '../kubernetes/partial-object';
import type { SelectedDomain } from '../naming/domain-selection';

export interface KnativeDomainProps {
  /** The domain of every Service that no selector claims for another domain. */
  readonly domain: string;
  /** Domains of the Services with certain labels. @default - none */
  readonly selectedDomains?: SelectedDomain[];
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
      data: domainSettings(props),
    });
  }
}

/** What Knative reads: each domain with its selector. An empty value makes a domain the default. */
export function domainSettings({ domain, selectedDomains = [] }: KnativeDomainProps): Record<string, string> {
  const selected = selectedDomains.map(({ domain, selector }) => [domain, Yaml.stringify({ selector })]);
  return { [domain]: '', ...Object.fromEntries(selected) };
}

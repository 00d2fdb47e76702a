import type { ApiObject, ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import { type CamelTraits, Integration, Kamelet, KameletBinding, KameletV1Alpha1, Pipe } from '../../crds/camel';
import { CamelRendering } from './camel-rendering';
import { askKameletSpec, bindingSpec, type CamelFlow, integrationSpec, type Redelivery } from './flows';

/** The call to a model as a Kamelet, for those renderings that cannot say it themselves. */
export function askKamelet(
  scope: Construct,
  id: string,
  rendering: CamelRendering,
  { labels, ...metadata }: ApiObjectMetadata,
): ApiObject | undefined {
  const action = { ...metadata, labels: { ...labels, 'camel.apache.org/kamelet.type': 'action' } };
  switch (rendering) {
    case CamelRendering.INTEGRATION:
      return undefined;
    case CamelRendering.PIPE:
      return new Kamelet(scope, id, { metadata: action, spec: askKameletSpec(4) });
    case CamelRendering.KAMELET_BINDING:
      return new KameletV1Alpha1(scope, id, { metadata: action, spec: askKameletSpec(3) });
  }
}

/** What all routes of a connector have in common. */
export interface CamelWorkload {
  readonly rendering: CamelRendering;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly serviceAccountName: string;
  readonly traits: CamelTraits;
  readonly redelivery: Redelivery;
  /** What {@link askKamelet} made: nothing for Integrations. */
  readonly kamelet: ApiObject | undefined;
}

/** The object that Camel K runs for a route. */
export function routeObject(scope: Construct, id: string, workload: CamelWorkload, flow: CamelFlow): ApiObject {
  const { namespace, labels, traits, redelivery, kamelet, serviceAccountName } = workload;
  const metadata = { name: flow.name, namespace, labels };
  const common = { replicas: 1, serviceAccountName };
  if (!kamelet) {
    return new Integration(scope, id, { metadata, spec: { ...integrationSpec(flow, redelivery), ...common, traits } });
  }
  // Not by instanceof: cdk8s takes every ApiObject for an instance of each of its subclasses.
  if (workload.rendering === CamelRendering.PIPE) {
    return new Pipe(scope, id, { metadata, spec: { ...bindingSpec(flow, kamelet), ...common, traits } });
  }
  const spec = { ...bindingSpec(flow, kamelet, redelivery), ...common, integration: { traits } };
  return new KameletBinding(scope, id, { metadata, spec });
}

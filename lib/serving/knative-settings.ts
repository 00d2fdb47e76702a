import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { PartialObject } from '../kubernetes/partial-object';
import { domainSettings, KnativeDomain, type KnativeDomainProps } from './knative-domain';
import type { KnativeInstallation } from './knative-installation';
import { KnativeNetwork, type KnativeNetworkProps, networkSettings } from './knative-network';

export interface KnativeSettingsProps extends KnativeDomainProps, KnativeNetworkProps {
  readonly installation: KnativeInstallation;
}

/** What Knative has to know to publish a platform's models, written where its installation reads it. */
export class KnativeSettings extends Construct {
  /** Unless the operator is in charge. */
  readonly domain: KnativeDomain | undefined;
  /** Unless the operator is in charge, or there is nothing to say. */
  readonly network: KnativeNetwork | undefined;
  /** Fields of the `KnativeServing` object, where the operator is in charge. */
  readonly operatorObject: ApiObject | undefined;

  constructor(scope: Construct, id: string, props: KnativeSettingsProps) {
    super(scope, id);
    const { operatorObject: name, namespace } = props.installation;
    const network = networkSettings(props);
    const hasNetwork = Object.keys(network).length > 0;
    if (name === undefined) {
      this.domain = new KnativeDomain(this, 'domain', props);
      this.network = hasNetwork ? new KnativeNetwork(this, 'network', props) : undefined;
      return;
    }
    this.operatorObject = new PartialObject(this, 'Resource', {
      apiVersion: 'operator.knative.dev/v1beta1',
      kind: 'KnativeServing',
      metadata: { name, namespace },
      spec: { config: { domain: domainSettings(props), ...(hasNetwork && { network }) } },
    });
  }
}

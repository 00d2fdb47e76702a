import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { ServiceMonitor } from '../../crds/prometheus-operator';
import { podLabels } from '../../kubernetes/labels';
import { OPERATIONS } from '../bridge-workload';

export interface ConnectorMonitoringOptions {
  /** Labels by which a Prometheus picks its monitors, `release: kube-prometheus-stack` for instance. @default - none */
  readonly labels?: Record<string, string>;
}

export interface ConnectorMonitoringProps extends ConnectorMonitoringOptions {
  readonly name: string;
  readonly namespace: string;
  /** What the pods are called that are watched. */
  readonly role: string;
}

/** Has the Prometheus operator collect the metrics of a provider, or of a gateway. */
export class ConnectorMonitoring extends Construct {
  readonly serviceMonitor: ApiObject;

  /** @internal use `addMonitoring(..)` */
  constructor(scope: Construct, id: string, { name, namespace, role, labels = {} }: ConnectorMonitoringProps) {
    super(scope, id);
    this.serviceMonitor = new ServiceMonitor(this, 'Resource', {
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: podLabels(role, name) },
        endpoints: [{ port: OPERATIONS, path: '/metrics' }],
      },
    });
  }
}

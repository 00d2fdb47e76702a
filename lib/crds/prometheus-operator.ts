import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  /** How long the expression must hold. */
  readonly for?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

export interface PrometheusRuleProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: { readonly groups: { readonly name: string; readonly rules: AlertingRule[] }[] };
}

/** @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule */
export class PrometheusRule extends ApiObject {
  constructor(scope: Construct, id: string, props: PrometheusRuleProps) {
    super(scope, id, { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', ...props });
  }
}

export interface ServiceMonitorProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    /** Labels of the Service; only those in the monitor's own namespace are looked at. */
    readonly selector: { readonly matchLabels: Record<string, string> };
    readonly endpoints: {
      readonly port: string;
      readonly path: string;
      readonly interval?: string;
      readonly params?: Record<string, string[]>;
    }[];
  };
}

/** @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceMonitor */
export class ServiceMonitor extends ApiObject {
  constructor(scope: Construct, id: string, props: ServiceMonitorProps) {
    super(scope, id, { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', ...props });
  }
}

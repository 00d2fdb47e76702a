import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

export interface HelmChartConfigProps {
  readonly metadata: ApiObjectMetadata;
  /** `valuesContent` is YAML in a string; it is merged over the values of the chart that k3s bundles. */
  readonly spec: { readonly valuesContent: string };
}

/** @see https://docs.k3s.io/helm#customizing-packaged-components-with-helmchartconfig */
export class HelmChartConfig extends ApiObject {
  constructor(scope: Construct, id: string, props: HelmChartConfigProps) {
    super(scope, id, { apiVersion: 'helm.cattle.io/v1', kind: 'HelmChartConfig', ...props });
  }
}

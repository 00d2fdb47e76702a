import { type ApiObject, Chart, Lazy, Yaml } from 'cdk8s';
import type { Construct } from 'constructs';
import { HelmChartConfig } from '../../crds/helm-cattle';
import { addFile } from '../../synth/side-files';
import type { Delivery } from './delivery';
import { chartEntryPoints, type HelmValues, helmValues, keepsClientAddresses } from './helm-values';
import type { TraefikChart } from './traefik-chart';
import type { TraefikEntryPoint } from './traefik-entry-point';
import type { TraefikVersion } from './traefik-version';

const CHART_CONFIG = 'traefik-on-k3s';

export interface HelmSettings {
  readonly namespace: string;
  readonly chart: TraefikChart;
  readonly version: TraefikVersion;
  readonly ingressClass?: string;
  readonly values?: HelmValues;
}

/** A file beside the manifests, for `helm upgrade --values`. */
export class ValuesFileDelivery implements Delivery {
  readonly target: string;
  readonly keepsClientAddresses = false;
  readonly there: readonly TraefikEntryPoint[] = chartEntryPoints();

  constructor(
    readonly settings: HelmSettings,
    readonly file: string,
  ) {
    this.target = `file ${file}`;
  }

  deliver(scope: Construct, entryPoints: () => TraefikEntryPoint[]): undefined {
    addFile(scope, this.file, () => this.helmValues(entryPoints()));
  }

  helmValues(entryPoints: readonly TraefikEntryPoint[]): string {
    return Yaml.stringify(helmValues({ ...this.settings, entryPoints }));
  }
}

/** The HelmChartConfig that k3s reads for its Traefik: one for the whole cluster, so it has a chart of its own. */
export class ChartConfigDelivery implements Delivery {
  readonly target = 'HelmChartConfig kube-system/traefik';
  readonly keepsClientAddresses: boolean;
  readonly there: readonly TraefikEntryPoint[];

  constructor(readonly settings: HelmSettings) {
    this.there = chartEntryPoints(settings.values);
    this.keepsClientAddresses = keepsClientAddresses(settings.values);
  }

  deliver(scope: Construct, entryPoints: () => TraefikEntryPoint[]): ApiObject {
    const chart = new Chart(scope.node.root as Construct, CHART_CONFIG);
    return new HelmChartConfig(chart, 'Resource', {
      metadata: { name: 'traefik', namespace: this.settings.namespace },
      spec: { valuesContent: Lazy.any({ produce: () => this.helmValues(entryPoints()) }) },
    });
  }

  helmValues(entryPoints: readonly TraefikEntryPoint[]): string {
    return Yaml.stringify(helmValues({ ...this.settings, entryPoints }));
  }
}

import { EdgeError } from '../errors';
import { dnsLabelProblem } from '../naming/kubernetes-names';

/** How Traefik came into the cluster, and so where its entry points are declared. */
export class TraefikInstallation {
  /**
   * Installed by Helm (chart 27 or later, Traefik 3). Synth writes a values file beside the manifests; give it to
   * `helm upgrade --values` together with your own.
   *
   * @param namespace where Traefik's pods run. @default 'traefik'
   */
  static helm(namespace: string = 'traefik'): TraefikInstallation {
    const rule = dnsLabelProblem(namespace);
    if (!rule) return new TraefikInstallation(namespace, false);
    const at = 'TraefikInstallation.helm(namespace)';
    throw new EdgeError('EDGE_ERR_NAME', { at, value: namespace, rule, fix: "Use the namespace of Traefik's pods" });
  }

  /**
   * The one that k3s brings along (k3s 1.32 or later, which bundles Traefik 3). Synth writes a HelmChartConfig; k3s
   * reads one per chart, so it must be the only one for `traefik` in the cluster.
   */
  static k3s(): TraefikInstallation {
    return new TraefikInstallation('kube-system', true);
  }

  /** Where Traefik's pods run. */
  readonly namespace: string;
  /** Whether k3s' Helm controller applies the values. */
  readonly byHelmController: boolean;

  private constructor(namespace: string, byHelmController: boolean) {
    this.namespace = namespace;
    this.byHelmController = byHelmController;
  }
}

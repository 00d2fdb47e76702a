import { EdgeError } from '../../errors';
import { knownValue } from '../../known-values';
import { dnsLabelProblem, dnsSubdomainProblem } from '../../naming/kubernetes-names';
import { argumentProblem, ingressClassIn } from './command-line';
import type { Delivery } from './delivery';
import { ChartConfigDelivery, ValuesFileDelivery } from './helm-delivery';
import { type HelmValues, valuesProblem } from './helm-values';
import { PatchDelivery } from './patch-delivery';
import { chartProblem, TraefikChart } from './traefik-chart';
import { TraefikVersion } from './traefik-version';

/** A Traefik installed by its Helm chart. */
export interface TraefikHelmOptions {
  /** Where Traefik's pods run. @default 'traefik' */
  readonly namespace?: string;
  /**
   * The generation of the chart, whose values differ.
   *
   * @default TraefikChart.FROM_39; with a Traefik 2 there is no default
   */
  readonly chart?: TraefikChart;
  /** @default TraefikVersion.V3 */
  readonly version?: TraefikVersion;
  /**
   * The class that Traefik's CRD provider is told to read. Routes are annotated with it; without the annotation such a
   * Traefik ignores them.
   *
   * @default - none: Traefik reads every route of the cluster
   */
  readonly ingressClass?: string;
  /** Name of the file with the values; a second Traefik of one app needs another. @default 'traefik.helm-values' */
  readonly valuesFile?: string;
}

/** The Traefik that k3s brings along. */
export interface TraefikK3sOptions {
  /**
   * The generation of the chart that this k3s bundles.
   *
   * @default TraefikChart.FROM_39; with a Traefik 2 there is no default
   */
  readonly chart?: TraefikChart;
  /** @default TraefikVersion.V3 */
  readonly version?: TraefikVersion;
  /**
   * What else the HelmChartConfig says. k3s reads one per chart and the last that was applied wins, so what is in one
   * that you have belongs here.
   *
   * @default - nothing
   */
  readonly values?: Record<string, unknown>;
  /** The class that Traefik's CRD provider is told to read. @default - none: it reads every route of the cluster */
  readonly ingressClass?: string;
}

/** A Traefik whose Deployment and Service others made, by manifests of their own for instance. */
export interface ExistingTraefikOptions {
  readonly namespace: string;
  readonly deployment: string;
  readonly service: string;
  /**
   * All arguments that the container has without this app. Kubernetes replaces arguments as a whole, so the patch
   * repeats them; entry points, defaults and the ingress class are read from them.
   */
  readonly args: string[];
  /** Traefik's container in the Deployment. @default 'traefik' */
  readonly container?: string;
  /** @default TraefikVersion.V3 */
  readonly version?: TraefikVersion;
}

/** How Traefik came into the cluster, and so where its entry points are declared. */
export class TraefikInstallation {
  /**
   * Installed by Helm, from chart 28 on unless told otherwise. Synth writes a values file beside the manifests; give it
   * to `helm upgrade --values` after your own.
   *
   * @throws EdgeError EDGE_ERR_NAME for a namespace, class or file that cannot be; EDGE_ERR_TRAEFIK_INSTALLATION for a
   * chart that does not install this version
   */
  static helm(options: TraefikHelmOptions = {}): TraefikInstallation {
    const at = 'TraefikInstallation.helm(..)';
    const namespace = validName(`${at}.namespace`, options.namespace ?? 'traefik');
    const version = validVersion(at, options.version);
    const chart = validChart(at, options.chart, version);
    const ingressClass = validClass(at, options.ingressClass);
    const file = validFile(`${at}.valuesFile`, options.valuesFile ?? 'traefik.helm-values');
    const delivery = new ValuesFileDelivery({ namespace, chart, version, ingressClass }, file);
    return new TraefikInstallation(namespace, version, ingressClass, delivery);
  }

  /**
   * The one that k3s brings along: Traefik 3 since k3s 1.32. Synth writes the HelmChartConfig of its chart, the only
   * one there can be in the cluster.
   *
   * @throws EdgeError EDGE_ERR_TRAEFIK_INSTALLATION for a chart that does not install this version, and for values of
   * yours that would be ignored or make every entry point a default one
   * @see https://docs.k3s.io/helm#customizing-packaged-components-with-helmchartconfig
   */
  static k3s(options: TraefikK3sOptions = {}): TraefikInstallation {
    const at = 'TraefikInstallation.k3s(..)';
    const namespace = 'kube-system';
    const version = validVersion(at, options.version);
    const chart = validChart(at, options.chart, version);
    const ingressClass = validClass(at, options.ingressClass);
    const values = validValues(at, options.values ?? {}, chart, version);
    const delivery = new ChartConfigDelivery({ namespace, chart, version, ingressClass, values });
    return new TraefikInstallation(namespace, version, ingressClass, delivery);
  }

  /**
   * A Deployment and a Service that are there. Synth writes a patch for each beside the manifests, for `kubectl patch
   * --patch-file`; both can be applied again.
   *
   * @throws EdgeError EDGE_ERR_NAME for names that cannot be; EDGE_ERR_TRAEFIK_INSTALLATION for arguments with which
   * Traefik would not read routes or entry points
   */
  static existing(options: ExistingTraefikOptions): TraefikInstallation {
    const at = 'TraefikInstallation.existing(..)';
    const namespace = validName(`${at}.namespace`, options.namespace);
    const version = validVersion(at, options.version);
    const args = [...options.args];
    const problem = argumentProblem(args);
    if (problem) throw new EdgeError('EDGE_ERR_TRAEFIK_INSTALLATION', { at: `${at}.args`, ...problem });
    const delivery = new PatchDelivery({
      namespace,
      deployment: validObjectName(`${at}.deployment`, options.deployment),
      service: validName(`${at}.service`, options.service),
      container: validName(`${at}.container`, options.container ?? 'traefik'),
      args,
      version,
    });
    return new TraefikInstallation(namespace, version, ingressClassIn(args), delivery);
  }

  /**
   * A Traefik that this app runs itself.
   *
   * @internal
   */
  static _own(namespace: string, ingressClass: string, delivery: Delivery): TraefikInstallation {
    return new TraefikInstallation(namespace, TraefikVersion.V3, ingressClass, delivery);
  }

  /** Where Traefik's pods run. */
  readonly namespace: string;
  readonly version: TraefikVersion;
  /** The class that routes are annotated with, if any. */
  readonly ingressClass: string | undefined;
  /** @internal */
  readonly _delivery: Delivery;

  private constructor(
    namespace: string,
    version: TraefikVersion,
    ingressClass: string | undefined,
    delivery: Delivery,
  ) {
    this.namespace = namespace;
    this.version = version;
    this.ingressClass = ingressClass;
    this._delivery = delivery;
  }
}

function validName(at: string, name: string): string {
  const rule = dnsLabelProblem(name);
  if (!rule) return name;
  throw new EdgeError('EDGE_ERR_NAME', { at, value: name, rule, fix: 'Use the name that it has in the cluster' });
}

function validObjectName(at: string, name: string): string {
  const rule = dnsSubdomainProblem(name);
  if (!rule) return name;
  throw new EdgeError('EDGE_ERR_NAME', { at, value: name, rule, fix: 'Use the name that it has in the cluster' });
}

function validClass(at: string, name: string | undefined): string | undefined {
  return name === undefined ? undefined : validObjectName(`${at}.ingressClass`, name);
}

function validFile(at: string, file: string): string {
  if (/^[\w.-]+$/.test(file) && !/(^\.|\.(ya?ml|json)$)/i.test(file)) return file;
  throw new EdgeError('EDGE_ERR_NAME', {
    at,
    value: file,
    rule: 'the file lies beside the manifests, and kubectl would take one that ends like them for one of them',
    fix: 'Choose a name of letters, digits, ., - and _ that does not end with .yaml, .yml or .json',
  });
}

function validVersion(at: string, version: TraefikVersion = TraefikVersion.V3): TraefikVersion {
  return knownValue(`${at}.version`, version, TraefikVersion);
}

function validChart(at: string, chart: TraefikChart | undefined, version: TraefikVersion): TraefikChart {
  if (chart === undefined && version !== TraefikVersion.V3) {
    throw new EdgeError('EDGE_ERR_TRAEFIK_INSTALLATION', {
      at: `${at}.chart`,
      value: chart,
      rule: 'charts of two generations install Traefik 2, and take different values',
      fix: 'Name the generation of the chart',
    });
  }
  const found = chart ?? TraefikChart.FROM_39;
  const rule = chartProblem(found, version);
  if (!rule) return found;
  throw new EdgeError('EDGE_ERR_TRAEFIK_INSTALLATION', {
    at: `${at}.chart`,
    value: found,
    rule,
    fix: 'Name the chart and the version that are installed',
  });
}

function validValues(at: string, values: HelmValues, chart: TraefikChart, version: TraefikVersion): HelmValues {
  const problem = valuesProblem(values, chart, version);
  if (!problem) return structuredClone(values);
  throw new EdgeError('EDGE_ERR_TRAEFIK_INSTALLATION', { ...problem, at: `${at}.${problem.at}` });
}

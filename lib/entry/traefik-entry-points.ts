import { type ApiObject, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { HelmChartConfig } from '../crds/helm-cattle';
import { EdgeError } from '../errors';
import { addFile } from '../synth/side-files';
import { TraefikInstallation } from './traefik-installation';

/** Entry points that the chart declares by itself. */
const TRAEFIKS_OWN = new Set(['web', 'websecure', 'traefik', 'metrics']);

/** The container ports of web, websecure, traefik (9000 in older charts) and metrics. */
const CHART_PORTS = new Set([8000, 8443, 8080, 9000, 9100]);

/** A port that Traefik listens on. */
export interface TraefikEntryPoint {
  /** At most 15 of a-z, 0-9 and -: the chart cuts longer names. */
  readonly name: string;
  /** The port of Traefik's container and of its Service. */
  readonly port: number;
}

export interface TraefikEntryPointsProps {
  readonly entryPoints: TraefikEntryPoint[];
  /** @default TraefikInstallation.helm() */
  readonly installation?: TraefikInstallation;
}

/**
 * Ports that Traefik opens besides 80 and 443.
 *
 * Traefik makes every entry point a default one as long as none says it is; a router without entry points of its own
 * would then also be served on the new ports, and a TCP router for any host would take all HTTPS traffic. So `web` and
 * `websecure` are declared the defaults.
 *
 * @see https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/
 */
export class TraefikEntryPoints extends Construct {
  /** The values for Traefik's Helm chart, as YAML. */
  readonly helmValues: string;
  /** Where Traefik's pods run. */
  readonly namespace: string;
  /** What k3s merges over the values of its chart; nothing for an installation by Helm. */
  readonly helmChartConfig: ApiObject | undefined;

  constructor(scope: Construct, id: string, props: TraefikEntryPointsProps) {
    super(scope, id);
    const installation = props.installation ?? TraefikInstallation.helm();
    for (const entryPoint of props.entryPoints) validate(entryPoint);
    refuseSharedNames(props.entryPoints);
    refuseSharedPorts(props.entryPoints);

    this.namespace = installation.namespace;
    this.helmValues = Yaml.stringify({
      ports: {
        web: { asDefault: true },
        websecure: { asDefault: true },
        ...Object.fromEntries(props.entryPoints.map((entryPoint) => [entryPoint.name, portValues(entryPoint)])),
      },
    });
    if (installation.byHelmController) {
      this.helmChartConfig = new HelmChartConfig(this, 'Resource', {
        metadata: { name: 'traefik', namespace: installation.namespace },
        spec: { valuesContent: this.helmValues },
      });
    } else {
      addFile(this, 'traefik.helm-values', this.helmValues);
    }
  }
}

function portValues({ port }: TraefikEntryPoint): object {
  return { port, exposedPort: port, expose: { default: true }, protocol: 'TCP' };
}

function validate({ name, port }: TraefikEntryPoint): void {
  if (CHART_PORTS.has(port)) {
    throw new EdgeError('EDGE_ERR_ENTRY_POINT', {
      at: `the port of entry point "${name}"`,
      value: port,
      rule: "an entry point of the chart's own listens on it in Traefik's container",
      fix: `Choose another one than ${[...CHART_PORTS].join(', ')}`,
    });
  }
  const rule = nameProblem(name);
  if (rule) {
    const at = 'the name of an entry point';
    throw new EdgeError('EDGE_ERR_ENTRY_POINT', { at, value: name, rule, fix: 'Choose another name' });
  }
  if (!Number.isInteger(port) || port < 1024 || port > 65_535) {
    throw new EdgeError('EDGE_ERR_ENTRY_POINT', {
      at: `the port of entry point "${name}"`,
      value: port,
      rule: 'Traefik runs as an ordinary user and listens on ports from 1024 to 65535',
      fix: 'Choose one of those',
    });
  }
}

/** @see https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports */
function nameProblem(name: string): string | undefined {
  if (TRAEFIKS_OWN.has(name)) return 'the chart has an entry point of this name, whose settings it would change';
  if (/^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/.test(name) && /[a-z]/.test(name) && !name.includes('--')) return undefined;
  return 'Kubernetes names ports with at most 15 of a-z, 0-9 and -, a letter among them and no two - in a row';
}

function refuseSharedNames(entryPoints: readonly TraefikEntryPoint[]): void {
  const names = entryPoints.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  const rule = 'another one has it, and the later would replace the earlier';
  const at = 'the name of an entry point';
  throw new EdgeError('EDGE_ERR_ENTRY_POINT', { at, value: twice, rule, fix: 'Choose another name' });
}

function refuseSharedPorts(entryPoints: readonly TraefikEntryPoint[]): void {
  const owners = new Map<number, string>();
  for (const { name, port } of entryPoints) {
    const owner = owners.get(port);
    if (owner !== undefined) {
      throw new EdgeError('EDGE_ERR_ENTRY_POINT', {
        at: `the port of entry point "${name}"`,
        value: port,
        rule: `entry point "${owner}" listens on it already`,
        fix: 'Give each its own port',
      });
    }
    owners.set(port, name);
  }
}

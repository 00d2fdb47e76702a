import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { describe, EdgeError } from '../../errors';
import { EntryPointRegistry } from './entry-point-registry';
import { routesWithoutEntryPoints } from './route-matches';
import { type TraefikEntryPoint, validateEntryPoint } from './traefik-entry-point';
import { TraefikInstallation } from './traefik-installation';

export interface TraefikEntryPointsProps {
  readonly entryPoints: TraefikEntryPoint[];
  /** @default TraefikInstallation.helm() */
  readonly installation?: TraefikInstallation;
}

/**
 * Ports that Traefik opens besides 80 and 443.
 *
 * Those of all constructs with one installation go into one file or object; two may ask for the same entry point.
 * Traefik makes every entry point a default one as long as none says it is; a router without entry points of its own
 * would then also be served on the new ports, and a TCP router for any host would take all HTTPS traffic. So those that
 * Traefik has already are declared the defaults.
 *
 * @see https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/
 */
export class TraefikEntryPoints extends Construct {
  readonly installation: TraefikInstallation;
  /** Where Traefik's pods run. */
  readonly namespace: string;
  /** What k3s merges over the values of its chart; nothing for any other installation. */
  readonly helmChartConfig: ApiObject | undefined;
  readonly #registry: EntryPointRegistry;

  /**
   * @throws EdgeError EDGE_ERR_ENTRY_POINT for names and ports that Traefik cannot have;
   * EDGE_ERR_TRAEFIK_INSTALLATION when the app describes this installation in another way too
   */
  constructor(scope: Construct, id: string, props: TraefikEntryPointsProps) {
    super(scope, id);
    this.installation = props.installation ?? TraefikInstallation.helm();
    this.namespace = this.installation.namespace;
    for (const entryPoint of props.entryPoints) validateEntryPoint(entryPoint, this.installation._delivery.there);
    refuseSharedNames(props.entryPoints);
    refuseSharedPorts(props.entryPoints);

    this.#registry = EntryPointRegistry.of(this, this.installation);
    this.#registry.add(this, props.entryPoints);
    this.helmChartConfig = this.#registry.object;
    this.node.addValidation({ validate: () => [...this.#clashes(), ...this.#strayRoutes()] });
  }

  /** The values for Traefik's Helm chart so far, as YAML; nothing where there is no chart. */
  get helmValues(): string | undefined {
    return this.installation._delivery.helmValues(this.#registry.entryPoints);
  }

  #clashes(): string[] {
    return this.#registry.clashes(this).map(({ entryPoint, other, rule }) =>
      describe('EDGE_ERR_ENTRY_POINT', {
        at: `entry point "${entryPoint.name}"`,
        value: entryPoint.port,
        rule: `${rule} ([${other}])`,
        fix: 'Give each its own name and port, or share one',
      }),
    );
  }

  /** Every construct would find the same ones, so the first reports them. */
  #strayRoutes(): string[] {
    const first = this.node.root.node.findAll().find((construct) => construct instanceof TraefikEntryPoints);
    if (first !== this) return [];
    return routesWithoutEntryPoints(this.node.root, this.installation.version).map(({ path, kind, everywhere }) =>
      describe('EDGE_ERR_ENTRY_POINT', {
        at: `spec.entryPoints of ${kind} ${path}`,
        value: undefined,
        rule: `Traefik would serve it at ${everywhere}`,
        fix: 'Name the entry points it is meant for',
      }),
    );
  }
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

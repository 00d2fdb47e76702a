import type { ApiObject } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { EdgeError } from '../../errors';
import { addWarning } from '../../synth/warnings';
import { entryPointClash, type TraefikEntryPoint } from './traefik-entry-point';
import type { TraefikInstallation } from './traefik-installation';
import { knowsDefaultEntryPoints } from './traefik-version';

const REGISTRIES = Symbol.for('cdk8s-edge-inference.traefikEntryPoints');

interface WithRegistries {
  [REGISTRIES]?: Map<string, EntryPointRegistry>;
}

/** Entry points, and the construct that asks for them. */
interface Wish {
  readonly path: string;
  readonly entryPoints: readonly TraefikEntryPoint[];
}

/** A wish that another, earlier one excludes. */
export interface Clash {
  readonly entryPoint: TraefikEntryPoint;
  /** Path of the construct with the earlier wish. */
  readonly other: string;
  readonly rule: string;
}

/**
 * Everything that an app wants one Traefik to listen on. Constructs may share entry points; what they become is one
 * file or object for all of them, rendered when the tree is finished.
 */
export class EntryPointRegistry {
  /** The one of this app for the installation. The construct is the first to ask for it, or another. */
  static of(scope: Construct, installation: TraefikInstallation): EntryPointRegistry {
    const root = scope.node.root as unknown as WithRegistries;
    root[REGISTRIES] ??= new Map();
    const { target } = installation._delivery;
    const registry = root[REGISTRIES].get(target) ?? new EntryPointRegistry(scope, installation);
    root[REGISTRIES].set(target, registry);
    registry.#agree(scope, installation);
    return registry;
  }

  /** What the entry points become, if that is an object. */
  readonly object: ApiObject | undefined;
  readonly #installation: TraefikInstallation;
  readonly #owner: string;
  readonly #wishes: Wish[] = [];

  private constructor(scope: Construct, installation: TraefikInstallation) {
    this.#installation = installation;
    this.#owner = scope.node.path;
    this.object = installation._delivery.deliver(scope, () => this.entryPoints);
    if (!knowsDefaultEntryPoints(installation.version)) {
      addWarning(
        scope,
        'Traefik 2 serves routes without entryPoints at every entry point, and gets no security fixes any more: ' +
          'give every IngressRoute and Ingress of the cluster entry points of its own, or upgrade to Traefik 3',
      );
    }
  }

  /** All entry points, each once, in the order in which they were asked for. */
  get entryPoints(): TraefikEntryPoint[] {
    const all = this.#wishes.flatMap(({ entryPoints }) => entryPoints);
    return [...new Map(all.map((entryPoint) => [entryPoint.name, entryPoint])).values()];
  }

  add({ node: { path } }: IConstruct, entryPoints: readonly TraefikEntryPoint[]): void {
    this.#wishes.push({ path, entryPoints });
  }

  /** What of the wishes of a construct does not go together with those that came before. */
  clashes({ node: { path } }: IConstruct): Clash[] {
    const index = this.#wishes.findIndex((wish) => wish.path === path);
    const before = this.#wishes.slice(0, Math.max(index, 0));
    return (this.#wishes[index]?.entryPoints ?? []).flatMap((entryPoint) => {
      const found = before
        .flatMap((wish) =>
          wish.entryPoints.map((other) => ({ other: wish.path, rule: entryPointClash(entryPoint, other) })),
        )
        .find(({ rule }) => rule !== undefined);
      return found?.rule === undefined ? [] : [{ entryPoint, other: found.other, rule: found.rule }];
    });
  }

  #agree(scope: Construct, installation: TraefikInstallation): void {
    const [asked, known] = [installation, this.#installation].map(({ _delivery }) =>
      JSON.stringify(_delivery.settings),
    );
    if (asked === known) return;
    throw new EdgeError('EDGE_ERR_TRAEFIK_INSTALLATION', {
      at: `the installation of ${scope.node.path}`,
      value: asked,
      rule: `${this.#owner} describes ${installation._delivery.target} as ${known}`,
      fix: 'Describe one Traefik in one way; give a second one that Helm installed a valuesFile of its own',
    });
  }
}

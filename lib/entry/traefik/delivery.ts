import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { TraefikEntryPoint } from './traefik-entry-point';

/** How entry points get into one installation of Traefik. */
export interface Delivery {
  /** The same for all that is written to one place. */
  readonly target: string;
  /** Everything that two uses of one target must agree on. */
  readonly settings: unknown;
  /** Entry points that the installation has anyway. */
  readonly there: readonly TraefikEntryPoint[];
  /**
   * Called once for a target, before all its entry points are known.
   *
   * @returns the object that it becomes, if it becomes one
   */
  deliver(scope: Construct, entryPoints: () => TraefikEntryPoint[]): ApiObject | undefined;
  /** Whether Traefik's Service is known to pass on the addresses of clients. */
  readonly keepsClientAddresses: boolean;
  /** The values for the chart, where there is a chart. */
  helmValues(entryPoints: readonly TraefikEntryPoint[]): string | undefined;
}

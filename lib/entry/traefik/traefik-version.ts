import type { TraefikApiVersion } from '../../crds/traefik';

/** The Traefik that reads the routes. Nothing but the newest is ever assumed. */
export enum TraefikVersion {
  /** Traefik 3, which knows the group `traefik.io` only. */
  V3 = '3',
  /** Traefik 2.10 and 2.11, the first that know the group `traefik.io`. */
  V2_10 = '2.10',
  /** Traefik 2.0 to 2.9, which know the group `traefik.containo.us` only. */
  V2 = '2',
}

/** The apiVersion of Traefik's own resources. */
export function resourceVersion(version: TraefikVersion): TraefikApiVersion {
  return version === TraefikVersion.V2 ? 'traefik.containo.us/v1alpha1' : 'traefik.io/v1alpha1';
}

/** Traefik 2 has no `asDefault`: its chart refuses the value, and Traefik does not start with the argument. */
export function knowsDefaultEntryPoints(version: TraefikVersion): boolean {
  return version === TraefikVersion.V3;
}

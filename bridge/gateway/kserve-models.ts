import type { GatewayRouteConfig } from '../config/gateway-route';

const V1 = /^\/v1\/models\/([^/:]+):predict$/;
const V2 = /^\/v2\/models\/([^/:]+)(?:\/versions\/[^/:]+)?\/infer$/;

/** Models that can be asked in each of KServe's protocols, as far as the routes name them. */
export interface KServeModels {
  readonly v1: readonly string[];
  readonly v2: readonly string[];
}

/**
 * A route whose path takes any name knows no models: whether there is one of a name is known to whoever is asked in the
 * end.
 */
export function kserveModels(routes: readonly Pick<GatewayRouteConfig, 'path' | 'captures'>[]): KServeModels {
  return { v1: modelsIn(routes, V1), v2: modelsIn(routes, V2) };
}

function modelsIn(routes: readonly Pick<GatewayRouteConfig, 'path' | 'captures'>[], pattern: RegExp): string[] {
  const models = routes.flatMap(({ path, captures }) => {
    const name = pattern.exec(path)?.[1];
    if (name === undefined) return [];
    return name.startsWith('{') ? (captures[name.slice(1, -1)] ?? []) : [name];
  });
  return [...new Set(models)].sort();
}

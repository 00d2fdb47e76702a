import { isDeepStrictEqual } from 'node:util';

/** What another configuration means for a bridge at work. */
export interface ConfigChanges {
  /** Names of routes. */
  readonly added: string[];
  readonly changed: string[];
  readonly removed: string[];
  /** Settings that differ and are looked at only when the bridge starts, as they are written: `broker.url`. */
  readonly needRestart: string[];
}

/** A configuration of any kind that has routes. */
interface RoutedConfig {
  readonly routes: readonly { readonly name: string }[];
}

/** Settings that are looked at again. All others make the connections, or what lives as long as the process. */
const LIVE = new Set(['routes', 'log.level', 'delivery.drainTimeoutSeconds', 'delivery.onStop']);

/** What differs between two configurations. Routes are known by their names. */
export function configChanges(before: RoutedConfig, after: RoutedConfig): ConfigChanges {
  const earlier = new Map(before.routes.map((route) => [route.name, route]));
  const later = new Set(after.routes.map(({ name }) => name));
  const kept = after.routes.filter(({ name }) => earlier.has(name));
  return {
    added: after.routes.filter(({ name }) => !earlier.has(name)).map(({ name }) => name),
    changed: kept.filter((route) => !isDeepStrictEqual(route, earlier.get(route.name))).map(({ name }) => name),
    removed: before.routes.filter(({ name }) => !later.has(name)).map(({ name }) => name),
    needRestart: differences(before, after, ''),
  };
}

function differences(before: unknown, after: unknown, path: string): string[] {
  if (LIVE.has(path) || isDeepStrictEqual(before, after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [path];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    differences(before[key], after[key], path === '' ? key : `${path}.${key}`),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { ALB_PREFIX } from '../../naming/alb-rules';

/** The controller's annotations, by what follows `alb.ingress.kubernetes.io/`. */
export type AlbAnnotations = Record<string, string>;

/** The annotations as they stand on an Ingress. */
export function controllerAnnotations(annotations: Record<string, string | undefined>): Record<string, string> {
  const set = Object.entries(annotations).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(set.map(([name, value]) => [`${ALB_PREFIX}${name}`, value]));
}

/** `a,b`, as the controller reads lists. Nothing for none. */
export function stringList(values: readonly string[] | undefined): string | undefined {
  return values === undefined || values.length === 0 ? undefined : values.join(',');
}

/** `a=1,b=2`, as the controller reads maps: it splits at commas without a backslash, and at the first `=`. */
export function stringMap(values: Record<string, string | undefined>): string | undefined {
  const set = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return stringList(set.map(([key, value]) => `${key}=${value}`.replaceAll(',', '\\,')));
}

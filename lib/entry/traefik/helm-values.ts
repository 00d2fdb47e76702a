import { TraefikChart } from './traefik-chart';
import type { TraefikEntryPoint } from './traefik-entry-point';
import { knowsDefaultEntryPoints, type TraefikVersion } from './traefik-version';

/** Values for a Helm chart, as read from YAML. */
export type HelmValues = Record<string, unknown>;

/** What the chart declares by itself; `traefik` listened on 9000 before chart 33. */
const CHARTS_OWN: readonly TraefikEntryPoint[] = [
  { name: 'web', port: 8000 },
  { name: 'websecure', port: 8443 },
  { name: 'traefik', port: 8080 },
  { name: 'traefik', port: 9000 },
  { name: 'metrics', port: 9100 },
];
/** The entry points that routers without any are meant for. */
const DEFAULTS = ['web', 'websecure'];
/** What was moved from the port itself to `http` in chart 39. */
const HTTP_SETTINGS = ['middlewares', 'redirections', 'tls'];

export interface HelmValuesProps {
  readonly chart: TraefikChart;
  readonly version: TraefikVersion;
  readonly entryPoints: readonly TraefikEntryPoint[];
  /** The user's own. */
  readonly values?: HelmValues;
}

/** Something in a user's values that would not have the effect it was written for. */
export interface ValuesProblem {
  readonly at: string;
  readonly value: unknown;
  readonly rule: string;
  readonly fix: string;
}

/** The user's values with the entry points in them, and with `web` and `websecure` as defaults where Traefik knows that. */
export function helmValues({ chart, version, entryPoints, values = {} }: HelmValuesProps): HelmValues {
  const there = portsOf(values);
  const defaults = knowsDefaultEntryPoints(version) ? DEFAULTS.filter((name) => there[name] !== null) : [];
  const ports = {
    ...Object.fromEntries(defaults.map((name) => [name, { asDefault: true }])),
    ...Object.fromEntries(entryPoints.map((entryPoint) => [entryPoint.name, portValues(entryPoint, chart)])),
  };
  return merged(values, { ports });
}

/** The entry points of the chart, as the user's values leave them. */
export function chartEntryPoints(values: HelmValues = {}): TraefikEntryPoint[] {
  const there = portsOf(values);
  const own = CHARTS_OWN.filter(({ name }) => there[name] !== null && portOf(there[name]) === undefined);
  const users = Object.entries(there).flatMap(([name, settings]) =>
    [portOf(settings), portOf(settings, 'exposedPort')]
      .filter((port) => port !== undefined)
      .map((port) => ({ name, port })),
  );
  return [...own, ...users];
}

/** What is wrong with a user's values, if anything is. */
export function valuesProblem(
  values: HelmValues,
  chart: TraefikChart,
  version: TraefikVersion,
): ValuesProblem | undefined {
  return knowsDefaultEntryPoints(version)
    ? (droppedDefault(values) ?? misplacedSetting(values, chart))
    : (unknownDefault(values) ?? misplacedSetting(values, chart));
}

/** Whether the user's values make Traefik's Service pass on the addresses of clients. */
export function keepsClientAddresses({ service }: HelmValues = {}): boolean {
  return isObject(service) && isObject(service.spec) && service.spec.externalTrafficPolicy === 'Local';
}

function portValues({ port }: TraefikEntryPoint, chart: TraefikChart): object {
  const expose = chart === TraefikChart.BEFORE_27 ? true : { default: true };
  return { port, exposedPort: port, expose, protocol: 'TCP' };
}

function droppedDefault(values: HelmValues): ValuesProblem | undefined {
  const there = portsOf(values);
  const rule = 'without a default every entry point is one, and routes of others would be served on the new ports';
  const dropped = DEFAULTS.find((name) => isObject(there[name]) && there[name].asDefault === false);
  if (dropped !== undefined) {
    return { at: `values.ports.${dropped}.asDefault`, value: false, rule, fix: 'Leave it out' };
  }
  const left = DEFAULTS.some((name) => there[name] !== null) || Object.values(there).some(isDefault);
  if (!left) {
    const fix = 'Keep one of the two, or set asDefault for another entry point';
    return { at: 'values.ports.web and .websecure', value: null, rule, fix };
  }
  const argument = argumentsIn(values).find((text) => /\.asdefault=false$/i.test(text));
  return argument === undefined
    ? undefined
    : { at: 'values.additionalArguments', value: argument, rule, fix: 'Leave it out' };
}

function unknownDefault(values: HelmValues): ValuesProblem | undefined {
  const named = Object.entries(portsOf(values)).find(([, settings]) => isDefault(settings));
  if (!named) return undefined;
  return {
    at: `values.ports.${named[0]}.asDefault`,
    value: true,
    rule: 'Traefik 2 does not know it, and its chart refuses it',
    fix: 'Leave it out',
  };
}

function misplacedSetting(values: HelmValues, chart: TraefikChart): ValuesProblem | undefined {
  const nested = chart === TraefikChart.FROM_39;
  for (const [name, settings] of Object.entries(portsOf(values))) {
    const wrong = isObject(settings) ? (nested ? settings : settings.http) : undefined;
    const found = isObject(wrong) ? HTTP_SETTINGS.find((setting) => setting in wrong) : undefined;
    if (found === undefined) continue;
    const [at, instead] = nested ? [found, `http.${found}`] : [`http.${found}`, found];
    const rule = nested ? 'charts from 39 on refuse it there' : 'charts before 39 ignore it there, without a word';
    const fix = `Write it as ports.${name}.${instead}, or name the chart that is installed`;
    return { at: `values.ports.${name}`, value: at, rule, fix };
  }
  return undefined;
}

function portsOf(values: HelmValues): HelmValues {
  return isObject(values.ports) ? values.ports : {};
}

function portOf(settings: unknown, of: 'port' | 'exposedPort' = 'port'): number | undefined {
  const port = isObject(settings) ? settings[of] : undefined;
  return typeof port === 'number' ? port : undefined;
}

function isDefault(settings: unknown): boolean {
  return isObject(settings) && settings.asDefault === true;
}

function argumentsIn({ additionalArguments }: HelmValues): string[] {
  return Array.isArray(additionalArguments) ? additionalArguments.map(String) : [];
}

/** As Helm merges values: maps key by key, anything else as a whole. */
function merged(base: HelmValues, over: HelmValues): HelmValues {
  const result: HelmValues = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isObject(below) && isObject(value) ? merged(below, value) : value;
  }
  return result;
}

function isObject(value: unknown): value is HelmValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

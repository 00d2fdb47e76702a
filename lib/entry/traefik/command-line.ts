import type { TraefikEntryPoint } from './traefik-entry-point';

const ENTRY_POINT = /^--entrypoints\.([^.=]+)\.([^=]+)(?:=(.*))?$/i;
const CRD_PROVIDER = /^--providers\.kubernetescrd(\.[^=]+)?(=|$)/i;
const IGNORED = 'with a file Traefik reads no other setting from its arguments';
const CONFIG_FILE = /^--configfile=/i;

/** An argument that keeps a Traefik from doing what it is asked to. */
export interface ArgumentProblem {
  readonly value: string;
  readonly rule: string;
  readonly fix: string;
}

/** The arguments that make Traefik listen. */
export function entryPointArguments(entryPoints: readonly TraefikEntryPoint[]): string[] {
  return entryPoints.map(({ name, port }) => `--entryPoints.${name}.address=:${port}/tcp`);
}

/**
 * The arguments that keep every entry point a default that is one now. All are, as long as none says so, and the new
 * ones would be too; `traefik` never is.
 */
export function defaultArguments(args: readonly string[]): string[] {
  const settings = args.map((arg) => ENTRY_POINT.exec(arg)).filter((match) => match !== null);
  if (settings.some(([, , setting, value]) => /^asdefault$/i.test(setting ?? '') && value !== 'false')) return [];
  const tcp = settings.filter(
    ([, , setting, value]) => /^address$/i.test(setting ?? '') && !/\/udp$/i.test(`${value}`),
  );
  return tcp
    .map(([, name = '']) => name)
    .filter((name) => name.toLowerCase() !== 'traefik')
    .map((name) => `--entryPoints.${name}.asDefault=true`);
}

/** The entry points that a command line declares. */
export function entryPointsIn(args: readonly string[]): TraefikEntryPoint[] {
  return args.flatMap((arg) => {
    const [, name, setting, value = ''] = ENTRY_POINT.exec(arg) ?? [];
    const [, port] = /:(\d+)(?:\/\w+)?$/.exec(value) ?? [];
    return name === undefined || !/^address$/i.test(setting ?? '') || port === undefined
      ? []
      : [{ name, port: Number(port) }];
  });
}

/** The class that routes must be annotated with, where Traefik is told to read no others. */
export function ingressClassIn(args: readonly string[]): string | undefined {
  return args
    .map((arg) => /^--providers\.kubernetescrd\.ingressclass=(.+)$/i.exec(arg)?.[1])
    .find((name) => name !== undefined);
}

/** What an argument would change that others rely on; of two values for one setting Traefik takes the later. */
const SETTLED =
  /^--(entrypoints\.(web|websecure|traefik)\.(address|asdefault)|ping|providers\.kubernetes(crd|ingress)(\.ingressclass)?)(=|$)/i;

/** Says why an argument cannot be added to those of the app's own Traefik, or nothing when all can. */
export function additionalArgumentProblem(args: readonly string[]): ArgumentProblem | undefined {
  const notOne = args.find((arg) => !/^--[\w.[\]-]+(=|$)/.test(arg));
  if (notOne !== undefined) {
    return {
      value: notOne,
      rule: 'an argument begins with -- and the name of a setting',
      fix: 'Write it as --name=value',
    };
  }
  const file = args.find((arg) => CONFIG_FILE.test(arg));
  if (file !== undefined) return { value: file, rule: IGNORED, fix: 'Give its settings as arguments' };
  const settled = args.find((arg) => SETTLED.test(arg));
  return settled === undefined
    ? undefined
    : { value: settled, rule: 'probes, Service and routes rely on what TraefikProxy sets there', fix: 'Leave it out' };
}

/** Says why routes or entry points would not be read, or nothing when they would. */
export function argumentProblem(args: readonly string[]): ArgumentProblem | undefined {
  const file = args.find((arg) => CONFIG_FILE.test(arg));
  if (file !== undefined) {
    return {
      value: file,
      rule: IGNORED,
      fix: 'Declare everything by arguments',
    };
  }
  if (args.some((arg) => CRD_PROVIDER.test(arg))) return undefined;
  return {
    value: args.join(' '),
    rule: 'without --providers.kubernetescrd Traefik reads no IngressRoute',
    fix: 'Give all arguments that the container has, and that one among them',
  };
}

import { createHash } from 'node:crypto';
import { EdgeError } from '../../errors';
import type { IngressRule } from '../../kubernetes/ingress';
import { ALB_LIMITS, ALB_RULE_NAME_LENGTH, albRuleProblem, tokensPerRule } from '../../naming/alb-rules';

/** A host that is served, and who may call it. */
export interface AlbHost {
  /** What its rules are called. */
  readonly name: string;
  /** A host, or a pattern of hosts. */
  readonly host: string;
  /** Whose models answer there, if it is one namespace's. */
  readonly namespace: string | undefined;
  readonly tokens: readonly string[];
}

/** One rule of the load balancer: what it asks of a request, and what becomes of that. */
export interface AlbRule {
  /** Of the action and the conditions; no Service is called so. */
  readonly name: string;
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  readonly header?: { readonly name: string; readonly values: readonly string[] };
  readonly action: object;
}

/** The parts of an Ingress that rules come to. */
export interface RenderedRules {
  readonly rules: IngressRule[];
  /** By what follows the controller's prefix. */
  readonly annotations: Record<string, string>;
}

/**
 * As few rules as let a request to one of the paths, with one of the tokens, pass.
 *
 * Values of one condition are alternatives, and a rule takes few values in all; so paths and tokens are dealt out over
 * rules, each group of paths with each group of tokens.
 *
 * @throws EdgeError EDGE_ERR_ALB_LIMIT for paths with too many wildcards
 */
export function passRules(
  { name, host, tokens }: AlbHost,
  paths: readonly string[],
  header: string | undefined,
  action: object,
): AlbRule[] {
  const rules = deal(paths, tokens).map(({ paths, tokens }, i) => ({
    name: ruleName(name, i + 1),
    hosts: [host],
    paths,
    ...(header !== undefined && { header: { name: header, values: tokens } }),
    action,
  }));
  for (const rule of rules) refuseCrowded(rule);
  return rules;
}

/** Rules that answer whatever no rule before them has taken. */
export function refusalRules(hosts: readonly string[], action: object): AlbRule[] {
  return chunks(hosts, ALB_LIMITS.valuesPerCondition).map((hosts, i) => ({
    name: ruleName('refuse', i + 1),
    hosts,
    paths: ['/*'],
    action,
  }));
}

/**
 * Rules as the controller reads them: name, backend, condition and action of each are written together.
 *
 * The port name `use-annotation` makes the controller look for the action by the backend's name; conditions go by the
 * same name. So each rule has its own conditions within one Ingress, and all share one target group. Were the Service
 * itself the backend, its conditions would count for every path, and each further set of them would take another
 * Ingress, with another target group and other health checks.
 */
export function renderRules(rules: readonly AlbRule[]): RenderedRules {
  const annotations = rules.flatMap((rule) => {
    const conditions = conditionsOf(rule);
    return [
      [`actions.${rule.name}`, JSON.stringify(rule.action)],
      ...(conditions.length > 0 ? [[`conditions.${rule.name}`, JSON.stringify(conditions)]] : []),
    ];
  });
  return { rules: rules.map(ingressRule), annotations: Object.fromEntries(annotations) };
}

function ingressRule(rule: AlbRule): IngressRule {
  const host = hostOf(rule);
  const backend = { service: { name: rule.name, port: { name: 'use-annotation' } } };
  return {
    ...(host !== undefined && { host }),
    http: { paths: [{ path: rule.paths[0] ?? '/*', pathType: 'ImplementationSpecific', backend }] },
  };
}

/** The controller adds the Ingress' own host and path to the values of these conditions. */
function conditionsOf(rule: AlbRule): object[] {
  const hosts = hostOf(rule) === undefined ? rule.hosts : [];
  const paths = rule.paths.slice(1);
  return [
    ...(hosts.length > 0 ? [{ field: 'host-header', hostHeaderConfig: { values: hosts } }] : []),
    ...(paths.length > 0 ? [{ field: 'path-pattern', pathPatternConfig: { values: paths } }] : []),
    ...(rule.header
      ? [
          {
            field: 'http-header',
            httpHeaderConfig: { httpHeaderName: rule.header.name, values: rule.header.values },
          },
        ]
      : []),
  ];
}

/** The host as an Ingress can have it: one, with a wildcard only as its whole first label. */
function hostOf({ hosts: [host, ...others] }: AlbRule): string | undefined {
  if (host === undefined || others.length > 0) return undefined;
  return /^(\*\.)?[^*]+$/.test(host) ? host : undefined;
}

interface Share {
  readonly paths: readonly string[];
  readonly tokens: readonly string[];
}

function deal(paths: readonly string[], tokens: readonly string[]): Share[] {
  const ways = [3, 2, 1].map((perRule) =>
    chunks(paths, perRule).flatMap((paths) => {
      const groups = tokens.length === 0 ? [[]] : chunks(tokens, tokensPerRule(1, paths.length));
      return groups.map((tokens) => ({ paths, tokens }));
    }),
  );
  return ways.reduce((fewest, way) => (way.length < fewest.length ? way : fewest));
}

function chunks<T>(values: readonly T[], size: number): T[][] {
  const count = Math.ceil(values.length / size);
  return Array.from({ length: count }, (_, i) => values.slice(i * size, (i + 1) * size));
}

/** `<name>-<number>`; a name that is too long for an annotation is cut, and told apart by a hash. */
function ruleName(name: string, number: number): string {
  const room = ALB_RULE_NAME_LENGTH - `-${number}`.length;
  if (name.length <= room) return `${name}-${number}`;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, room - 9)}-${hash}-${number}`;
}

function refuseCrowded({ name, hosts, paths, header }: AlbRule): void {
  const rule = albRuleProblem({ hosts, paths, others: header ? [header.values] : [] });
  if (!rule) return;
  const value = JSON.stringify({ hosts, paths });
  throw new EdgeError('EDGE_ERR_ALB_LIMIT', { at: `rule ${name}`, value, rule, fix: 'Use fewer wildcards in paths' });
}

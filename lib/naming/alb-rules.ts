/** What the annotations of the AWS Load Balancer Controller begin with. */
export const ALB_PREFIX = 'alb.ingress.kubernetes.io/';

/**
 * What Elastic Load Balancing takes.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
export const ALB_LIMITS = {
  /** Values of all conditions of one rule together: hosts, paths and header values. */
  valuesPerRule: 5,
  valuesPerCondition: 3,
  /** `*` and `?` in all values of one rule together. */
  wildcardsPerRule: 5,
  valueLength: 128,
  headerNameLength: 40,
  rules: 100,
  /** Beside the default one. */
  extraCertificates: 25,
  loadBalancerNameLength: 32,
} as const;

/** An annotation's key has at most 63 characters after the slash, and `conditions.` takes 11 of them. */
export const ALB_RULE_NAME_LENGTH = 52;

const GROUP_NAME = /^([a-z0-9][-a-z0-9.]*)?[a-z0-9]$/;
const GROUP_NAME_LENGTH = 63;
const PATH = /^[A-Za-z0-9_.$/~"'@:+&*?-]+$/;

/** What one rule of a load balancer asks of a request. */
export interface AlbConditions {
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  /** The values of each further condition: of each header, for instance. */
  readonly others: readonly (readonly string[])[];
}

/** How many header values fit one rule beside its hosts and paths. */
export function tokensPerRule(hosts: number, paths: number): number {
  return Math.min(ALB_LIMITS.valuesPerCondition, ALB_LIMITS.valuesPerRule - hosts - paths);
}

/** Says why Elastic Load Balancing would refuse a rule, or nothing when it would not. */
export function albRuleProblem({ hosts, paths, others }: AlbConditions): string | undefined {
  const { valuesPerCondition, valuesPerRule, wildcardsPerRule } = ALB_LIMITS;
  const most = Math.max(...[hosts, paths, ...others].map(({ length }) => length));
  if (most > valuesPerCondition)
    return `one condition has at most ${valuesPerCondition} values, and one here has ${most}`;
  const further = others.flat().length;
  const sum = hosts.length + paths.length + further;
  if (sum > valuesPerRule) {
    const terms = `${hosts.length} host(s) + ${paths.length} path(s) + ${further} other value(s) are ${sum}`;
    return `one rule has at most ${valuesPerRule} values, and ${terms}`;
  }
  const wildcards = [...hosts, ...paths].join('').match(/[*?]/g)?.length ?? 0;
  if (wildcards > wildcardsPerRule)
    return `one rule has at most ${wildcardsPerRule} wildcards, and this has ${wildcards}`;
  return undefined;
}

/** Says why a load balancer would refuse a pattern of hosts, or nothing when it would not. */
export function albHostProblem(host: string): string | undefined {
  if (host.length > ALB_LIMITS.valueLength) return `a host here has at most ${lengths(host)}`;
  return /\.[A-Za-z]+$/.test(host) ? undefined : 'what stands after the last dot of a host here has only letters';
}

/** Says why a load balancer would refuse a pattern of paths, or nothing when it would not. */
export function albPathProblem(path: string): string | undefined {
  if (path.length > ALB_LIMITS.valueLength) return `a path here has at most ${lengths(path)}`;
  if (!path.startsWith('/')) return 'a path begins with /';
  return PATH.test(path) ? undefined : 'a path here has only letters, digits and _ - . $ / ~ " \' @ : + & * ?';
}

function lengths(value: string): string {
  return `${ALB_LIMITS.valueLength} characters, and this one has ${value.length}`;
}

/**
 * Says why a header cannot be asked for, or nothing when it can.
 *
 * Load balancers that drop invalid header fields drop every name with other characters than these.
 */
export function albHeaderNameProblem(name: string): string | undefined {
  const most = ALB_LIMITS.headerNameLength;
  if (name.length > most) return `a header's name here has at most ${most} characters, and this one has ${name.length}`;
  if (!/^[A-Za-z0-9-]+$/.test(name)) return "a header's name here has only letters, digits and -, and at least one";
  if (name.toLowerCase() === 'host') return 'the header Host is the matter of host conditions';
  return undefined;
}

/** Says why a header value would not be compared as it is written, or nothing when it would. */
export function albTokenProblem(value: string): string | undefined {
  const most = ALB_LIMITS.valueLength;
  if (value.length > most) return `a value has at most ${most} characters`;
  if (/[*?]/.test(value)) return '* and ? stand for any other characters, and nothing escapes them';
  if (!/^[\x21-\x7e]+$/.test(value)) return 'a value is made of visible ASCII characters, without spaces';
  return undefined;
}

/** Says why the controller would refuse the name of a group of Ingresses, or nothing when it would not. */
export function albGroupNameProblem(name: string): string | undefined {
  if (name.length > GROUP_NAME_LENGTH)
    return `a group's name has at most ${GROUP_NAME_LENGTH} characters, and this one has ${name.length}`;
  if (!GROUP_NAME.test(name))
    return 'a group is named with a-z, 0-9, - and ., and begins and ends with a letter or digit';
  return undefined;
}

/** Whether every text that the pattern `inner` matches is matched by the pattern `outer` too. `*` stands for anything. */
export function albPatternCovers(outer: string, inner: string): boolean {
  const escaped = outer.replace(/[.+^$()|[\]{}\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*/g, '.*').replace(/\?/g, '[^*]')}$`).test(inner);
}

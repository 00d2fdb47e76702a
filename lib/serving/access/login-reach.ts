import type { LoginOperation, LoginPlace, LoginTarget } from './login-place';

/** Pods that a policy may be for: those with these labels, and perhaps others. */
export type LabelledPods = Pick<LoginTarget, 'namespace' | 'labels'>;

/** Whether there may be a request that both ask for a token. */
export function placesMeet(a: LoginPlace, b: LoginPlace): boolean {
  return (
    a._targets.some((one) => b._targets.some((other) => podsMeet(one, other))) && hostsMeet(a._operation, b._operation)
  );
}

/** Whether one set of labels is part of the other, so that the same pods may have them. */
export function podsMeet(a: LabelledPods, b: LabelledPods): boolean {
  return a.namespace === b.namespace && (isPart(a.labels, b.labels) || isPart(b.labels, a.labels));
}

/** Whether requests to a host need a token. */
export function asksAt({ _operation: { hosts, notHosts = [] } }: LoginPlace, host: string): boolean {
  if (notHosts.some((pattern) => covers(pattern, host))) return false;
  return hosts === undefined || hosts.includes(host);
}

/** Whether requests for a path need a token. */
export function asksFor({ _operation: { notPaths = [] } }: LoginPlace, path: string): boolean {
  return !notPaths.some((pattern) =>
    pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
  );
}

function hostsMeet(a: LoginOperation, b: LoginOperation): boolean {
  if (a.hosts && b.hosts) return a.hosts.some((host) => b.hosts?.includes(host));
  const [named, others] = a.hosts ? [a.hosts, b.notHosts] : [b.hosts, a.notHosts];
  return !named?.every((host) => others?.some((pattern) => covers(pattern, host.replace(/:\*$/, ''))));
}

function covers(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

function isPart(part: Record<string, string>, whole: Record<string, string>): boolean {
  return Object.entries(part).every(([key, value]) => whole[key] === value);
}

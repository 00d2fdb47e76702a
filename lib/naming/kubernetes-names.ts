const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
export const MAX_LABEL = 63;
export const MAX_SUBDOMAIN = 253;
/** What is read from an environment may not be there. */
const NO_TEXT = 'a name is a text';

/**
 * Says why `name` is no DNS label (the form of namespaces, Services and host labels), or nothing when it is one.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export function dnsLabelProblem(name: string): string | undefined {
  if (typeof name !== 'string') return NO_TEXT;
  if (name.length > MAX_LABEL)
    return `a name here has at most ${MAX_LABEL} characters, and this one has ${name.length}`;
  if (!DNS_LABEL.test(name)) return 'a name here has only a-z, 0-9 and -, and begins and ends with a letter or a digit';
  return undefined;
}

/** Says why `name` is no DNS subdomain (the form of most object names), or nothing when it is one. */
export function dnsSubdomainProblem(name: string): string | undefined {
  if (typeof name !== 'string') return NO_TEXT;
  if (name.length > MAX_SUBDOMAIN)
    return `a name has at most ${MAX_SUBDOMAIN} characters, and this one has ${name.length}`;
  for (const label of name.split('.')) {
    if (!DNS_LABEL.test(label))
      return 'a name has only a-z, 0-9, - and ., and each part begins and ends with a letter or a digit';
  }
  return undefined;
}

/** A StatefulSet labels its pods with its name and a hash, and a label has at most 63 characters. */
const MAX_WORKLOAD = 52;

/** Says why `name` cannot be that of a StatefulSet and its Service, or nothing when it can. */
export function workloadNameProblem(name: string): string | undefined {
  const problem = dnsLabelProblem(name);
  if (problem) return problem;
  if (!/^[a-z]/.test(name)) return "a Service's name begins with a letter";
  if (name.length <= MAX_WORKLOAD) return undefined;
  return `a workload's name has at most ${MAX_WORKLOAD} characters, because its pods are labelled with it and a hash, and this one has ${name.length}`;
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
export const MAX_LABEL = 63;
export const MAX_SUBDOMAIN = 253;

/**
 * Says why `name` is no DNS label (the form of namespaces, Services and host labels), or nothing when it is one.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export function dnsLabelProblem(name: string): string | undefined {
  if (name.length > MAX_LABEL)
    return `a name here has at most ${MAX_LABEL} characters, and this one has ${name.length}`;
  if (!DNS_LABEL.test(name)) return 'a name here has only a-z, 0-9 and -, and begins and ends with a letter or a digit';
  return undefined;
}

/** Says why `name` is no DNS subdomain (the form of most object names), or nothing when it is one. */
export function dnsSubdomainProblem(name: string): string | undefined {
  if (name.length > MAX_SUBDOMAIN)
    return `a name has at most ${MAX_SUBDOMAIN} characters, and this one has ${name.length}`;
  for (const label of name.split('.')) {
    if (!DNS_LABEL.test(label))
      return 'a name has only a-z, 0-9, - and ., and each part begins and ends with a letter or a digit';
  }
  return undefined;
}

/**
 * Whether a certificate with these names is good for a host: `*` stands for exactly one label, the left-most.
 *
 * @param host may begin with `*.`, for all hosts one level below; only the same name covers those
 * @see https://www.rfc-editor.org/rfc/rfc9525#section-6.3
 */
export function tlsCovers(names: readonly string[], host: string): boolean {
  return names.includes(host) || names.includes(`*.${parent(host)}`);
}

/**
 * Whether a DNS server with these records has an answer for a host.
 *
 * `*.example.com` answers for names any number of levels below, until a name exists that is closer to the one asked for.
 * A name exists as soon as anything is below it: with `*.staging.example.com`, `staging.example.com` exists, without a
 * record, and `*.example.com` answers for it no more.
 *
 * @param host may begin with `*.`, for any name below that has no record of its own
 * @param otherNames names with records of other kinds: of validations, or of zones that are delegated
 * @see https://www.rfc-editor.org/rfc/rfc4592
 */
export function dnsResolves(records: readonly string[], host: string, otherNames: readonly string[] = []): boolean {
  if (records.includes(host)) return true;
  const closest = closestName([...records, ...otherNames], host);
  return closest !== host && records.includes(`*.${closest}`);
}

/**
 * The closest name to a host, itself included, that exists because one of these names is it or is below it; the empty
 * name when there is none.
 */
export function closestName(names: readonly string[], host: string): string {
  const there = new Set(names.flatMap(withAncestors));
  // No name is called so: it stands for any that has no record of its own.
  const asked = host.replace(/^\*\./, '?.');
  return withAncestors(asked).find((name) => there.has(name)) ?? '';
}

/** The name without its left-most label; empty for a name of one label. */
function parent(name: string): string {
  return name.split('.').slice(1).join('.');
}

function withAncestors(name: string): string[] {
  const labels = name.split('.');
  return labels.map((_, i) => labels.slice(i).join('.'));
}

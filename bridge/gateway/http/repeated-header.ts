import type { IncomingMessage } from 'node:http';

/** Of these Node takes the first, or makes a list; whoever is in front of the gateway may have looked at another one. */
const SINGLE = new Set(['host', 'content-type', 'content-encoding', 'routing-key', 'rquid']);

/** The name of a header that a request has twice, and that can have one meaning only. */
export function repeatedHeader({ rawHeaders, headers }: IncomingMessage): string | undefined {
  // Those of one name are one there.
  if (Object.keys(headers).length === rawHeaders.length / 2) return undefined;
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    if (SINGLE.has(name) && seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

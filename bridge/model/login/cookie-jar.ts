interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Host and port of whoever set it, or a domain with a dot in front. */
  readonly site: string;
  readonly path: string;
}

/**
 * The cookies of one login, returned to whom they belong, all of them: proxies split what is too long for one cookie.
 *
 * Stricter than a browser's jar about hosts, which it takes together with their ports. Looser about `Secure`: a gateway
 * whose load balancer ends TLS sets it, and is called in clear from within the cluster. What was set over TLS stays on
 * TLS all the same, as the login follows no redirect away from it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-5
 */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  /** @param lines the `Set-Cookie` headers of an answer from this URL */
  store(url: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const { cookie, expired } = parse(line, url);
      if (!cookie || !mayCome(url, cookie.site)) continue;
      const key = JSON.stringify([cookie.name, cookie.site, cookie.path]);
      if (expired) this.#cookies.delete(key);
      else this.#cookies.set(key, cookie);
    }
  }

  /** The header `Cookie` for a request to this URL, or nothing. */
  header(url: URL): string | undefined {
    const mine = [...this.#cookies.values()].filter(
      ({ site, path }) => isOfSite(url, site) && isBelow(url.pathname, path),
    );
    return mine.map(({ name, value }) => `${name}=${value}`).join('; ') || undefined;
  }
}

function parse(line: string, url: URL): { readonly cookie: Cookie | undefined; readonly expired: boolean } {
  const [pair = '', ...rest] = line.split(';');
  const [name, value] = halves(pair);
  const attributes = new Map(
    rest.map((text) => {
      const [key, content] = halves(text);
      return [key.toLowerCase(), content] as const;
    }),
  );
  const domain = attributes.get('domain')?.toLowerCase().replace(/^\./, '');
  const path = attributes.get('path');
  const cookie = { name, value, site: domain ? `.${domain}` : url.host, path: path?.startsWith('/') ? path : '/' };
  return { cookie: name === '' ? undefined : cookie, expired: isExpired(attributes) };
}

function halves(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function isExpired(attributes: ReadonlyMap<string, string>): boolean {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Number(maxAge) <= 0;
  return Date.parse(attributes.get('expires') ?? '') <= Date.now();
}

/** A host may set cookies for itself and for a domain above it, but for no top-level domain. */
function mayCome(url: URL, site: string): boolean {
  return isOfSite(url, site) && (!site.startsWith('.') || site.includes('.', 1));
}

function isOfSite(url: URL, site: string): boolean {
  return site.startsWith('.') ? `.${url.hostname}`.endsWith(site) : url.host === site;
}

function isBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(parent.endsWith('/') ? parent : `${parent}/`);
}

/** Where a model is: the address to connect to, and the host that is asked for there. */
export class Gateway {
  /** The address with the host that is asked for in it: what redirects and cookies are about. */
  readonly url: URL;
  readonly #address: URL;

  /** @param host the header `Host`, for gateways that are called by an address which is not a name of the model */
  constructor(address: URL, host?: string) {
    this.#address = address;
    this.url =
      host === undefined ? address : new URL(`${address.protocol}//${host}${address.pathname}${address.search}`);
  }

  /** Whether a URL leads here, by its host or by its address. */
  serves({ host }: URL): boolean {
    return host === this.url.host || host === this.#address.host;
  }

  /** The same URL by the name and the protocol under which the gateway is asked. */
  named({ pathname, search }: URL): URL {
    return new URL(pathname + search, this.url);
  }

  /** Where to connect to for a URL of this gateway. */
  get origin(): string {
    return this.#address.origin;
  }

  /** What to send as `Host`, where the address says another. */
  get hostHeader(): Record<string, string> {
    return this.url.host === this.#address.host ? {} : { host: this.url.host };
  }
}

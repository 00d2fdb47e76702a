import { Agent, type Dispatcher } from 'undici';
import { connector, type TlsFiles } from '../connector';
import type { Gateway } from '../gateway';
import { CookieJar } from './cookie-jar';
import { LoginError } from './login';

/** What a request was answered with, as far as a login is about it. */
export interface Page {
  readonly url: URL;
  readonly status: number;
  /** Where a redirect leads. */
  readonly location: URL | undefined;
}

export interface LoginBrowserOptions {
  readonly gateway: Gateway;
  /** For connections to the gateway. */
  readonly tls: TlsFiles;
  /** Other hosts, with a port unless it is the usual one, that redirects may lead to. */
  readonly allowedHosts: readonly string[];
  /** Who signs the certificates of other hosts, unless it is a public authority. */
  readonly caFile?: string | undefined;
  readonly timeoutMs: number;
}

/** A page of a login takes less by far; a model that is open to everybody may answer a GET with anything. */
const MAX_PAGE_BYTES = 1024 * 1024;

/**
 * As much of a browser as a login needs, for one login. It follows no redirect by itself, and goes to no host that the
 * configuration does not name: the password would go along.
 */
export class LoginBrowser {
  readonly #options: LoginBrowserOptions;
  readonly #signal: AbortSignal;
  readonly #toGateway: Agent;
  readonly #toOthers: Agent;
  readonly #jar = new CookieJar();

  constructor(options: LoginBrowserOptions) {
    const { tls, caFile, timeoutMs } = options;
    this.#options = options;
    this.#signal = AbortSignal.timeout(timeoutMs);
    this.#toGateway = new Agent({ connect: connector(tls, timeoutMs) });
    this.#toOthers = new Agent({ connect: connector({ caFile }, timeoutMs) });
  }

  /** @throws LoginError when the host is not one to go to, or gives no answer */
  get(url: URL): Promise<Page> {
    return this.#send(url, { method: 'GET' });
  }

  /** @throws LoginError */
  post(url: URL, fields: Record<string, string>): Promise<Page> {
    const body = new URLSearchParams(fields).toString();
    return this.#send(url, { method: 'POST', body, type: 'application/x-www-form-urlencoded' });
  }

  /** The header `Cookie` for requests to this URL. */
  cookiesFor(url: URL): string | undefined {
    return this.#jar.header(this.#options.gateway.serves(url) ? this.#options.gateway.named(url) : url);
  }

  async close(): Promise<void> {
    await Promise.all([this.#toGateway.destroy(), this.#toOthers.destroy()]);
  }

  async #send(target: URL, { method, body, type }: { method: 'GET' | 'POST'; body?: string; type?: string }) {
    const { gateway } = this.#options;
    const atGateway = gateway.serves(target);
    if (!atGateway) this.#assertAllowed(target);
    const url = atGateway ? gateway.named(target) : target;
    const cookie = this.#jar.header(url);
    try {
      const agent = atGateway ? this.#toGateway : this.#toOthers;
      const response = await agent.request({
        origin: atGateway ? gateway.origin : url.origin,
        path: url.pathname + url.search,
        method,
        signal: this.#signal,
        headers: {
          accept: 'text/html',
          ...(atGateway && gateway.hostHeader),
          ...(cookie && { cookie }),
          ...(type && { 'content-type': type }),
        },
        ...(body !== undefined && { body }),
      });
      await response.body.dump({ limit: MAX_PAGE_BYTES });
      this.#jar.store(url, [response.headers['set-cookie'] ?? []].flat());
      return { url, status: response.statusCode, location: locationOf(response, url) };
    } catch (error) {
      throw unreachable(url, error as Error, this.#options.timeoutMs);
    }
  }

  #assertAllowed(url: URL): void {
    const { gateway, allowedHosts } = this.#options;
    if (!allowedHosts.includes(url.host)) {
      const known = [...new Set([gateway.url.host, ...allowedHosts])].join(', ');
      const message = `the login leads to ${url.host}, which is none of the hosts it may go to: ${known}. Name it in allowedHosts if it is the login's`;
      throw new LoginError(message, { retryable: false });
    }
    if (gateway.url.protocol === 'https:' && url.protocol !== 'https:') {
      throw new LoginError(`the login leads away from TLS, to ${url.origin}`, { retryable: false });
    }
  }
}

function locationOf({ statusCode, headers }: Dispatcher.ResponseData, url: URL): URL | undefined {
  const { location } = headers;
  if (statusCode < 300 || statusCode > 399 || typeof location !== 'string') return undefined;
  return URL.canParse(location, url.href) ? new URL(location, url) : undefined;
}

/** What follows a URL's path is left out of messages: it has codes that log in. */
export function unreachable({ origin, pathname }: URL, error: Error, timeoutMs: number): LoginError {
  const slow = error.name === 'TimeoutError';
  const reason = error.message || (error as NodeJS.ErrnoException).code || error.name;
  const what = slow ? `did not answer within ${timeoutMs / 1000} s` : `cannot be reached: ${reason}`;
  return new LoginError(`${origin}${pathname} ${what}`, { retryable: true });
}

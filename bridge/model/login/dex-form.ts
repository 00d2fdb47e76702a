import type { TlsFiles } from '../connector';
import type { Gateway } from '../gateway';
import { nextStep, type Seen, type Step } from './dex-steps';
import { LoginError } from './login';
import { LoginBrowser, type Page } from './login-browser';
import type { IssuedPass, PassIssuer } from './renewed-login';
import type { SecretFile } from './secret-file';

export interface DexFormOptions {
  readonly gateway: Gateway;
  /** For connections to the gateway. */
  readonly tls: TlsFiles;
  /** Where the login begins: something that is not to be had without one. */
  readonly start: URL;
  readonly username: SecretFile;
  readonly password: SecretFile;
  /** Which of several ways to log in Dex is to take. */
  readonly connector: string;
  readonly allowedHosts: readonly string[];
  readonly caFile?: string | undefined;
}

/** A whole login, with a directory behind Dex that takes its time. */
const TIMEOUT_MS = 30_000;
/** Twice as many as the longest way through has. */
const MAX_STEPS = 20;

/** Fills in Dex's form, as a person would, and keeps the cookies. Each login has a jar of its own. */
export class DexForm implements PassIssuer {
  readonly #options: DexFormOptions;

  constructor(options: DexFormOptions) {
    this.#options = options;
  }

  credentialsVersion(): string {
    const { username, password } = this.#options;
    return `${username.version()} ${password.version()}`;
  }

  /** A redirect is what proxies answer that send people to the login; models answer none. */
  isRefusal(status: number): boolean {
    return status === 401 || status === 403 || (status >= 300 && status <= 399);
  }

  async issue(): Promise<IssuedPass> {
    const { gateway } = this.#options;
    const browser = new LoginBrowser({ ...this.#options, timeoutMs: TIMEOUT_MS });
    try {
      const loggedIn = await this.#walk(browser);
      const cookie = browser.cookiesFor(gateway.url);
      if (loggedIn && cookie === undefined) {
        const message = `the login ended without a cookie for ${gateway.url.host}`;
        throw new LoginError(message, { retryable: false });
      }
      return { headers: loggedIn && cookie !== undefined ? { cookie } : {} };
    } finally {
      await browser.close();
    }
  }

  /** @returns whether a login was asked for */
  async #walk(browser: LoginBrowser): Promise<boolean> {
    const { start, connector } = this.#options;
    let seen: Seen = { ...(await browser.get(start)), sent: 'nothing', first: true, given: false };
    for (let steps = 1; steps <= MAX_STEPS; steps += 1) {
      const step = nextStep(seen, connector);
      if (step.do === 'finish') return !seen.first;
      const sent = step.do === 'post' ? step.form : 'nothing';
      const given = seen.given || sent === 'credentials';
      seen = { ...(await this.#take(step, browser)), sent, first: false, given };
    }
    throw new LoginError(`the login goes in circles, past ${seen.url.origin}${seen.url.pathname}`, {
      retryable: false,
    });
  }

  #take(step: Exclude<Step, { do: 'finish' }>, browser: LoginBrowser): Promise<Page> {
    if (step.do === 'get') return browser.get(step.url);
    if (step.form === 'approval') {
      return browser.post(step.url, { req: step.url.searchParams.get('req') ?? '', approval: 'approve' });
    }
    return browser.post(step.url, { login: this.#options.username.read(), password: this.#options.password.read() });
  }
}

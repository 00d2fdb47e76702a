import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The versions at which Dex's login changed its way. */
export type DexVersion = '2.24' | '2.31' | '2.35' | '2.36';
export type ProxyKind = 'authservice of 2019' | 'authservice of 2021' | 'oauth2-proxy, page' | 'oauth2-proxy, API';

export interface GatewayOptions {
  readonly dex?: DexVersion;
  readonly proxy?: ProxyKind;
  readonly skipApproval?: boolean;
  /** More than one makes Dex ask which. */
  readonly connectors?: readonly string[];
  /** Into how many cookies the session is cut. */
  readonly sessionCookies?: number;
  /** Where the browser is sent, when Dex has a host of its own. */
  readonly dexOrigin?: string;
}

export interface GatewayRequest {
  readonly method: string;
  /** The path with its query. */
  readonly target: string;
  readonly host: string | undefined;
  readonly cookie: string | undefined;
  readonly body: string;
}

interface AuthRequest {
  readonly redirectUri: string;
  readonly state: string;
  loggedIn: boolean;
}

export const USERNAME = 'user+1@example.com';
export const PASSWORD = 'p&ss=w%rd +ü@';

/**
 * A gateway of Kubeflow with Dex behind it, as far as a login sees it: states and codes count once, and what is wrong is
 * answered as the version at hand answers it.
 */
export class KubeflowGateway {
  static async start(options: GatewayOptions = {}): Promise<KubeflowGateway> {
    const gateway = new KubeflowGateway(options);
    await new Promise<void>((resolve) => gateway.#server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  readonly requests: GatewayRequest[] = [];
  /** What the gateway's protected pages answer to whoever is logged in. */
  answer: (response: ServerResponse) => void = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"predictions":[1]}');
  };
  /** Something else in place of the answer to a request; true when it has answered. */
  intercept: (request: GatewayRequest, response: ServerResponse) => boolean = () => false;

  readonly #dex: DexVersion;
  readonly #proxy: ProxyKind;
  readonly #options: GatewayOptions;
  readonly #server = createServer((request, response) => this.#receive(request, response));
  readonly #authRequests = new Map<string, AuthRequest>();
  readonly #states = new Set<string>();
  readonly #codes = new Set<string>();
  readonly #sessions = new Set<string>();
  readonly #key = randomUUID();

  private constructor(options: GatewayOptions) {
    this.#options = options;
    this.#dex = options.dex ?? '2.36';
    this.#proxy = options.proxy ?? 'oauth2-proxy, page';
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The forms with credentials that were sent. */
  get logins(): Record<string, string>[] {
    const forms = this.requests.filter(({ body }) => body.includes('password='));
    return forms.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  }

  /** Everything that was asked for, by method and path. */
  get way(): string[] {
    return this.requests.map(({ method, target }) => `${method} ${target.replace(/\?.*/, '')}`);
  }

  /** What a browser would have to log in for again. */
  expireSessions(): void {
    this.#sessions.clear();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #receive(incoming: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const body = Buffer.concat(chunks).toString();
      const request = { method, target: url, host: headers.host, cookie: headers.cookie, body };
      this.requests.push(request);
      if (this.intercept(request, response)) return;
      this.#route(request, new URL(url, 'http://gateway'), response);
    });
  }

  #route(request: GatewayRequest, url: URL, response: ServerResponse): void {
    if (url.pathname.startsWith('/dex/')) this.#dexPage(request, url, response);
    else if (url.pathname === this.#callbackPath) this.#callback(request, url, response);
    else if (url.pathname === '/oauth2/start' && this.#isOauth2Proxy) {
      this.#sendToDex(response, url.searchParams.get('rd') ?? '/');
    } else if (this.#hasSession(request)) this.answer(response);
    else this.#deny(url, response);
  }

  // What stands in front

  get #isOauth2Proxy(): boolean {
    return this.#proxy.startsWith('oauth2-proxy');
  }

  get #callbackPath(): string {
    if (this.#isOauth2Proxy) return '/oauth2/callback';
    return this.#proxy === 'authservice of 2019' ? '/login/oidc' : '/authservice/oidc/callback';
  }

  get #sessionCookie(): string {
    return this.#isOauth2Proxy ? 'oauth2_proxy_kubeflow' : 'authservice_session';
  }

  get #stateCookie(): string | undefined {
    if (this.#proxy === 'authservice of 2019') return undefined;
    return this.#isOauth2Proxy ? 'oauth2_proxy_kubeflow_csrf' : 'oidc_state_csrf';
  }

  #deny(url: URL, response: ServerResponse): void {
    if (this.#proxy === 'oauth2-proxy, page') page(response, 403, 'Sign in');
    else if (this.#proxy === 'oauth2-proxy, API') response.writeHead(401).end('Unauthorized');
    else this.#sendToDex(response, url.pathname);
  }

  #sendToDex(response: ServerResponse, back: string): void {
    const state = `${randomUUID()}:${back}`;
    this.#states.add(state);
    const query = new URLSearchParams({
      client_id: 'kubeflow',
      redirect_uri: this.#callbackPath,
      response_type: 'code',
      scope: 'profile email groups openid',
      state,
      ...(this.#isOauth2Proxy && { code_challenge: 'abc', code_challenge_method: 'S256' }),
    });
    const cookie = this.#stateCookie && `${this.#stateCookie}=${encodeURIComponent(state)}; Path=/; HttpOnly`;
    redirect(response, 302, `${this.#options.dexOrigin ?? ''}/dex/auth?${query}`, cookie);
  }

  #callback({ cookie }: GatewayRequest, { searchParams }: URL, response: ServerResponse): void {
    const state = searchParams.get('state') ?? '';
    const own = this.#stateCookie;
    if (own && cookies(cookie).get(own) !== encodeURIComponent(state)) {
      page(response, 400, 'CSRF check failed');
    } else if (!this.#states.delete(state) || !this.#codes.delete(searchParams.get('code') ?? '')) {
      page(response, this.#isOauth2Proxy ? 500 : 504, 'stale state or code');
    } else {
      redirect(response, 302, state.slice(state.indexOf(':') + 1), ...this.#newSession());
    }
  }

  #newSession(): string[] {
    const count = this.#options.sessionCookies ?? 1;
    const parts = Array.from({ length: count }, () => randomUUID());
    this.#sessions.add(parts.join(''));
    const lines = parts.map((part, i) => {
      const name = count === 1 ? this.#sessionCookie : `${this.#sessionCookie}_${i}`;
      return `${name}=${part}; Path=/; Max-Age=86400`;
    });
    if (this.#isOauth2Proxy) lines.push(`${this.#stateCookie}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT`);
    return lines;
  }

  #hasSession({ cookie }: GatewayRequest): boolean {
    const found = [...cookies(cookie)].filter(([name]) =>
      /^(authservice_session|oauth2_proxy_kubeflow)(_\d)?$/.test(name),
    );
    return this.#sessions.has(
      found
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([, value]) => value)
        .join(''),
    );
  }

  // Dex

  #dexPage(request: GatewayRequest, url: URL, response: ServerResponse): void {
    const [, , first = '', connector, last] = url.pathname.split('/');
    if (first === 'auth' && connector === undefined) this.#chooseConnector(url, response);
    else if (first === 'auth' && !this.#connectors.includes(connector ?? '')) {
      page(response, 400, 'Requested resource does not exist');
    } else if (first === 'auth' && last === 'login') this.#passwordPage(request, url, response, 'state');
    else if (first === 'auth') this.#beginLogin(request, url, response, String(connector));
    else if (first === 'approval') this.#approval(request, url, response);
    else page(response, 404, 'no such page');
  }

  get #connectors(): readonly string[] {
    return this.#options.connectors ?? ['local'];
  }

  #chooseConnector(url: URL, response: ServerResponse): void {
    const wanted = url.searchParams.get('connector_id');
    const [only, ...others] = this.#connectors;
    const connector = wanted ?? (others.length === 0 ? only : undefined);
    if (connector === undefined) page(response, 200, 'Log in with one of these');
    else if (!this.#connectors.includes(connector)) page(response, 400, 'Connector ID does not match');
    else {
      const query = this.#dex === '2.24' ? `?req=${this.#newAuthRequest(url)}` : url.search;
      redirect(response, 302, `/dex/auth/${connector}${query}`);
    }
  }

  #beginLogin(request: GatewayRequest, url: URL, response: ServerResponse, connector: string): void {
    if (this.#dex === '2.24') this.#passwordPage(request, url, response, 'req');
    else if (request.method !== 'GET') page(response, 400, 'Unsupported request method.');
    else redirect(response, 302, `/dex/auth/${connector}/login?back=&state=${this.#newAuthRequest(url)}`);
  }

  #newAuthRequest({ searchParams }: URL): string {
    const id = randomUUID().replaceAll('-', '');
    const [redirectUri, state] = [searchParams.get('redirect_uri') ?? '', searchParams.get('state') ?? ''];
    this.#authRequests.set(id, { redirectUri, state, loggedIn: false });
    return id;
  }

  #passwordPage({ method, body }: GatewayRequest, url: URL, response: ServerResponse, name: 'req' | 'state'): void {
    const id = url.searchParams.get(name) ?? '';
    const authRequest = this.#authRequests.get(id);
    const form = new URLSearchParams(body);
    if (!authRequest) page(response, 400, 'User session error.');
    else if (method === 'GET') page(response, 200, 'Log in to Your Account');
    else if (form.get('login') !== USERNAME || form.get('password') !== PASSWORD) {
      page(response, this.#dex === '2.36' ? 401 : 200, 'Invalid Email Address and password.');
    } else {
      authRequest.loggedIn = true;
      if (this.#dex === '2.36' && (this.#options.skipApproval ?? true)) this.#sendCode(id, authRequest, response);
      else redirect(response, 303, `/dex/approval?req=${id}${this.#hasHmac ? `&hmac=${this.#hmac(id)}` : ''}`);
    }
  }

  #approval({ method, body }: GatewayRequest, url: URL, response: ServerResponse): void {
    const form = new URLSearchParams(body);
    const id = form.get('req') ?? url.searchParams.get('req') ?? '';
    const authRequest = this.#authRequests.get(id);
    if (this.#hasHmac && url.searchParams.get('hmac') !== this.#hmac(id)) page(response, 401, 'Unauthorized request');
    else if (!authRequest?.loggedIn) page(response, 500, 'Login process not yet finalized.');
    else if (method === 'GET' && !(this.#options.skipApproval ?? true)) page(response, 200, 'Grant Access');
    else if (method === 'POST' && form.get('approval') !== 'approve') page(response, 500, 'Approval rejected.');
    else this.#sendCode(id, authRequest, response);
  }

  get #hasHmac(): boolean {
    return this.#dex === '2.35' || this.#dex === '2.36';
  }

  #hmac(id: string): string {
    return createHmac('sha256', this.#key).update(id).digest('base64url');
  }

  #sendCode(id: string, { redirectUri, state }: AuthRequest, response: ServerResponse): void {
    this.#authRequests.delete(id);
    const code = randomUUID();
    this.#codes.add(code);
    const origin = this.#options.dexOrigin === undefined ? '' : this.origin;
    redirect(response, 303, `${origin}${redirectUri}?${new URLSearchParams({ code, state })}`);
  }
}

function cookies(header = ''): Map<string, string> {
  return new Map(
    header.split('; ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const),
  );
}

function page(response: ServerResponse, status: number, title: string): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end(`<html><h1>${title}</h1></html>`);
}

function redirect(response: ServerResponse, status: number, location: string, ...lines: (string | undefined)[]): void {
  response.writeHead(status, { location, 'set-cookie': lines.filter((line) => line !== undefined) }).end();
}

import { Agent } from 'undici';
import { connector } from '../connector';
import { CredentialsRefused, LoginError } from './login';
import { unreachable } from './login-browser';
import type { IssuedPass, PassIssuer } from './renewed-login';
import { BEARER_TOKEN, type SecretFile } from './secret-file';

export interface ClientCredentialsOptions {
  /** Where tokens are issued, unless the issuer says so itself. */
  readonly tokenUrl?: string | undefined;
  readonly issuer?: string | undefined;
  readonly clientId: string;
  readonly clientSecret: SecretFile;
  readonly scope?: string | undefined;
  readonly audience?: string | undefined;
  /** Whether id and secret go into the header `Authorization`, as every server must take them, or into the form. */
  readonly authentication: 'basic' | 'post';
  /** Who signs the server's certificate, unless it is a public authority. */
  readonly caFile?: string | undefined;
}

interface JsonAnswer {
  readonly status: number;
  /** Empty when the answer is no JSON object. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
const FORM = 'application/x-www-form-urlencoded';

/**
 * A token for a client that acts for itself, OAuth's grant "client credentials".
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export class ClientCredentials implements PassIssuer {
  readonly #options: ClientCredentialsOptions;

  constructor(options: ClientCredentialsOptions) {
    this.#options = options;
  }

  credentialsVersion(): string {
    return this.#options.clientSecret.version();
  }

  /** 403 is for whoever was recognised, so that another token of the same client would be refused as well. */
  isRefusal(status: number): boolean {
    return status === 401;
  }

  async issue(): Promise<IssuedPass> {
    const agent = new Agent({
      connect: connector({ caFile: this.#options.caFile }, TIMEOUT_MS),
      maxResponseSize: MAX_ANSWER_BYTES,
    });
    const exchange = new Exchange(agent, AbortSignal.timeout(TIMEOUT_MS));
    try {
      const url = await this.#tokenUrl(exchange);
      return passOf(url, await exchange.post(url, ...this.#request()));
    } finally {
      await agent.destroy();
    }
  }

  async #tokenUrl(exchange: Exchange): Promise<URL> {
    const { tokenUrl, issuer } = this.#options;
    return tokenUrl === undefined ? discover(exchange, String(issuer)) : new URL(tokenUrl);
  }

  /** Header and form. */
  #request(): [Record<string, string>, URLSearchParams] {
    const { clientId, clientSecret, scope, audience, authentication } = this.#options;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      ...(scope !== undefined && { scope }),
      ...(audience !== undefined && { audience }),
    });
    const secret = clientSecret.read();
    if (authentication === 'basic') return [{ authorization: basic(clientId, secret) }, form];
    form.set('client_id', clientId);
    form.set('client_secret', secret);
    return [{}, form];
  }
}

/** The requests of one login. */
class Exchange {
  readonly #agent: Agent;
  readonly #signal: AbortSignal;

  constructor(agent: Agent, signal: AbortSignal) {
    this.#agent = agent;
    this.#signal = signal;
  }

  get(url: URL): Promise<JsonAnswer> {
    return this.#send(url, 'GET', {});
  }

  post(url: URL, headers: Record<string, string>, form: URLSearchParams): Promise<JsonAnswer> {
    return this.#send(url, 'POST', { ...headers, 'content-type': FORM }, form.toString());
  }

  async #send(url: URL, method: 'GET' | 'POST', headers: Record<string, string>, body?: string): Promise<JsonAnswer> {
    try {
      const response = await this.#agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers: { accept: 'application/json', ...headers },
        signal: this.#signal,
        ...(body !== undefined && { body }),
      });
      return { status: response.statusCode, fields: fieldsOf(await response.body.text()) };
    } catch (error) {
      throw unreachable(url, error as Error, TIMEOUT_MS);
    }
  }
}

/** @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
async function discover(exchange: Exchange, issuer: string): Promise<URL> {
  const url = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const { status, fields } = await exchange.get(url);
  if (status !== 200) throw new LoginError(`${url} answers ${status}`, { retryable: mayWorkLater(status) });
  const { issuer: named, token_endpoint: endpoint } = fields;
  if (named !== issuer) throw wrong(`${url} is about another issuer than ${issuer}`);
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) throw wrong(`${url} names no token_endpoint`);
  const found = new URL(endpoint);
  if (url.protocol === 'https:' && found.protocol !== 'https:') throw wrong(`${url} leads away from TLS`);
  return found;
}

function passOf(url: URL, { status, fields }: JsonAnswer): IssuedPass {
  if (status !== 200) throw refusal(url, status, fields.error);
  const { access_token: token, token_type: type, expires_in: seconds } = fields;
  if (typeof token !== 'string' || !BEARER_TOKEN.pattern.test(token)) throw wrong(`${url} answers 200 without a token`);
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') throw wrong(`${url} issues no bearer tokens`);
  const lifetimeMs = Number(seconds) * 1000;
  return { headers: { authorization: `Bearer ${token}` }, ...(lifetimeMs > 0 && { lifetimeMs }) };
}

/** The description beside the code is for people, and some servers repeat in it what they were sent. */
function refusal(url: URL, status: number, code: unknown): LoginError {
  const why = typeof code === 'string' && /^[\x21-\x7e]{1,60}$/.test(code) ? ` (${code})` : '';
  const message = `${url.origin}${url.pathname} answers ${status}${why}`;
  return mayWorkLater(status) ? new LoginError(message, { retryable: true }) : new CredentialsRefused(message);
}

function wrong(message: string): LoginError {
  return new LoginError(message, { retryable: false });
}

function mayWorkLater(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

/** Both are form-encoded first, so that an id may have a colon. */
function basic(id: string, secret: string): string {
  const encoded = [id, secret].map((text) => new URLSearchParams({ '': text }).toString().slice(1));
  return `Basic ${Buffer.from(encoded.join(':')).toString('base64')}`;
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

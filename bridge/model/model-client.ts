import { errors, Pool } from 'undici';
import type { RouteConfig } from '../config';
import { BridgeError, type Failure, failure } from '../errors';
import { BearerToken, TokenError } from './bearer-token';

/** What a model said, or why it said nothing usable. */
export type Answer = Prediction | { readonly ok: false; readonly failure: Failure; readonly retryAfterMs?: number };

export interface Prediction {
  readonly ok: true;
  readonly body: Buffer;
  readonly contentType: string;
}

/** One request to a model. */
export interface ModelCall {
  readonly body: Buffer;
  /** Logged by KServe, so that a request can be followed into the model. */
  readonly requestId: string;
  /** When nobody waits for the answer any more, in terms of `performance.now()`. */
  readonly expiresAt?: number | undefined;
}

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\b/i;
const MAY_WORK_LATER = new Set([408, 429, 500, 502, 503, 504]);
const EXCERPT_CHARS = 300;

/** Calls one model over kept-alive connections, and never throws: a failed call is an answer like any other. */
export class ModelClient {
  readonly #pool: Pool;
  readonly #url: URL;
  readonly #headers: Record<string, string>;
  readonly #token: BearerToken | undefined;
  readonly #observe: (status: string, seconds: number) => void;

  /**
   * @param observe told of every call: the HTTP status, or what kept it from having one, and how long it took
   * @throws BridgeError BRIDGE_ERR_CONFIG when the route asks for a token and its file holds none
   */
  constructor(route: RouteConfig, observe: (status: string, seconds: number) => void) {
    const { url, timeoutSeconds, maxReplyBytes, headers, bearerTokenFile } = route.model;
    this.#url = new URL(url);
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    this.#headers = { 'content-type': 'application/json', ...Object.fromEntries(named) };
    this.#token = bearerTokenFile === undefined ? undefined : openToken(route.name, bearerTokenFile);
    this.#observe = observe;
    this.#pool = new Pool(this.#url.origin, {
      connections: route.concurrency,
      pipelining: 1,
      maxResponseSize: maxReplyBytes,
      // The deadline covers the whole exchange; undici's own limits per phase would only cut it short.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: Math.ceil(timeoutSeconds * 1000) },
    });
  }

  async predict({ body, requestId }: ModelCall, timeoutMs: number): Promise<Answer> {
    const started = performance.now();
    let status = 'none';
    try {
      const response = await this.#pool.request({
        method: 'POST',
        path: this.#url.pathname + this.#url.search,
        headers: { ...this.#headers, ...this.#authorization(), 'x-request-id': requestId },
        body,
        signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
      });
      status = String(response.statusCode);
      const payload = Buffer.from(await response.body.arrayBuffer());
      const answer = this.#judge(response.statusCode, String(response.headers['content-type'] ?? ''), payload);
      const retryAfterMs = retryAfter(response.headers['retry-after']);
      return answer.ok || retryAfterMs === undefined ? answer : { ...answer, retryAfterMs };
    } catch (error) {
      const failed = this.#explain(error as Error, timeoutMs);
      status = failed.code;
      return { ok: false, failure: failed };
    } finally {
      this.#observe(status, (performance.now() - started) / 1000);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #authorization(): Record<string, string> {
    return this.#token ? { authorization: `Bearer ${this.#token.read()}` } : {};
  }

  #judge(status: number, contentType: string, body: Buffer): Answer {
    if (status >= 200 && status < 300) {
      if (JSON_TYPE.test(contentType) && body.length > 0) return { ok: true, body, contentType };
      const type = contentType || 'no content type';
      const message = `the model answered ${status} with ${type}, but a KServe model answers application/json. Check that the route's model URL leads to the model and not to a login or error page. It began: ${excerpt(body)}`;
      return { ok: false, failure: failure('BRIDGE_ERR_MODEL_ANSWER', message) };
    }
    const code = MAY_WORK_LATER.has(status) ? 'BRIDGE_ERR_MODEL_BUSY' : 'BRIDGE_ERR_MODEL_REJECTED';
    return { ok: false, failure: failure(code, `the model answered ${status}: ${excerpt(body)}`, status) };
  }

  #explain(error: Error, timeoutMs: number): Failure {
    if (error.name === 'TimeoutError') {
      return failure('BRIDGE_ERR_MODEL_TIMEOUT', `the model did not answer within ${Math.round(timeoutMs) / 1000} s`);
    }
    if (error instanceof TokenError) {
      return failure('BRIDGE_ERR_MODEL_TOKEN', `there is no token for the model: ${error.message}`);
    }
    if (error instanceof errors.ResponseExceededMaxSizeError) {
      return failure('BRIDGE_ERR_REPLY_TOO_LARGE', `the model answered with more than the route's maxReplyBytes`);
    }
    const reason = error.message || (error as NodeJS.ErrnoException).code || error.name;
    return failure('BRIDGE_ERR_MODEL_UNREACHABLE', `the model cannot be reached: ${reason}`);
  }
}

/** A bridge that starts without the token would answer every request with an error; unstarted, it loses none. */
function openToken(route: string, file: string): BearerToken {
  const token = new BearerToken(file);
  try {
    token.read();
    return token;
  } catch (error) {
    const reason = (error as TokenError).message;
    throw new BridgeError('BRIDGE_ERR_CONFIG', `model.bearerTokenFile of route "${route}" gives no token: ${reason}`);
  }
}

/** What the header Retry-After asks for: seconds, or a date. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : undefined;
}

function excerpt(body: Buffer): string {
  return (
    body
      .toString('utf8', 0, EXCERPT_CHARS * 4)
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, EXCERPT_CHARS) || '(empty)'
  );
}

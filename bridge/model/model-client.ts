import { errors, Pool } from 'undici';
import type { RouteConfig } from '../config';
import { type Failure, failure } from '../errors';

/** What a model said, or why it said nothing usable. */
export type Answer =
  | { readonly ok: true; readonly body: Buffer; readonly contentType: string }
  | { readonly ok: false; readonly failure: Failure };

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\b/i;
const MAY_WORK_LATER = new Set([408, 429, 500, 502, 503, 504]);
const EXCERPT_CHARS = 300;

/** Calls one model over kept-alive connections, and never throws: a failed call is an answer like any other. */
export class ModelClient {
  readonly #pool: Pool;
  readonly #url: URL;
  readonly #timeoutMs: number;
  readonly #headers: Record<string, string>;
  readonly #observe: (status: string, seconds: number) => void;

  /** @param observe told of every call: the HTTP status, or what kept it from having one, and how long it took */
  constructor(route: RouteConfig, observe: (status: string, seconds: number) => void) {
    const { url, timeoutSeconds, maxReplyBytes, headers } = route.model;
    this.#url = new URL(url);
    this.#timeoutMs = Math.ceil(timeoutSeconds * 1000);
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    this.#headers = { 'content-type': 'application/json', ...Object.fromEntries(named) };
    this.#observe = observe;
    this.#pool = new Pool(this.#url.origin, {
      connections: route.concurrency,
      pipelining: 1,
      maxResponseSize: maxReplyBytes,
      // The deadline covers the whole exchange; undici's own limits per phase would only cut it short.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: this.#timeoutMs },
    });
  }

  /** @param requestId logged by KServe, so that a request can be followed into the model */
  async predict(body: Buffer, requestId: string): Promise<Answer> {
    const started = performance.now();
    let status = 'none';
    try {
      const response = await this.#pool.request({
        method: 'POST',
        path: this.#url.pathname + this.#url.search,
        headers: { ...this.#headers, 'x-request-id': requestId },
        body,
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      status = String(response.statusCode);
      const payload = Buffer.from(await response.body.arrayBuffer());
      return this.#judge(response.statusCode, String(response.headers['content-type'] ?? ''), payload);
    } catch (error) {
      const failed = this.#explain(error as Error);
      status = failed.code;
      return { ok: false, failure: failed };
    } finally {
      this.#observe(status, (performance.now() - started) / 1000);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
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

  #explain(error: Error): Failure {
    if (error.name === 'TimeoutError') {
      return failure('BRIDGE_ERR_MODEL_TIMEOUT', `the model did not answer within ${this.#timeoutMs / 1000} s`);
    }
    if (error instanceof errors.ResponseExceededMaxSizeError) {
      return failure('BRIDGE_ERR_REPLY_TOO_LARGE', `the model answered with more than the route's maxReplyBytes`);
    }
    const reason = error.message || (error as NodeJS.ErrnoException).code || error.name;
    return failure('BRIDGE_ERR_MODEL_UNREACHABLE', `the model cannot be reached: ${reason}`);
  }
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

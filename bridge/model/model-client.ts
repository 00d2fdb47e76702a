import { errors, Pool } from 'undici';
import type { ModelRoute } from '../config/model-route';
import { BridgeError, type Failure, failure } from '../errors';
import type { RequestTrace } from '../operations/tracing/tracing';
import type { AnswerHeaders } from '../payload/reply-mapper';
import { JSON_LENGTH_HEADER } from '../payload/v2-request';
import { connector, readTlsFiles, type TlsFiles } from './connector';
import { Deadline, TimeoutError } from './deadline';
import { exchange } from './exchange';
import { Gateway } from './gateway';
import { type Login, LoginError } from './login/login';
import { type LoginFor, openLogin } from './login/open-login';

/** What a model said, or why it said nothing usable. */
export type Answer = Prediction | { readonly ok: false; readonly failure: Failure; readonly retryAfterMs?: number };

export interface Prediction {
  readonly ok: true;
  readonly body: Buffer;
  readonly contentType: string;
  /** Of a binary answer, those that say how to read it. */
  readonly headers?: AnswerHeaders | undefined;
}

/** One request to a model. */
export interface ModelCall {
  readonly body: Buffer;
  /** In place of the route's own of the same name; what says that tensors are in binary behind the JSON, for instance. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Logged by KServe, so that a request can be followed into the model. */
  readonly requestId: string;
  /** When nobody waits for the answer any more, in terms of `performance.now()`. */
  readonly expiresAt?: number | undefined;
  readonly trace?: Pick<RequestTrace, 'callModel'> | undefined;
}

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\b/i;
const MAY_WORK_LATER = new Set([408, 429, 500, 502, 503, 504]);
const EXCERPT_CHARS = 300;

/** Calls one model over kept-alive connections, and never throws: a failed call is an answer like any other. */
export class ModelClient {
  readonly #pool: Pool;
  readonly #url: string;
  readonly #path: string;
  readonly #headers: Record<string, string>;
  readonly #login: Login;
  /** Whether the route can read tensors in binary; without, an answer of them would go out as if it were JSON. */
  readonly #takesBinary: boolean;
  /** Headers of an answer that are handed on, in lower case. */
  readonly #wanted: readonly string[];
  readonly #observe: (status: string, seconds: number) => void;

  /**
   * @param url of the model; the route's own may have placeholders
   * @param observe told of every call: the HTTP status, or what kept it from having one, and how long it took
   * @param loginFor what the models of a route share of its login
   * @throws BridgeError BRIDGE_ERR_CONFIG when the route asks for a login, or names files for TLS, that there are not
   */
  constructor(
    route: ModelRoute,
    url: string,
    observe: (status: string, seconds: number) => void,
    loginFor: LoginFor = openLogin(route),
  ) {
    const { timeoutSeconds, maxReplyBytes, headers, hostHeader } = route.model;
    const gateway = new Gateway(new URL(url), hostHeader);
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    this.#url = url;
    this.#path = gateway.url.pathname + gateway.url.search;
    this.#headers = { 'content-type': 'application/json', ...gateway.hostHeader, ...Object.fromEntries(named) };
    this.#login = loginFor(gateway);
    this.#takesBinary = route.reply.body !== undefined;
    this.#wanted = (route.headers?.fromModel ?? []).map((name) => name.toLowerCase());
    this.#observe = observe;
    this.#pool = new Pool(gateway.origin, {
      connections: route.concurrency,
      pipelining: 1,
      maxResponseSize: maxReplyBytes,
      // The deadline covers the whole exchange; undici's own limits per phase would only cut it short.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: connector(openTls(route), Math.ceil(timeoutSeconds * 1000)),
    });
  }

  async predict(call: ModelCall, timeoutMs: number): Promise<Answer> {
    const deadline = new Deadline(timeoutMs);
    const { answer, refused } = await this.#ask(call, deadline, timeoutMs);
    const last = refused ? (await this.#ask(call, deadline, timeoutMs)).answer : answer;
    deadline.lift();
    return last;
  }

  /** Ends when it has answered what it was asked. */
  async retire(): Promise<void> {
    await this.#pool.close();
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #ask({ body, headers, requestId, trace }: ModelCall, deadline: Deadline, timeoutMs: number) {
    const started = performance.now();
    const step = trace?.callModel(this.#url);
    let status = 'none';
    try {
      const issued = this.#login.pass();
      const pass = issued instanceof Promise ? await deadline.wait(issued) : issued;
      const request = {
        method: 'POST' as const,
        path: this.#path,
        headers: { ...this.#headers, ...headers, ...step?.fields, ...pass.headers, 'x-request-id': requestId },
        body,
      };
      const response = await exchange(this.#pool, request, deadline);
      status = String(response.status);
      const answer = this.#judge(response.status, response.headers, response.body);
      const retryAfterMs = retryAfter(response.headers['retry-after']);
      return {
        answer: answer.ok || retryAfterMs === undefined ? answer : { ...answer, retryAfterMs },
        refused: this.#login.refused(pass, response.status),
      };
    } catch (error) {
      const failed = this.#explain(error as Error, timeoutMs);
      status = failed.code;
      return { answer: { ok: false, failure: failed } as const, refused: false };
    } finally {
      step?.end(status);
      this.#observe(status, (performance.now() - started) / 1000);
    }
  }

  #judge(status: number, headers: AnswerHeaders, body: Buffer): Answer {
    if (status >= 200 && status < 300) {
      const contentType = String(headers['content-type'] ?? '');
      if (JSON_TYPE.test(contentType) && body.length > 0) {
        return { ok: true, body, contentType, ...(this.#wanted.length > 0 && { headers: this.#wantedOf(headers) }) };
      }
      if (this.#takesBinary && headers[JSON_LENGTH_HEADER] !== undefined) {
        const length = { [JSON_LENGTH_HEADER]: headers[JSON_LENGTH_HEADER] };
        return { ok: true, body, contentType, headers: { ...this.#wantedOf(headers), ...length } };
      }
      const type = contentType || 'no content type';
      const message = `the model answered ${status} with ${type}, but a KServe model answers application/json. Check that the route's model URL leads to the model and not to a login or error page. It began: ${excerpt(body)}`;
      return { ok: false, failure: failure('BRIDGE_ERR_MODEL_ANSWER', message) };
    }
    const code = MAY_WORK_LATER.has(status) ? 'BRIDGE_ERR_MODEL_BUSY' : 'BRIDGE_ERR_MODEL_REJECTED';
    return { ok: false, failure: failure(code, `the model answered ${status}: ${excerpt(body)}`, status) };
  }

  #wantedOf(headers: AnswerHeaders): AnswerHeaders {
    return Object.fromEntries(
      this.#wanted.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
    );
  }

  #explain(error: Error, timeoutMs: number): Failure {
    if (error instanceof TimeoutError) {
      return failure('BRIDGE_ERR_MODEL_TIMEOUT', `the model did not answer within ${Math.round(timeoutMs) / 1000} s`);
    }
    if (error instanceof LoginError) {
      const { retryable, message } = error;
      return { ...failure('BRIDGE_ERR_MODEL_LOGIN', `there is no login to the model: ${message}`), retryable };
    }
    if (error instanceof errors.ResponseExceededMaxSizeError) {
      return failure('BRIDGE_ERR_REPLY_TOO_LARGE', `the model answered with more than the route's maxReplyBytes`);
    }
    const reason = error.message || (error as NodeJS.ErrnoException).code || error.name;
    return failure('BRIDGE_ERR_MODEL_UNREACHABLE', `the model cannot be reached: ${reason}`);
  }
}

/** Read for each connection; that they are there is found out before the first. */
export function openTls({ name, model: { tls = {} } }: ModelRoute): TlsFiles {
  try {
    readTlsFiles(tls);
    return tls;
  } catch (error) {
    const reason = (error as Error).message;
    throw new BridgeError('BRIDGE_ERR_CONFIG', `model.tls of route "${name}" cannot be used: ${reason}`);
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

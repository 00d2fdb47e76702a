import { readGrpcUrl } from '../../config/grpc-url';
import type { ModelRoute } from '../../config/model-route';
import { type Failure, failure } from '../../errors';
import { within } from '../../pacing/within';
import { Mismatch } from '../../payload/mismatch';
import type { BytesAs } from '../../payload/v2-answer';
import { JSON_LENGTH_HEADER } from '../../payload/v2-request';
import { Gateway } from '../gateway';
import { type Login, LoginError } from '../login/login';
import type { LoginFor } from '../login/open-login';
import type { Answer, ModelCall } from '../model-client';
import { GrpcChannel, INFER_METHOD, type Outcome } from './grpc-channel';
import { grpcFailure, grpcName, httpStatusOf } from './grpc-failure';
import type { GrpcTls } from './grpc-tls';
import { encodeRequest, type ModelName } from './infer-request';
import { decodeResponse } from './infer-response';

const OK = 0;

/**
 * Calls one model over gRPC, and never throws: V2 in JSON on this side, the messages of the Open Inference Protocol on the
 * other.
 */
export class GrpcClient {
  readonly #name: ModelName;
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #maxReplyBytes: number;
  readonly #bytesAs: BytesAs;
  readonly #login: Login;
  readonly #channel: GrpcChannel;
  readonly #observe: (status: string, seconds: number) => void;

  /**
   * @param url of the model; the route's own may have placeholders
   * @param observe told of every call: what gRPC calls its outcome, or what kept it from having one, and how long it took
   * @param loginFor what the models of a route share of its login
   * @param tls what they share of certificates
   */
  constructor(
    route: ModelRoute,
    url: string,
    observe: (status: string, seconds: number) => void,
    loginFor: LoginFor,
    tls: GrpcTls,
  ) {
    const { address, ...name } = readGrpcUrl(url);
    const gateway = new Gateway(address, route.model.hostHeader);
    this.#name = name;
    this.#url = new URL(INFER_METHOD, gateway.url).href;
    this.#headers = route.model.headers;
    this.#maxReplyBytes = route.model.maxReplyBytes;
    this.#bytesAs = route.reply.body?.bytesAs ?? 'text';
    this.#login = loginFor(gateway);
    this.#channel = new GrpcChannel(route, address, gateway, address.protocol === 'https:' ? tls : undefined);
    this.#observe = observe;
  }

  async predict(call: ModelCall, timeoutMs: number): Promise<Answer> {
    const deadline = performance.now() + timeoutMs;
    let request: Buffer;
    try {
      request = encodeRequest(this.#name, call.body, call.headers?.[JSON_LENGTH_HEADER]);
    } catch (error) {
      return refusal(failure('BRIDGE_ERR_REQUEST_INVALID', reason('the request', error as Error)));
    }
    const { answer, refused } = await this.#ask(call, request, deadline, timeoutMs);
    return refused ? (await this.#ask(call, request, deadline, timeoutMs)).answer : answer;
  }

  /** Ends when it has answered what it was asked. */
  async retire(): Promise<void> {
    await this.#channel.retire();
  }

  async close(): Promise<void> {
    this.#channel.close();
  }

  async #ask({ requestId, trace, headers: own }: ModelCall, request: Buffer, deadline: number, timeoutMs: number) {
    const started = performance.now();
    const step = trace?.callModel(this.#url);
    let status = 'none';
    try {
      const pass = await within(deadline - performance.now(), Promise.resolve(this.#login.pass()));
      if (!pass) throw new DeadlineError();
      const { [JSON_LENGTH_HEADER]: _read, ...passedOn } = own ?? {};
      const headers = { ...this.#headers, ...passedOn, ...step?.fields, ...pass.headers, 'x-request-id': requestId };
      const outcome = await this.#channel.infer(request, headers, deadline);
      const code = outcome.error?.code ?? OK;
      status = grpcName(code);
      return { answer: this.#judge(outcome, timeoutMs), refused: this.#login.refused(pass, httpStatusOf(code)) };
    } catch (error) {
      const failed = explain(error as Error, timeoutMs);
      status = failed.code;
      return { answer: refusal(failed), refused: false };
    } finally {
      step?.end(status === grpcName(OK) ? '200' : status);
      this.#observe(status, (performance.now() - started) / 1000);
    }
  }

  #judge({ error, message }: Outcome, timeoutMs: number): Answer {
    const maxReplyBytes = this.#maxReplyBytes;
    if (error) return refusal(grpcFailure(error, { maxReplyBytes, timeoutMs }));
    try {
      const body = decodeResponse(message ?? Buffer.alloc(0), this.#bytesAs);
      if (body.length <= maxReplyBytes) return { ok: true, body, contentType: 'application/json' };
      const tooLarge = "the model's answer, written as JSON, is larger than the route's maxReplyBytes";
      return refusal(failure('BRIDGE_ERR_REPLY_TOO_LARGE', tooLarge));
    } catch (error) {
      return refusal(failure('BRIDGE_ERR_MODEL_ANSWER', reason("the model's answer", error as Error)));
    }
  }
}

/** The time was over before the model could be called. */
class DeadlineError extends Error {}

function refusal(failure: Failure): Answer {
  return { ok: false, failure };
}

function explain(error: Error, timeoutMs: number): Failure {
  if (error instanceof DeadlineError) {
    return failure('BRIDGE_ERR_MODEL_TIMEOUT', `the model did not answer within ${Math.round(timeoutMs) / 1000} s`);
  }
  if (error instanceof LoginError) {
    const { retryable, message } = error;
    return { ...failure('BRIDGE_ERR_MODEL_LOGIN', `there is no login to the model: ${message}`), retryable };
  }
  return failure('BRIDGE_ERR_MODEL_UNREACHABLE', `the model cannot be reached: ${error.message}`);
}

function reason(subject: string, error: Error): string {
  if (error instanceof Mismatch) return `${error.subject ?? subject} ${error.message}`;
  return `${subject} cannot be read: ${error.message}`;
}

import type { DirectConfig } from '../../config/gateway-route';
import type { ModelCall } from '../../model/model-client';
import type { Models } from '../../model/models';
import { within } from '../../pacing/within';
import type { ModelRequest } from '../../payload/model-request';
import { type AnswerHeaders, type ReplyMapper, replyMapperOf } from '../../payload/reply-mapper';
import { type RequestMapper, requestMapperOf } from '../../payload/request-mapper';
import { type Answer, refusal } from '../answer';
import type { Destination } from '../destination';
import { isJsonType } from '../http/content-type';
import { type Question, remainingMs } from '../question';

const JSON_TYPE = 'application/json';

/** Asks the model itself. */
export class DirectDestination implements Destination {
  readonly #config: DirectConfig;
  readonly #models: Models;
  readonly #mapRequest: RequestMapper;
  readonly #mapReply: ReplyMapper;

  constructor(config: DirectConfig, models: Models) {
    this.#config = config;
    this.#models = models;
    this.#mapRequest = requestMapperOf(config);
    this.#mapReply = replyMapperOf(config);
  }

  async ask(question: Question): Promise<Answer> {
    const asked = this.#mapRequest.map(question.body);
    if (!asked.ok) return { ...asked, attempts: 0 };
    const call = this.#callOf(question, asked);
    // Behind many others, a request waits for its turn, and that may take longer than its requester does.
    const answer = await within(remainingMs(question), this.#models.at(question.captures).predict(call));
    if (!answer) return refusal('BRIDGE_ERR_MODEL_TIMEOUT', 'the model did not answer within the time of the route');
    if (!answer.ok) return answer;
    const mapped = this.#mapReply.map(answer.body, answer.contentType, answer.headers);
    if (!mapped.ok) return { ...mapped, attempts: answer.attempts };
    const contentType = this.#config.reply.body ? JSON_TYPE : answer.contentType;
    return { ok: true, body: mapped.body, contentType, headers: textsIn(answer.headers) };
  }

  #callOf(
    { requestId, headers, contentType, trace, expiresAt }: Question,
    { body, headers: mapped }: ModelRequest,
  ): ModelCall {
    const { batch, request } = this.#config;
    // What the route maps is JSON afterwards, or says itself what it is.
    const type = !request && !isJsonType(contentType) && { 'content-type': contentType };
    const own = { ...type, ...headers, rquid: requestId };
    return {
      body,
      // Several requests in one call have no headers of their own.
      headers: batch ? mapped : { ...own, ...mapped },
      requestId,
      expiresAt,
      trace,
    };
  }
}

function textsIn(headers: AnswerHeaders = {}): Record<string, string> {
  const named = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelRoute } from '../config/model-route';
import { captureProblem } from '../config/model-url';
import { fill } from '../config/topic-pattern';
import { type Failure, failure } from '../errors';
import type { Models } from '../model/models';
import type { PatientAnswer } from '../model/patient-model';
import { fullJitter } from '../pacing/backoff';
import type { ModelRequest } from '../payload/model-request';
import { type ReplyMapper, replyMapperOf } from '../payload/reply-mapper';
import { type RequestMapper, requestMapperOf } from '../payload/request-mapper';
import { errorReply } from './envelopes';
import type { Mailbox, Post, Reply } from './post';
import type { PublishResult } from './publish-result';
import type { Request } from './request';

export type Outcome = 'reply' | 'error' | 'expired' | 'dead' | 'delayed';

export interface RouteParts<R extends Request> {
  readonly models: Models;
  readonly post: Post<R>;
  /** Told of every request that ends without a prediction, and of every answer the broker will not take. */
  readonly failed: (requestId: string, failure: Failure) => void;
}

/** What a route of any kind says of its requests. */
export type RouteRules = Pick<ModelRoute, 'name' | 'model' | 'request' | 'reply'> & {
  /** What named parts of the address may be. */
  readonly captures: Readonly<Record<string, readonly string[]>>;
};

const PREDICTED = { status: '200' };
const UNSENT: PublishResult = { accepted: false, why: 'refused', message: 'there is nobody to send it to' };

/**
 * Takes a request to its model and the answer back, and knows nothing of what both travel by.
 *
 * `deliver` resolves when the broker has accepted the answer, or the error reply and the dead letter: only then may
 * the request be acknowledged. It never rejects, and does not resolve for as long as the broker accepts neither.
 */
export class Route<R extends Request> {
  readonly #rules: RouteRules;
  readonly #parts: RouteParts<R>;
  readonly #mapRequest: RequestMapper;
  readonly #mapReply: ReplyMapper;

  constructor(rules: RouteRules, parts: RouteParts<R>) {
    this.#rules = rules;
    this.#parts = parts;
    this.#mapRequest = requestMapperOf(rules);
    this.#mapReply = replyMapperOf(rules);
  }

  deliver(request: R): Promise<Outcome> {
    const { mailbox, problem } = this.#parts.post.addressee(request);
    if (problem || !mailbox) return this.#fail(request, mailbox, problem ?? unanswerable(), 0);
    const misled = this.#misled(request);
    if (misled) return this.#fail(request, mailbox, failure('BRIDGE_ERR_REQUEST_TOPIC', misled), 0);
    const asked = this.#mapRequest.map(request.payload);
    if (!asked.ok) return this.#fail(request, mailbox, asked.failure, 0);
    return this.#answer(request, mailbox, asked);
  }

  async #answer(request: R, mailbox: Mailbox<Reply>, asked: ModelRequest): Promise<Outcome> {
    const answer = await this.#ask(request, asked);
    if (!answer.ok) return this.#postponeOrFail(request, mailbox, answer.failure, answer.attempts);
    const mapped = this.#mapReply.map(answer.body, answer.contentType, answer.headers);
    if (!mapped.ok) return this.#fail(request, mailbox, mapped.failure, answer.attempts);
    const step = request.trace.publish(mailbox.address);
    const reply = { body: mapped.body, properties: PREDICTED, trace: step.fields, answerHeaders: answer.headers };
    const published = await mailbox.put(reply);
    step.end(published.accepted ? undefined : published.why);
    if (published.accepted) {
      request.trace.end('reply');
      return 'reply';
    }
    // Where there is nobody any more, nobody can be told so either.
    const reachable = published.why === 'unroutable' ? undefined : mailbox;
    return this.#fail(request, reachable, unpublishable(mailbox.address, published), answer.attempts);
  }

  #ask(
    { id: requestId, expiresAt, captures, trace, modelHeaders }: R,
    { body, headers }: ModelRequest,
  ): Promise<PatientAnswer> {
    const all = modelHeaders && headers ? { ...modelHeaders, ...headers } : (headers ?? modelHeaders);
    return this.#parts.models.at(captures).predict({ body, headers: all, requestId, expiresAt, trace });
  }

  /** Why the address of a request leads to no model of this route. */
  #misled({ captures }: R): string | undefined {
    for (const [name, allowed] of Object.entries(this.#rules.captures)) {
      if (!allowed.includes(captures[name] ?? '')) return `{${name}} is none of: ${allowed.join(', ')}`;
    }
    return captureProblem(captures, this.#parts.models.names);
  }

  async #postponeOrFail(request: R, mailbox: Mailbox<Reply>, why: Failure, attempts: number): Promise<Outcome> {
    const { post } = this.#parts;
    if (why.retryable && post.postpone) {
      const step = request.trace.publish(post.graveyard(request).address);
      const postponed = await post.postpone(request, this.#death(request, why, attempts, step.fields));
      step.end(postponed ? undefined : why.code);
      if (postponed) {
        request.trace.end('delayed', why.code);
        return 'delayed';
      }
    }
    return this.#fail(request, mailbox, why, attempts);
  }

  /** One error reply and one dead letter. */
  async #fail(request: R, mailbox: Mailbox<Reply> | undefined, why: Failure, attempts: number): Promise<Outcome> {
    const { post, failed } = this.#parts;
    failed(request.id, why);
    const replying = mailbox && request.trace.publish(mailbox.address);
    const reply: Reply = {
      body: errorReply(why, attempts + request.earlierAttempts),
      properties: { status: String(why.status), code: why.code },
      trace: replying?.fields ?? {},
    };
    const graveyard = post.graveyard(request);
    const burying = request.trace.publish(graveyard.address);
    const death = this.#death(request, why, attempts, burying.fields);
    let replied = UNSENT;
    for (let attempt = 0; ; attempt += 1) {
      const [nowReplied, buried] = await Promise.all([
        replied.accepted || !mailbox ? replied : mailbox.put(reply),
        graveyard.put(death),
      ]);
      replied = nowReplied;
      if (!buried.accepted) failed(request.id, unpublishable(graveyard.address, buried));
      if (!replied.accepted && mailbox) failed(request.id, unpublishable(mailbox.address, replied));
      if (buried.accepted || (replied.accepted && post.replySuffices)) {
        const outcome = outcomeOf(replied.accepted, why);
        replying?.end(replied.accepted ? undefined : replied.why);
        burying.end(buried.accepted ? undefined : buried.why);
        request.trace.end(outcome, why.code);
        return outcome;
      }
      await sleep(fullJitter(attempt, 1_000, 60_000), undefined, { ref: false });
    }
  }

  #death({ captures, earlierAttempts }: R, why: Failure, attempts: number, trace: Reply['trace']) {
    return { why, attempts: attempts + earlierAttempts, modelUrl: fill(this.#rules.model.url, captures), trace };
  }
}

function outcomeOf(replied: boolean, { code }: Failure): Outcome {
  if (!replied) return 'dead';
  return code === 'BRIDGE_ERR_EXPIRED' ? 'expired' : 'error';
}

function unanswerable(): Failure {
  return failure('BRIDGE_ERR_UNANSWERABLE', 'nobody knows where the answer should go');
}

function unpublishable(address: string, { why, message }: PublishResult & { accepted: false }): Failure {
  const code = why === 'too large' ? 'BRIDGE_ERR_REPLY_TOO_LARGE' : 'BRIDGE_ERR_REPLY_REFUSED';
  return failure(code, `the broker does not take a message for "${address}": ${message}`);
}

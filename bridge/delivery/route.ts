import { setTimeout as sleep } from 'node:timers/promises';
import type { IPublishPacket } from 'mqtt';
import type { RouteConfig } from '../config';
import { captureProblem } from '../config/model-url';
import { fill, TopicPattern } from '../config/topic-pattern';
import { filterMatches, topicNameProblem } from '../config/topics';
import { type Failure, failure } from '../errors';
import type { Models } from '../model/models';
import type { PatientAnswer } from '../model/patient-model';
import { NO_FIELDS, type TraceFields } from '../operations/tracing/trace-fields';
import { PASS_ON, type RouteTracing } from '../operations/tracing/tracing';
import { fullJitter } from '../pacing/backoff';
import type { ModelRequest } from '../payload/model-request';
import { type ReplyMapper, replyMapperOf } from '../payload/reply-mapper';
import { type RequestMapper, requestMapperOf } from '../payload/request-mapper';
import { type DeadRequest, deadLetter, errorReply } from './envelopes';
import { Lanes } from './lanes';
import type { Message, PublishResult } from './message';
import { type Request, readRequest } from './request';

export type Outcome = 'reply' | 'error' | 'expired' | 'dead';

export interface RouteParts {
  readonly models: Models;
  readonly publish: (message: Message) => Promise<PublishResult>;
  /** Told of every request that ends without a prediction, and of every answer the broker will not take. */
  readonly failed: (requestId: string, failure: Failure) => void;
  /** Traces go on unrecorded by default. */
  readonly tracing?: RouteTracing;
}

/**
 * Takes a request to its model and the answer back.
 *
 * `deliver` resolves when the broker has accepted the answer, or the error reply and the dead letter: only then may
 * the request be acknowledged. It never rejects, and does not resolve for as long as the broker accepts neither.
 */
export class Route {
  readonly name: string;
  readonly pattern: TopicPattern;
  readonly #config: RouteConfig;
  readonly #parts: RouteParts;
  readonly #mapRequest: RequestMapper;
  readonly #mapReply: ReplyMapper;
  /** A later version of the route takes them over, so that the order is kept across the change. */
  readonly lanes: Lanes;

  constructor(config: RouteConfig, parts: RouteParts, lanes = new Lanes()) {
    this.name = config.name;
    this.pattern = new TopicPattern(config.requestTopic);
    this.#config = config;
    this.#parts = parts;
    this.#mapRequest = requestMapperOf(config);
    this.#mapReply = replyMapperOf(config);
    this.lanes = lanes;
  }

  deliver(packet: IPublishPacket): Promise<Outcome> {
    const request = readRequest(packet, this.pattern, this.#parts.tracing ?? PASS_ON);
    const lane = this.#laneOf(request);
    return lane === undefined ? this.#answer(request) : this.lanes.run(lane, () => this.#answer(request));
  }

  async #answer(request: Request): Promise<Outcome> {
    const ownTopic = fill(this.#config.reply.topic, request.captures);
    const replyTopic = request.responseTopic ?? ownTopic;
    if (replyTopic !== ownTopic && !this.#allows(replyTopic)) {
      const allowed = [ownTopic, ...this.#config.reply.allowedResponseTopics].join(', ');
      const message = `the response topic "${replyTopic}" is not one of: ${allowed}`;
      return this.#fail(request, ownTopic, failure('BRIDGE_ERR_RESPONSE_TOPIC', message), 0);
    }
    const misled = this.#misled(request);
    if (misled) return this.#fail(request, replyTopic, failure('BRIDGE_ERR_REQUEST_TOPIC', misled), 0);
    const asked = this.#mapRequest.map(request.payload);
    if (!asked.ok) return this.#fail(request, replyTopic, asked.failure, 0);
    const answer = await this.#ask(request, asked);
    if (!answer.ok) return this.#fail(request, replyTopic, answer.failure, answer.attempts);
    const mapped = this.#mapReply.map(answer.body, answer.contentType, answer.headers);
    if (!mapped.ok) return this.#fail(request, replyTopic, mapped.failure, answer.attempts);
    const step = request.trace.publish(replyTopic);
    const reply = this.#reply(request, replyTopic, mapped.body, { status: '200' }, step.fields);
    const published = await this.#parts.publish(reply);
    step.end(published.accepted ? undefined : published.why);
    if (published.accepted) {
      request.trace.end('reply');
      return 'reply';
    }
    return this.#fail(request, replyTopic, unpublishable(replyTopic, published), answer.attempts);
  }

  #ask(
    { id: requestId, expiresAt, captures, trace }: Request,
    { body, headers }: ModelRequest,
  ): Promise<PatientAnswer> {
    return this.#parts.models.at(captures).predict({ body, headers, requestId, expiresAt, trace });
  }

  /** Requests of one lane are answered in their order. */
  #laneOf({ topic, userProperties }: Request): string | undefined {
    const { ordering } = this.#config;
    if (ordering === 'none') return undefined;
    return ordering === 'topic' ? topic : String(userProperties[ordering.userProperty] ?? '');
  }

  #allows(responseTopic: string): boolean {
    return (
      topicNameProblem(responseTopic) === undefined &&
      this.#config.reply.allowedResponseTopics.some((filter) => filterMatches(filter, responseTopic))
    );
  }

  /** Why the topic of a request leads to no model of this route. */
  #misled({ captures }: Request): string | undefined {
    for (const [name, allowed] of Object.entries(this.#config.captures)) {
      if (!allowed.includes(captures[name] ?? '')) return `{${name}} is none of: ${allowed.join(', ')}`;
    }
    return captureProblem(captures, this.#parts.models.names);
  }

  /** One error reply and one dead letter; the request counts as answered when at least one of them was accepted. */
  async #fail(request: Request, replyTopic: string, why: Failure, attempts: number): Promise<Outcome> {
    this.#parts.failed(request.id, why);
    const properties = { status: String(why.status), code: why.code };
    const replying = request.trace.publish(replyTopic);
    const reply = this.#reply(request, replyTopic, errorReply(why, attempts), properties, replying.fields);
    const graveyard = fill(this.#config.deadLetter.topic, request.captures);
    const burying = request.trace.publish(graveyard);
    for (let attempt = 0; ; attempt += 1) {
      const [replied, buried] = await Promise.all([
        this.#parts.publish(reply),
        this.#bury(request, graveyard, why, attempts, burying.fields),
      ]);
      if (!buried.accepted) this.#parts.failed(request.id, unpublishable(graveyard, buried));
      if (!replied.accepted) this.#parts.failed(request.id, unpublishable(replyTopic, replied));
      if (replied.accepted || buried.accepted) {
        const outcome = outcomeOf(replied.accepted, why);
        replying.end(replied.accepted ? undefined : replied.why);
        burying.end(buried.accepted ? undefined : buried.why);
        request.trace.end(outcome, why.code);
        return outcome;
      }
      await sleep(fullJitter(attempt, 1_000, 60_000), undefined, { ref: false });
    }
  }

  /** In base64 a payload is a third larger than it came; where the broker does not take that, the letter goes without. */
  async #bury(
    request: Request,
    topic: string,
    why: Failure,
    attempts: number,
    trace: TraceFields,
  ): Promise<PublishResult> {
    const { name, model } = this.#config;
    const modelUrl = fill(model.url, request.captures);
    const { traceparent } = trace;
    const whole = { ...request, attempts, requestId: request.id, route: name, modelUrl, traceparent };
    const published = await this.#parts.publish(letter(topic, whole, why, trace));
    if (published.accepted || published.why !== 'too large') return published;
    return this.#parts.publish(letter(topic, { ...whole, payload: undefined }, why, trace));
  }

  #reply(request: Request, topic: string, payload: Buffer, own: Record<string, string>, trace: TraceFields): Message {
    const { correlationData, expiresAt, userProperties } = request;
    const passedOn = this.#config.reply.userProperties.filter((name) => userProperties[name] !== undefined);
    const remaining = expiresAt === undefined ? 0 : Math.ceil((expiresAt - performance.now()) / 1000);
    const properties = {
      contentType: 'application/json',
      userProperties: {
        ...Object.fromEntries(passedOn.map((name) => [name, userProperties[name] ?? ''])),
        ...own,
        ...trace,
      },
      ...(correlationData && { correlationData }),
      // Nobody waits for an answer longer than for its request.
      ...(remaining > 0 && { messageExpiryInterval: remaining }),
    };
    return { topic, payload, options: { qos: this.#config.reply.qos, properties } };
  }
}

function outcomeOf(replied: boolean, { code }: Failure): Outcome {
  if (!replied) return 'dead';
  return code === 'BRIDGE_ERR_EXPIRED' ? 'expired' : 'error';
}

function letter(topic: string, request: DeadRequest, why: Failure, trace: TraceFields): Message {
  const properties = {
    contentType: 'application/json',
    ...(trace !== NO_FIELDS && { userProperties: trace }),
  };
  return { topic, payload: deadLetter(request, why), options: { qos: 1, properties } };
}

function unpublishable(topic: string, { why, message }: PublishResult & { accepted: false }): Failure {
  const code = why === 'too large' ? 'BRIDGE_ERR_REPLY_TOO_LARGE' : 'BRIDGE_ERR_REPLY_REFUSED';
  return failure(code, `the broker does not take a message for "${topic}": ${message}`);
}

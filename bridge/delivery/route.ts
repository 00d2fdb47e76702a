import { setTimeout as sleep } from 'node:timers/promises';
import type { IPublishPacket } from 'mqtt';
import type { RouteConfig } from '../config';
import { captureProblem } from '../config/model-url';
import { fill, TopicPattern } from '../config/topic-pattern';
import { filterMatches, topicNameProblem } from '../config/topics';
import { type Failure, failure } from '../errors';
import type { Models } from '../model/models';
import type { PatientAnswer } from '../model/patient-model';
import { fullJitter } from '../pacing/backoff';
import { deadLetter, errorReply } from './envelopes';
import { Lanes } from './lanes';
import type { Message, PublishResult } from './message';
import { type Request, readRequest } from './request';

export type Outcome = 'reply' | 'error' | 'dead';

export interface RouteParts {
  readonly models: Models;
  readonly publish: (message: Message) => Promise<PublishResult>;
  /** Told of every request that ends without a prediction, and of every answer the broker will not take. */
  readonly failed: (requestId: string, failure: Failure) => void;
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
  readonly #lanes = new Lanes();

  constructor(config: RouteConfig, parts: RouteParts) {
    this.name = config.name;
    this.pattern = new TopicPattern(config.requestTopic);
    this.#config = config;
    this.#parts = parts;
  }

  deliver(packet: IPublishPacket): Promise<Outcome> {
    const request = readRequest(packet, this.pattern);
    const lane = this.#laneOf(request);
    return lane === undefined ? this.#answer(request) : this.#lanes.run(lane, () => this.#answer(request));
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
    const answer = await this.#ask(request);
    if (!answer.ok) return this.#fail(request, replyTopic, answer.failure, answer.attempts);
    const published = await this.#parts.publish(this.#reply(request, replyTopic, answer.body, { status: '200' }));
    if (published.accepted) return 'reply';
    return this.#fail(request, replyTopic, unpublishable(replyTopic, published), answer.attempts);
  }

  #ask({ payload: body, id: requestId, expiresAt, captures }: Request): Promise<PatientAnswer> {
    return this.#parts.models.at(captures).predict({ body, requestId, expiresAt });
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
    const reply = this.#reply(request, replyTopic, errorReply(why, attempts), properties);
    const graveyard = fill(this.#config.deadLetter.topic, request.captures);
    for (let attempt = 0; ; attempt += 1) {
      const [replied, buried] = await Promise.all([
        this.#parts.publish(reply),
        this.#bury(request, graveyard, why, attempts),
      ]);
      if (!buried.accepted) this.#parts.failed(request.id, unpublishable(graveyard, buried));
      if (!replied.accepted) this.#parts.failed(request.id, unpublishable(replyTopic, replied));
      if (replied.accepted) return 'error';
      if (buried.accepted) return 'dead';
      await sleep(fullJitter(attempt, 1_000, 60_000), undefined, { ref: false });
    }
  }

  /** In base64 a payload is a third larger than it came; where the broker does not take that, the letter goes without. */
  async #bury(request: Request, topic: string, why: Failure, attempts: number): Promise<PublishResult> {
    const whole = await this.#parts.publish(this.#letter(request, topic, why, attempts, request.payload));
    if (whole.accepted || whole.why !== 'too large') return whole;
    return this.#parts.publish(this.#letter(request, topic, why, attempts, undefined));
  }

  #letter(request: Request, topic: string, why: Failure, attempts: number, payload: Buffer | undefined): Message {
    const { name, model } = this.#config;
    const modelUrl = fill(model.url, request.captures);
    const letter = { ...request, payload, attempts, requestId: request.id, route: name, modelUrl };
    return {
      topic,
      payload: deadLetter(letter, why),
      options: { qos: 1, properties: { contentType: 'application/json' } },
    };
  }

  #reply(request: Request, topic: string, payload: Buffer, own: Record<string, string>): Message {
    const { correlationData, expiresAt, userProperties } = request;
    const passedOn = this.#config.reply.userProperties.filter((name) => userProperties[name] !== undefined);
    const remaining = expiresAt === undefined ? 0 : Math.ceil((expiresAt - performance.now()) / 1000);
    const properties = {
      contentType: 'application/json',
      userProperties: { ...Object.fromEntries(passedOn.map((name) => [name, userProperties[name] ?? ''])), ...own },
      ...(correlationData && { correlationData }),
      // Nobody waits for an answer longer than for its request.
      ...(remaining > 0 && { messageExpiryInterval: remaining }),
    };
    return { topic, payload, options: { qos: this.#config.reply.qos, properties } };
  }
}

function unpublishable(topic: string, { why, message }: PublishResult & { accepted: false }): Failure {
  const code = why === 'too large' ? 'BRIDGE_ERR_REPLY_TOO_LARGE' : 'BRIDGE_ERR_REPLY_REFUSED';
  return failure(code, `the broker does not take a message for "${topic}": ${message}`);
}

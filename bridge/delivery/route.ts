import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IPublishPacket } from 'mqtt';
import type { RouteConfig } from '../config';
import { filterMatches, topicNameProblem } from '../config/topics';
import { type Failure, failure } from '../errors';
import type { ModelCall } from '../model/model-client';
import type { PatientAnswer } from '../model/patient-model';
import { fullJitter } from '../pacing/backoff';
import { deadLetter, errorReply } from './envelopes';
import type { Message, PublishResult } from './message';

export type Outcome = 'reply' | 'error' | 'dead';

export interface RouteParts {
  readonly predict: (call: ModelCall) => Promise<PatientAnswer>;
  readonly publish: (message: Message) => Promise<PublishResult>;
  /** Told of every request that ends without a prediction, and of every answer the broker will not take. */
  readonly failed: (requestId: string, failure: Failure) => void;
}

interface Request {
  readonly id: string;
  readonly payload: Buffer;
  readonly topic: string;
  readonly firstSeen: Date;
  readonly correlationData: Buffer | undefined;
  /** Moment of its message expiry, in terms of `performance.now()`. */
  readonly expiresAt: number | undefined;
}

/**
 * Takes a request to its model and the answer back.
 *
 * `deliver` resolves when the broker has accepted the answer, or the error reply and the dead letter: only then may
 * the request be acknowledged. It never rejects, and does not resolve for as long as the broker accepts neither.
 */
export class Route {
  readonly #config: RouteConfig;
  readonly #parts: RouteParts;

  constructor(config: RouteConfig, parts: RouteParts) {
    this.#config = config;
    this.#parts = parts;
  }

  async deliver(packet: IPublishPacket): Promise<Outcome> {
    const { correlationData, messageExpiryInterval } = packet.properties ?? {};
    const request: Request = {
      id: requestId(correlationData),
      payload: Buffer.from(packet.payload),
      topic: packet.topic,
      firstSeen: new Date(),
      correlationData,
      expiresAt: messageExpiryInterval === undefined ? undefined : performance.now() + messageExpiryInterval * 1000,
    };
    const replyTopic = packet.properties?.responseTopic ?? this.#config.reply.topic;
    if (!this.#mayAnswerTo(replyTopic)) {
      const allowed = [this.#config.reply.topic, ...this.#config.reply.allowedResponseTopics].join(', ');
      const message = `the response topic "${replyTopic}" is not one of: ${allowed}`;
      return this.#fail(request, this.#config.reply.topic, failure('BRIDGE_ERR_RESPONSE_TOPIC', message), 0);
    }
    const answer = await this.#parts.predict({
      body: request.payload,
      requestId: request.id,
      expiresAt: request.expiresAt,
    });
    if (!answer.ok) return this.#fail(request, replyTopic, answer.failure, answer.attempts);
    const published = await this.#parts.publish(this.#reply(request, replyTopic, answer.body, { status: '200' }));
    if (published.accepted) return 'reply';
    return this.#fail(request, replyTopic, unpublishable(replyTopic, published), answer.attempts);
  }

  #mayAnswerTo(topic: string): boolean {
    const { reply } = this.#config;
    if (topic === reply.topic) return true;
    return (
      topicNameProblem(topic) === undefined &&
      reply.allowedResponseTopics.some((filter) => filterMatches(filter, topic))
    );
  }

  /** One error reply and one dead letter; the request counts as answered when at least one of them was accepted. */
  async #fail(request: Request, replyTopic: string, why: Failure, attempts: number): Promise<Outcome> {
    this.#parts.failed(request.id, why);
    const reply = this.#reply(request, replyTopic, errorReply(why, attempts), {
      status: String(why.status),
      code: why.code,
    });
    for (let attempt = 0; ; attempt += 1) {
      const [replied, buried] = await Promise.all([this.#parts.publish(reply), this.#bury(request, why, attempts)]);
      if (!buried.accepted) {
        this.#parts.failed(request.id, unpublishable(this.#config.deadLetter.topic, buried));
      }
      if (!replied.accepted) this.#parts.failed(request.id, unpublishable(replyTopic, replied));
      if (replied.accepted) return 'error';
      if (buried.accepted) return 'dead';
      await sleep(fullJitter(attempt, 1_000, 60_000), undefined, { ref: false });
    }
  }

  /** In base64 a payload is a third larger than it came; where the broker does not take that, the letter goes without. */
  async #bury(request: Request, why: Failure, attempts: number): Promise<PublishResult> {
    const whole = await this.#parts.publish(this.#letter(request, why, attempts, request.payload));
    if (whole.accepted || whole.why !== 'too large') return whole;
    return this.#parts.publish(this.#letter(request, why, attempts, undefined));
  }

  #letter(request: Request, why: Failure, attempts: number, payload: Buffer | undefined): Message {
    const { name, model, deadLetter: target } = this.#config;
    const letter = { ...request, payload, attempts, requestId: request.id, route: name, modelUrl: model.url };
    return {
      topic: target.topic,
      payload: deadLetter(letter, why),
      options: { qos: 1, properties: { contentType: 'application/json' } },
    };
  }

  #reply(request: Request, topic: string, payload: Buffer, userProperties: Record<string, string>): Message {
    const { correlationData } = request;
    const properties = { contentType: 'application/json', userProperties, ...(correlationData && { correlationData }) };
    return { topic, payload, options: { qos: this.#config.reply.qos, properties } };
  }
}

function unpublishable(topic: string, { why, message }: PublishResult & { accepted: false }): Failure {
  const code = why === 'too large' ? 'BRIDGE_ERR_REPLY_TOO_LARGE' : 'BRIDGE_ERR_REPLY_REFUSED';
  return failure(code, `the broker does not take a message for "${topic}": ${message}`);
}

/** The requester's own correlation data where it is readable, so that logs on both sides speak of the same request. */
function requestId(correlationData: Buffer | undefined): string {
  const text = correlationData?.toString('latin1');
  return text && /^[\x21-\x7e]{1,64}$/.test(text) ? text : randomUUID();
}

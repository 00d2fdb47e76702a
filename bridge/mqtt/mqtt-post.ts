import type { RouteConfig } from '../config';
import { fill } from '../config/topic-pattern';
import { filterMatches, topicNameProblem } from '../config/topics';
import { type DeadRequest, deadLetter } from '../delivery/envelopes';
import type { Addressee, Death, Mailbox, Post, Reply } from '../delivery/post';
import type { PublishResult } from '../delivery/publish-result';
import { type Failure, failure } from '../errors';
import { NO_FIELDS, type TraceFields } from '../operations/tracing/trace-fields';
import type { Message } from './message';
import type { MqttRequest } from './mqtt-request';

/** Answers requests on topics: the requester's own where the route allows it, else the route's. */
export class MqttPost implements Post<MqttRequest> {
  readonly replySuffices = true;
  readonly #config: RouteConfig;
  readonly #publish: (message: Message) => Promise<PublishResult>;

  constructor(config: RouteConfig, publish: (message: Message) => Promise<PublishResult>) {
    this.#config = config;
    this.#publish = publish;
  }

  addressee(request: MqttRequest): Addressee {
    const ownTopic = fill(this.#config.reply.topic, request.captures);
    const topic = request.responseTopic ?? ownTopic;
    if (topic === ownTopic || this.#allows(topic)) return { mailbox: this.#mailbox(request, topic) };
    const allowed = [ownTopic, ...this.#config.reply.allowedResponseTopics].join(', ');
    const message = `the response topic "${topic}" is not one of: ${allowed}`;
    return {
      mailbox: this.#mailbox(request, ownTopic),
      problem: failure('BRIDGE_ERR_RESPONSE_TOPIC', message),
    };
  }

  graveyard(request: MqttRequest): Mailbox<Death> {
    const address = fill(this.#config.deadLetter.topic, request.captures);
    return { address, put: (death) => this.#bury(request, address, death) };
  }

  #mailbox(request: MqttRequest, address: string): Mailbox<Reply> {
    return { address, put: (reply) => this.#publish(this.#message(request, address, reply)) };
  }

  #allows(responseTopic: string): boolean {
    return (
      topicNameProblem(responseTopic) === undefined &&
      this.#config.reply.allowedResponseTopics.some((filter) => filterMatches(filter, responseTopic))
    );
  }

  /** In base64 a payload is a third larger than it came; where the broker does not take that, the letter goes without. */
  async #bury(request: MqttRequest, topic: string, { why, trace, attempts, modelUrl }: Death): Promise<PublishResult> {
    const { traceparent } = trace;
    const whole = { ...request, attempts, requestId: request.id, route: this.#config.name, modelUrl, traceparent };
    const published = await this.#publish(letter(topic, whole, why, trace));
    if (published.accepted || published.why !== 'too large') return published;
    return this.#publish(letter(topic, { ...whole, payload: undefined }, why, trace));
  }

  #message(request: MqttRequest, topic: string, { body, properties: own, trace }: Reply): Message {
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
    return { topic, payload: body, options: { qos: this.#config.reply.qos, properties } };
  }
}

function letter(topic: string, request: DeadRequest, why: Failure, trace: TraceFields): Message {
  const properties = {
    contentType: 'application/json',
    ...(trace !== NO_FIELDS && { userProperties: trace }),
  };
  return { topic, payload: deadLetter(request, why), options: { qos: 1, properties } };
}

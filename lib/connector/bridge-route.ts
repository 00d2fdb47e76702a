import type { Duration } from 'cdk8s';
import type { BridgeConfigInput } from '../../bridge/config';
import { MAX_TIMER_SECONDS } from '../../bridge/config/defaults';
import { topicNameProblem } from '../../bridge/config/topics';
import { aclLineProblem } from '../broker/acl-line';
import type { MosquittoUser } from '../broker/mosquitto-user';
import { EdgeError } from '../errors';
import { defaultTopics, ownReplyTopic, ownReplyTopics } from '../naming/route-topics';
import type { InferenceModel } from '../serving/inference-model';

export interface RouteOptions {
  /** What metrics and logs call the route; needed for a second route to one model. @default '<namespace>/<model>' */
  readonly name?: string;
  /** The model that answers. */
  readonly model: InferenceModel;
  /** The broker's users who may send requests and receive the answers; at least one. */
  readonly clients: MosquittoUser[];
  /** Where clients publish requests. @default '<namespace>/<model>/input' */
  readonly requestTopic?: string;
  /**
   * Where answers go that name no response topic. A client may also ask for `<replyTopic>/<its user name>`, which no
   * other client can read.
   *
   * @default '<namespace>/<model>/output'
   */
  readonly replyTopic?: string;
  /** Where requests go that got no prediction, with the reason. @default '<namespace>/<model>/dead-letter' */
  readonly deadLetterTopic?: string;
  /**
   * How long the bridge waits for the model.
   *
   * @default - the model's own timeout
   */
  readonly timeout?: Duration;
  /** Calls to the model at a time. @default 64 */
  readonly concurrency?: number;
}

/** The way from a request topic through a model to a reply topic. */
export class BridgeRoute {
  readonly name: string;
  readonly model: InferenceModel;
  readonly clients: MosquittoUser[];
  readonly requestTopic: string;
  readonly replyTopic: string;
  readonly deadLetterTopic: string;
  /** Which response topics a request may name (MQTT 5). */
  readonly allowedResponseTopics: string[];
  readonly timeout: Duration;
  readonly #concurrency: number | undefined;

  /** @internal use `bridge.addRoute(..)` */
  constructor({ name, model, clients, timeout, concurrency, ...topics }: RouteOptions) {
    const defaults = defaultTopics(model.namespace, model.name);
    this.name = name ?? `${model.namespace}/${model.name}`;
    this.model = model;
    this.clients = [...clients];
    this.requestTopic = topics.requestTopic ?? defaults.request;
    this.replyTopic = topics.replyTopic ?? defaults.reply;
    this.deadLetterTopic = topics.deadLetterTopic ?? defaults.deadLetter;
    this.timeout = timeout ?? model.timeout;
    this.#concurrency = concurrency;
    this.#validate();
    this.allowedResponseTopics = [ownReplyTopics(this.replyTopic)];
  }

  /** @internal */
  _grant(bridge: MosquittoUser): void {
    bridge.allowSubscribe(this.requestTopic);
    for (const topic of [this.replyTopic, ...this.allowedResponseTopics, this.deadLetterTopic]) {
      bridge.allowPublish(topic);
    }
    for (const client of this.clients) {
      client.allowPublish(this.requestTopic);
      client.allowSubscribe(this.replyTopic).allowSubscribe(ownReplyTopic(this.replyTopic, client.name));
    }
  }

  /** @internal */
  _config(): BridgeConfigInput['routes'][number] {
    return {
      name: this.name,
      requestTopic: this.requestTopic,
      ...(this.#concurrency !== undefined && { concurrency: this.#concurrency }),
      model: { url: this.model.predictUrl, timeoutSeconds: this.timeout.toMilliseconds() / 1000 },
      reply: { topic: this.replyTopic, allowedResponseTopics: this.allowedResponseTopics },
      deadLetter: { topic: this.deadLetterTopic },
    };
  }

  #validate(): void {
    if (this.name === '') {
      const rule = 'metrics and logs tell routes apart by name';
      const at = `name of a route to ${this.model.namespace}/${this.model.name}`;
      throw new EdgeError('EDGE_ERR_NAME', { at, value: '', rule, fix: 'Name it, or leave the name out' });
    }
    const { requestTopic, replyTopic, deadLetterTopic } = this;
    for (const [at, topic] of Object.entries({ requestTopic, replyTopic, deadLetterTopic })) {
      const rule = topicNameProblem(topic) ?? aclLineProblem(topic);
      if (!rule) continue;
      const fix = 'Name one topic';
      throw new EdgeError('EDGE_ERR_ROUTE_TOPIC', { at: `${at} of route ${this.name}`, value: topic, rule, fix });
    }
    const seconds = this.timeout.toMilliseconds() / 1000;
    if (seconds <= 0) throw this.#wrong('timeout', `${seconds} s`, 'a model needs some time to answer');
    if (seconds > MAX_TIMER_SECONDS) {
      throw this.#wrong('timeout', `${seconds} s`, `timers run for at most ${MAX_TIMER_SECONDS} s`);
    }
    const concurrency = this.#concurrency;
    if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 10_000)) {
      throw this.#wrong('concurrency', concurrency, 'it is a whole number from 1 to 10000');
    }
  }

  #wrong(prop: string, value: unknown, rule: string): EdgeError {
    return new EdgeError('EDGE_ERR_VALUE', {
      at: `${prop} of route ${this.name}`,
      value,
      rule,
      fix: 'Raise or lower it',
    });
  }
}

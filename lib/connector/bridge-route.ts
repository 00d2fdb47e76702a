import type { Duration } from 'cdk8s';
import type { BridgeConfigInput } from '../../bridge/config';
import type { MosquittoUser } from '../broker/mosquitto-user';
import { ownReplyTopic, ownReplyTopics } from '../naming/route-topics';
import type { InferenceModel } from '../serving/inference-model';
import { resolveRoute } from './resolve-route';

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
  constructor(options: RouteOptions) {
    const route = resolveRoute(options);
    this.name = route.name;
    this.model = route.model;
    this.clients = route.clients;
    this.requestTopic = route.requestTopic;
    this.replyTopic = route.replyTopic;
    this.deadLetterTopic = route.deadLetterTopic;
    this.timeout = route.timeout;
    this.#concurrency = route.concurrency;
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
}

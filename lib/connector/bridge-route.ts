import type { Duration } from 'cdk8s';
import type { IMqttUser } from '../broker/mqtt-broker';
import type { RouteDemands } from '../broker/route-registry';
import { ownReplyTopic, ownReplyTopics } from '../naming/route-topics';
import type { InferenceModel } from '../serving/inference-model';
import { resolveRoute } from './resolve-route';
import { type RouteConfig, routeConfig } from './route-config';
import { type BridgeRouteOptions, MqttQos, RetainedRequests } from './route-options';

/** The way from a request topic through a model to a reply topic. */
export class BridgeRoute {
  readonly name: string;
  readonly model: InferenceModel;
  readonly clients: IMqttUser[];
  readonly requestTopic: string;
  readonly replyTopic: string;
  readonly deadLetterTopic: string;
  /** Which response topics a request may name (MQTT 5). */
  readonly allowedResponseTopics: string[];
  readonly timeout: Duration;
  readonly #options: BridgeRouteOptions;

  /** @internal use `bridge.addRoute(..)` */
  constructor(options: BridgeRouteOptions) {
    const route = resolveRoute(options);
    this.name = route.name;
    this.model = route.model;
    this.clients = route.clients;
    this.requestTopic = route.requestTopic;
    this.replyTopic = route.replyTopic;
    this.deadLetterTopic = route.deadLetterTopic;
    this.timeout = route.timeout;
    this.allowedResponseTopics = [ownReplyTopics(this.replyTopic)];
    this.#options = { ...options };
  }

  /** @internal */
  _grant(bridge: IMqttUser): void {
    bridge.allowSubscribe(this.requestTopic);
    for (const topic of [this.replyTopic, ...this.allowedResponseTopics, this.deadLetterTopic]) {
      bridge.allowPublish(topic);
    }
    for (const client of this.clients) {
      client.allowPublish(this.requestTopic);
      client.allowSubscribe(this.replyTopic).allowSubscribe(ownReplyTopic(this.replyTopic, client.name));
    }
  }

  /**
   * What the broker has to be able to do.
   *
   * @internal
   */
  _demands(): RouteDemands {
    const { requestQos, replyQos, retained } = this.#options;
    return {
      timeoutSeconds: this.timeout.toMilliseconds() / 1_000,
      qos: Math.max(requestQos ?? MqttQos.AT_LEAST_ONCE, replyQos ?? MqttQos.AT_LEAST_ONCE),
      retained: retained === RetainedRequests.PROCESS,
    };
  }

  /** @internal */
  _config(): RouteConfig {
    return routeConfig(this, this.#options);
  }
}

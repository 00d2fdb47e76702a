import type { IPublishPacket } from 'mqtt';
import type { RouteConfig } from '../config';
import { TopicPattern } from '../config/topic-pattern';
import { Lanes } from '../delivery/lanes';
import type { PublishResult } from '../delivery/publish-result';
import { type Outcome, Route, type RouteParts } from '../delivery/route';
import { PASS_ON, type RouteTracing } from '../operations/tracing/tracing';
import type { Message } from './message';
import { MqttPost } from './mqtt-post';
import { type MqttRequest, readRequest } from './mqtt-request';

export interface MqttRouteParts extends Pick<RouteParts<MqttRequest>, 'models' | 'failed'> {
  readonly publish: (message: Message) => Promise<PublishResult>;
  /** Traces go on unrecorded by default. */
  readonly tracing?: RouteTracing;
}

/** A route whose requests come over MQTT, in their order where that is asked for. */
export class MqttRoute {
  /** A later version of the route takes them over, so that the order is kept across the change. */
  readonly lanes: Lanes;
  readonly #route: Route<MqttRequest>;
  readonly #pattern: TopicPattern;
  readonly #ordering: RouteConfig['ordering'];
  readonly #tracing: RouteTracing;

  constructor(
    config: RouteConfig,
    { models, failed, publish, tracing = PASS_ON }: MqttRouteParts,
    lanes = new Lanes(),
  ) {
    this.lanes = lanes;
    this.#route = new Route(config, { models, failed, post: new MqttPost(config, publish) });
    this.#pattern = new TopicPattern(config.requestTopic);
    this.#ordering = config.ordering;
    this.#tracing = tracing;
  }

  /** Resolves when the request may be acknowledged; never rejects. */
  deliver(packet: IPublishPacket): Promise<Outcome> {
    const request = readRequest(packet, this.#pattern, this.#tracing);
    const lane = this.#laneOf(request);
    return lane === undefined ? this.#route.deliver(request) : this.lanes.run(lane, () => this.#route.deliver(request));
  }

  /** Requests of one lane are answered in their order. */
  #laneOf({ topic, userProperties }: MqttRequest): string | undefined {
    if (this.#ordering === 'none') return undefined;
    return this.#ordering === 'topic' ? topic : String(userProperties[this.#ordering.userProperty] ?? '');
  }
}

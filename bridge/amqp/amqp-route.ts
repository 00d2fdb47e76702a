import type { AsyncMessage } from 'rabbitmq-client';
import { BindingPattern } from '../config/amqp-names';
import type { AmqpRouteConfig } from '../config/amqp-route';
import { type Outcome, Route, type RouteParts } from '../delivery/route';
import { PASS_ON, type RouteTracing } from '../operations/tracing/tracing';
import { AmqpPost, type AmqpPostParts } from './amqp-post';
import { type AmqpRequest, readRequest } from './amqp-request';

export interface AmqpRouteParts extends Pick<RouteParts<AmqpRequest>, 'models' | 'failed'>, AmqpPostParts {
  /** Traces go on unrecorded by default. */
  readonly tracing?: RouteTracing;
}

/** A route whose requests come over AMQP. */
export class AmqpRoute {
  readonly #config: AmqpRouteConfig;
  /** None where no word has a name. */
  readonly #patterns: readonly BindingPattern[];
  readonly #route: Route<AmqpRequest>;
  readonly #tracing: RouteTracing;

  constructor(config: AmqpRouteConfig, { models, failed, tracing = PASS_ON, ...parts }: AmqpRouteParts) {
    this.#config = config;
    const patterns = config.queue.bindingKeys.map((key) => new BindingPattern(key));
    this.#patterns = patterns.some(({ names }) => names.length > 0) ? patterns : [];
    this.#route = new Route(config, { models, failed, post: new AmqpPost(config, parts) });
    this.#tracing = tracing;
  }

  /** Resolves when the request may be acknowledged; never rejects. */
  deliver(message: AsyncMessage): Promise<Outcome> {
    return this.#route.deliver(readRequest(message, this.#config, this.#patterns, this.#tracing));
  }
}

import type { AmqpRouteQueues } from '../../../bridge/config/amqp-conflicts';
import type { ProviderConfigInput } from '../../../bridge/config/provider';
import type { RabbitMqUser } from '../../broker/rabbitmq/rabbitmq-user';
import { grantProvider, RequestQueue } from '../../broker/rabbitmq/request-queue';
import { modelCallConfig, timeoutSeconds } from '../amqp/model-call';
import type { ModelEndpoint } from '../amqp/model-endpoint';
import type { ProviderRouteOptions } from './provider-route-options';

export type ProviderRouteConfig = ProviderConfigInput['routes'][number];

/** The way from a queue through a model to whoever asked. */
export class ProviderRoute {
  readonly name: string;
  readonly queue: RequestQueue;
  readonly model: ModelEndpoint;
  /** What the model has for a request. */
  readonly timeoutSeconds: number;
  readonly #options: ProviderRouteOptions;

  /** @internal use `provider.addRoute(..)` */
  constructor(options: ProviderRouteOptions) {
    this.queue = new RequestQueue(options.queue);
    this.name = options.name ?? this.queue.name;
    this.model = options.model;
    this.timeoutSeconds = timeoutSeconds(`route ${this.name}`, options);
    this.#options = { ...options };
  }

  /**
   * The queues, as both their definitions at the broker and the provider's own declarations are made of.
   *
   * @internal
   */
  _queues(): AmqpRouteQueues {
    const { reply, ...route } = this.queue._route();
    const { replyExchange, allowedReplyTo = reply.allowedReplyTo } = this.#options;
    return { ...route, name: this.name, reply: { ...reply, ...replyExchange, allowedReplyTo: [...allowedReplyTo] } };
  }

  /** @internal */
  _grant(user: RabbitMqUser): void {
    grantProvider(user, this._queues());
  }

  /** @internal */
  _config(): ProviderRouteConfig {
    const { queue, reply, retry, parking } = this._queues();
    const { captures, headers } = this.#options;
    const { body, ...call } = modelCallConfig(this.#options, this.timeoutSeconds);
    return {
      name: this.name,
      queue: { ...queue, bindingKeys: [...queue.bindingKeys] },
      captures,
      ...call,
      reply: { ...reply, allowedReplyTo: [...reply.allowedReplyTo], body },
      headers: headers && { ...headers },
      retry: { ...retry },
      parking: { ...parking },
    };
  }
}

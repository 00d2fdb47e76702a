import type { Duration } from 'cdk8s';
import { BindingPattern, keyMatches } from '../../../bridge/config/amqp-names';
import { sampleOf } from '../../../bridge/config/topic-pattern';
import { EdgeError } from '../../errors';
import type { ModelCallOptions } from '../amqp/model-call';
import type { BridgeRoute } from '../bridge-route';
import type { ProviderRoute } from '../provider/provider-route';

export interface ExchangeDestinationOptions {
  /** A topic exchange that is there. */
  readonly exchange: string;
  /** Fixed, or with names of the path: `predict.{model}`. @default - each request says it in the header `routing-key` */
  readonly routingKey?: string;
  /**
   * What requests may say there, in the syntax of binding keys: `predict.*`. The gateway's user may publish with no other.
   *
   * @default - anything, where there is no `routingKey`
   */
  readonly routingKeys?: string[];
  /**
   * What the model has for a request; the gateway waits longer.
   *
   * @default - the longest that a provider of the app has on this exchange, otherwise 5 minutes
   */
  readonly modelTimeout?: Duration;
}

/** Through RabbitMQ. */
export interface ExchangeWay extends ExchangeDestinationOptions {
  /** Those of the queue that requests go to, where that is known. */
  readonly bindingKeys?: string[];
  /** Whose requests they become, where that is known. */
  readonly route?: ProviderRoute;
}

interface Ways {
  readonly exchange?: ExchangeWay;
  readonly bridgeRoute?: BridgeRoute;
  readonly direct?: ModelCallOptions;
}

/** Where a gateway hands requests on to. */
export class GatewayDestination {
  /**
   * To a provider of the app, through the queue of one of its routes.
   *
   * @param routingKey fixed, or with names of the path. @default - each request says it in the header `routing-key`, and may
   * say what the queue is bound with
   * @throws EdgeError EDGE_ERR_GATEWAY_DESTINATION for a key that leads to another queue, or to none
   */
  static provider(route: ProviderRoute, routingKey?: string): GatewayDestination {
    const { exchange, bindingKeys: patterns } = route.queue;
    const bindingKeys = patterns.map((key) => new BindingPattern(key).key);
    if (routingKey !== undefined && !bindingKeys.some((key) => keyMatches(key, sampleOf(routingKey)))) {
      throw new EdgeError('EDGE_ERR_GATEWAY_DESTINATION', {
        at: `the routing key of a gateway's route to ${route.name}`,
        value: routingKey,
        rule: `the queue "${route.queue.name}" takes ${bindingKeys.join(', ')}`,
        fix: 'Use a key that one of them matches',
      });
    }
    const routingKeys = routingKey === undefined ? bindingKeys : undefined;
    return new GatewayDestination(route.name, { exchange: { exchange, routingKey, routingKeys, bindingKeys, route } });
  }

  /** To whoever answers what is published to an exchange. */
  static exchange(options: ExchangeDestinationOptions): GatewayDestination {
    return new GatewayDestination(options.exchange, { exchange: { ...options } });
  }

  /** To an `InferenceBridge`, over its MQTT broker. It may answer to topics of the gateway from then on. */
  static bridge(route: BridgeRoute): GatewayDestination {
    return new GatewayDestination(route.name, { bridgeRoute: route });
  }

  /** To the model itself, through no broker. */
  static model(options: ModelCallOptions): GatewayDestination {
    return new GatewayDestination(new URL(sampleOf(options.model.url)).hostname, { direct: { ...options } });
  }

  /** What metrics and logs call a route that leads there, unless it has a name of its own. */
  readonly name: string;
  /** @internal */
  readonly _exchange: ExchangeWay | undefined;
  /** @internal */
  readonly _bridgeRoute: BridgeRoute | undefined;
  /** @internal */
  readonly _direct: ModelCallOptions | undefined;

  private constructor(name: string, { exchange, bridgeRoute, direct }: Ways) {
    this.name = name;
    this._exchange = exchange;
    this._bridgeRoute = bridgeRoute;
    this._direct = direct;
  }

  /**
   * Which routing keys the gateway has to be able to publish with. It lets requesters choose among these only: at one that is
   * not allowed RabbitMQ ends the channel, and with it what others have under way.
   *
   * @internal
   */
  _keys(): string[] {
    const { routingKey, routingKeys, bindingKeys } = this._exchange ?? {};
    if (routingKey === undefined) return routingKeys ?? ['#'];
    return sampleOf(routingKey) === routingKey ? [routingKey] : (bindingKeys ?? ['#']);
  }
}

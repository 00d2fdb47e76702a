import type { Duration } from 'cdk8s';
import type { GatewayConfigInput } from '../../../bridge/config/gateway';
import { GATEWAY_DEFAULTS } from '../../../bridge/config/gateway-defaults';
import { modelCallConfig, timeoutSeconds } from '../amqp/model-call';
import type { GatewayDestination } from './gateway-destination';

export type GatewayRouteConfig = GatewayConfigInput['gateway']['routes'][number];

/** What a body in JSON has to be. */
export enum JsonBody {
  OBJECT = 'object',
  ANY = 'any',
}

export interface GatewayRouteOptions {
  /** What metrics and logs call the route. @default - the destination's name */
  readonly name?: string;
  /** Where requests are posted to. Parts may have names: `/v1/models/{model}:predict`. @default '/v1/predict' */
  readonly path?: string;
  readonly destination: GatewayDestination;
  /** What the names in the path may be. @default - anything that a Kubernetes object may be called */
  readonly captures?: Record<string, string[]>;
  /** @default JsonBody.OBJECT */
  readonly json?: JsonBody;
  /** Others are refused with 415. @default - application/json */
  readonly contentTypes?: string[];
  /** For a request in all. @default - the model's time, and 5 s for the way */
  readonly timeout?: Duration;
}

/** A path of a gateway, and where its requests go. */
export class GatewayRoute {
  readonly name: string;
  readonly path: string;
  readonly destination: GatewayDestination;
  readonly #options: GatewayRouteOptions;

  /** @internal use `gateway.addRoute(..)` */
  constructor(options: GatewayRouteOptions) {
    this.destination = options.destination;
    this.name = options.name ?? options.destination.name;
    this.path = options.path ?? '/v1/predict';
    this.#options = { ...options };
  }

  /** What the route says itself of how long it waits. @internal */
  _ownSeconds(): number | undefined {
    const { timeout } = this.#options;
    return timeout && timeout.toMilliseconds() / 1_000;
  }

  /** What requests may take. @param modelSeconds of the model @internal */
  _seconds(modelSeconds: number): number {
    return this._ownSeconds() ?? modelSeconds + GATEWAY_DEFAULTS.marginSeconds;
  }

  /**
   * What the route says itself of its model, or its destination knows; nothing for an exchange that tells nothing.
   *
   * @internal
   */
  _modelSeconds(): number | undefined {
    const { _exchange, _bridgeRoute, _direct } = this.destination;
    if (_direct) return timeoutSeconds(`route ${this.name}`, _direct);
    if (_bridgeRoute) return _bridgeRoute.timeout.toMilliseconds() / 1_000;
    const { route, modelTimeout } = _exchange ?? {};
    return route?.timeoutSeconds ?? (modelTimeout && modelTimeout.toMilliseconds() / 1_000);
  }

  /** @internal */
  _config(modelSeconds: number): GatewayRouteConfig {
    const { captures, json, contentTypes } = this.#options;
    return {
      name: this.name,
      path: this.path,
      captures,
      json,
      contentTypes: contentTypes && [...contentTypes],
      timeoutSeconds: this._ownSeconds(),
      ...this.#way(modelSeconds),
    };
  }

  #way(modelTimeoutSeconds: number): Pick<GatewayRouteConfig, 'amqp' | 'mqtt' | 'direct'> {
    const { _exchange, _bridgeRoute, _direct } = this.destination;
    if (_exchange) {
      const { exchange, routingKey, routingKeys } = _exchange;
      return { amqp: { exchange, routingKey, routingKeys: routingKeys && [...routingKeys], modelTimeoutSeconds } };
    }
    if (_bridgeRoute) return { mqtt: { requestTopic: _bridgeRoute.requestTopic, modelTimeoutSeconds } };
    if (!_direct) return {};
    const { body, ...call } = modelCallConfig(_direct, modelTimeoutSeconds);
    return { direct: { ...call, reply: { body } } };
  }
}

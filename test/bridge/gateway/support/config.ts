import { type GatewayConfig, type GatewayConfigInput, parseGatewayConfig } from '../../../../bridge/config/gateway';
import type { GatewayRouteConfig } from '../../../../bridge/config/gateway-route';

type GatewayInput = GatewayConfigInput['gateway'];
export type RouteInput = GatewayInput['routes'][number];

/** System B's own route: the exchange that it publishes to, and the routing key that each request names. */
export function throughRabbitMq(changes: Partial<RouteInput> = {}): RouteInput {
  return { name: 'predict', path: '/v1/predict', amqp: { exchange: 'ML.MQ' }, ...changes };
}

/** A route to a model of KServe. */
export function toModel(changes: Partial<RouteInput> = {}): RouteInput {
  const model = { url: 'http://iris.example/v1/models/iris:predict' };
  return { name: 'iris', path: '/v1/models/iris:predict', direct: { model }, ...changes };
}

/** The shortest configuration there is, and what a test wants to be different. */
export function gatewayInput(
  { routes = [throughRabbitMq()], ...gateway }: Partial<GatewayInput> = {},
  changes: Partial<GatewayConfigInput> = {},
): GatewayConfigInput {
  const amqp = { url: 'amqp://rabbitmq.example', username: 'gateway', passwordFile: '/run/password' };
  const broker = { url: 'mqtt://broker.example', clientId: 'gateway-{hostname}' };
  return {
    gateway: { routes, ...gateway },
    ...(routes.some((route) => route.amqp) && { amqp }),
    ...(routes.some((route) => route.mqtt) && { broker }),
    ...changes,
  };
}

export function gatewayConfig(changes?: Partial<GatewayInput>): GatewayConfig {
  return parseGatewayConfig(gatewayInput(changes));
}

export function routeConfig(route: RouteInput): GatewayRouteConfig {
  return gatewayConfig({ routes: [route] }).gateway.routes[0] as GatewayRouteConfig;
}

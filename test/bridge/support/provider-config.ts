import {
  type AmqpRouteConfig,
  type ProviderConfig,
  type ProviderConfigInput,
  parseProviderConfig,
} from '../../../bridge/config';

type RouteInput = ProviderConfigInput['routes'][number];
export type AmqpRouteChanges = Partial<Omit<RouteInput, 'queue' | 'model'>> & {
  readonly queue?: Partial<RouteInput['queue']>;
  readonly model?: Partial<RouteInput['model']>;
};

/** The shortest route of a provider, and what a test wants to be different. */
export function amqpRouteInput({ queue, model, ...changes }: AmqpRouteChanges = {}): RouteInput {
  return {
    name: 'fib',
    ...changes,
    queue: { name: 'fib', exchange: 'ML.MQ', bindingKeys: ['predict.*'], ...queue },
    model: { url: 'http://mlx.example:8080/predict', ...model },
  };
}

/** The shortest configuration of a provider, and what a test wants to be different. */
export function providerInput(changes: Partial<ProviderConfigInput> = {}): ProviderConfigInput {
  return {
    amqp: { url: 'amqp://rabbitmq.example', username: 'provider', passwordFile: '/secrets/password' },
    routes: [amqpRouteInput()],
    ...changes,
  };
}

export function providerConfig(changes?: Partial<ProviderConfigInput>): ProviderConfig {
  return parseProviderConfig(providerInput(changes));
}

export function amqpRouteConfig(changes?: AmqpRouteChanges): AmqpRouteConfig {
  return providerConfig({ routes: [amqpRouteInput(changes)] }).routes[0] as AmqpRouteConfig;
}

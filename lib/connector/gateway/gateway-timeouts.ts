import type { IConstruct } from 'constructs';
import { AMQP_DEFAULTS } from '../../../bridge/config/amqp-defaults';
import { BindingPattern, bindingKeysOverlap } from '../../../bridge/config/amqp-names';
import { GATEWAY_DEFAULTS } from '../../../bridge/config/gateway-defaults';
import type { Problem } from '../../errors';
import { ProviderDeployment } from '../provider/provider-deployment';
import type { ProviderRoute } from '../provider/provider-route';
import type { GatewayDestination } from './gateway-destination';
import type { GatewayRoute } from './gateway-route';

type Broker = ProviderDeployment['broker'];

/** The providers of the app that take requests from a broker. */
export function providersAt({ node }: IConstruct, broker: Broker | undefined): ProviderDeployment[] {
  const providers = node.root.node.findAll().filter(ProviderDeployment.isProviderDeployment);
  return providers.filter((provider) => provider.broker === broker);
}

/** What the slowest model has that a route's requests may reach. */
export function modelSeconds(route: GatewayRoute, providers: readonly ProviderDeployment[]): number {
  return (
    route._modelSeconds() ?? slowest(route.destination, providers)?.timeoutSeconds ?? AMQP_DEFAULTS.modelTimeoutSeconds
  );
}

/** A gateway that gives up before the provider does tells a requester that there is no answer, and then there is one. */
export function timeoutProblem(route: GatewayRoute, providers: readonly ProviderDeployment[]): Problem | undefined {
  const slow = slowest(route.destination, providers);
  const told = route._modelSeconds();
  if (slow && told !== undefined && told < slow.timeoutSeconds) {
    return {
      at: `modelTimeout of the destination of route ${route.name}`,
      value: `${told} s`,
      rule: `provider route ${slow.name} gives its model ${slow.timeoutSeconds} s`,
      fix: 'Raise it, leave it out, or lower the timeout of the provider',
    };
  }
  const own = route._ownSeconds();
  const model = modelSeconds(route, providers);
  const least = model + GATEWAY_DEFAULTS.marginSeconds;
  if (own === undefined || own >= least) return undefined;
  return {
    at: `timeout of route ${route.name}`,
    value: `${own} s`,
    rule: `the model has ${model} s${slow ? `, by provider route ${slow.name}` : ''}, and ${GATEWAY_DEFAULTS.marginSeconds} s are for the way`,
    fix: `Raise it to ${least} s, or lower the model's`,
  };
}

/** The provider route that gets the requests; where several may, the one whose model has the most time. */
function slowest(destination: GatewayDestination, providers: readonly ProviderDeployment[]): ProviderRoute | undefined {
  const { _exchange: way } = destination;
  if (!way || way.route) return way?.route;
  const reached = providers
    .flatMap(({ routes }) => routes)
    .filter(({ queue }) => queue.exchange === way.exchange && overlap(queue.bindingKeys, destination._keys()));
  return reached.sort((a, b) => b.timeoutSeconds - a.timeoutSeconds)[0];
}

function overlap(bindingKeys: string[], keys: string[]): boolean {
  return bindingKeys.some((key) => keys.some((other) => bindingKeysOverlap(new BindingPattern(key).key, other)));
}

import { EdgeError } from '../../errors';
import { dnsLabelProblem } from '../../naming/kubernetes-names';
import type { ResolvedRoute } from '../resolve-route';
import type { BridgeRouteOptions, RouteOptions } from '../route-options';
import { uriTopicProblem } from './uris';

/** What a bridge alone can do for a route. A route of a bridge is one of Camel too, as far as types go. */
const OF_BRIDGES: Record<keyof Omit<BridgeRouteOptions, keyof RouteOptions>, true> = {
  ordering: true,
  retained: true,
  requestQos: true,
  replyQos: true,
  request: true,
  replyBody: true,
  replyUserProperties: true,
  batch: true,
  retry: true,
  breaker: true,
  headers: true,
  maxReplyBytes: true,
};

/** A route that is there already. */
export interface NamedRoute {
  readonly name: string;
  readonly objectName: string;
}

/**
 * What the object of a route is called, and with it the Deployment that Camel K makes of it.
 *
 * @throws EdgeError EDGE_ERR_NAME when Kubernetes would not take it; EDGE_ERR_DUPLICATE when another route has it
 */
export function objectNameOf(connector: string, { name }: ResolvedRoute, others: readonly NamedRoute[]): string {
  const value = `${connector}-${name.replaceAll('/', '-')}`;
  const at = `the name of the object for route ${name}`;
  const fix = "Set the route's name";
  const rule = dnsLabelProblem(value);
  if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value, rule, fix });
  const other = others.find(({ objectName, name: otherName }) => objectName === value && otherName !== name);
  if (other) throw new EdgeError('EDGE_ERR_DUPLICATE', { at, value, rule: `route ${other.name} has it`, fix });
  return value;
}

/**
 * Refuses options that Camel would pass over.
 *
 * @throws EdgeError EDGE_ERR_ROUTE_OPTIONS
 */
export function checkCamelOptions(options: RouteOptions, name: string): void {
  const given = options as unknown as Record<string, unknown>;
  const option = Object.keys(OF_BRIDGES).find((option) => given[option] !== undefined);
  if (option === undefined) return;
  throw new EdgeError('EDGE_ERR_ROUTE_OPTIONS', {
    at: `an option of route ${name}`,
    value: option,
    rule: 'Camel hands requests and answers on as they are, one at a time',
    fix: 'Leave it out, or use an InferenceBridge',
  });
}

/**
 * Refuses what a bridge does for a route and Camel does not.
 *
 * @throws EdgeError EDGE_ERR_VALUE, EDGE_ERR_ROUTE_MODEL or EDGE_ERR_ROUTE_TOPIC
 */
export function checkCamelRoute({ name, concurrency, ...route }: ResolvedRoute): void {
  if (concurrency !== undefined && concurrency !== 1) {
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: `concurrency of route ${name}`,
      value: concurrency,
      rule: 'Camel answers one request before it takes the next',
      fix: 'Leave it out, or use an InferenceBridge',
    });
  }
  const { requestTopic, replyTopic, deadLetterTopic, model } = route;
  if (model.speaksGrpc) {
    throw new EdgeError('EDGE_ERR_ROUTE_MODEL', {
      at: `the model of route ${name}`,
      value: `${model.namespace}/${model.name}`,
      rule: 'it is asked by gRPC, and Camel asks by HTTP',
      fix: 'Leave grpcPort out of the model, or use an InferenceBridge',
    });
  }
  for (const [at, topic] of Object.entries({ requestTopic, replyTopic, deadLetterTopic })) {
    const rule = uriTopicProblem(topic);
    if (!rule) continue;
    const fix = 'Rename the topic, or use an InferenceBridge';
    throw new EdgeError('EDGE_ERR_ROUTE_TOPIC', { at: `${at} of route ${name}`, value: topic, rule, fix });
  }
}

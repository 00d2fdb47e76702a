import type { IConstruct } from 'constructs';
import type { RouteConflictFinder, RouteTopics } from '../../bridge/config/route-conflicts';
import type { IMqttBroker } from '../broker/mqtt-broker';
import type { RouteDemands } from '../broker/route-registry';
import { EdgeError } from '../errors';

/**
 * Holds a route against the others of its connector, and of all connectors of its broker.
 *
 * @param demands what the broker has to be able to do for it
 * @throws EdgeError EDGE_ERR_ROUTE_CONFLICT; EDGE_ERR_BROKER_FEATURE or EDGE_ERR_TIMEOUT for what the broker cannot do
 */
export function admitRoute(
  connector: IConstruct,
  broker: IMqttBroker,
  conflicts: RouteConflictFinder,
  route: RouteTopics,
  demands: RouteDemands = {},
): void {
  const [conflict] = conflicts.add(route);
  if (conflict) {
    throw new EdgeError('EDGE_ERR_ROUTE_CONFLICT', {
      at: `a route of ${connector.node.path}`,
      value: route.name,
      rule: conflict.message,
      fix: "Set the route's name, requestTopic, replyTopic or deadLetterTopic",
    });
  }
  broker._addRoute({
    bridge: connector.node.path,
    ...demands,
    name: route.name,
    requestTopic: route.requestTopic,
    publishes: [route.replyTopic, ...route.allowedResponseTopics, route.deadLetterTopic],
  });
}

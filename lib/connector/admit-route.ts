import type { IConstruct } from 'constructs';
import type { RouteConflictFinder, RouteTopics } from '../../bridge/config/route-conflicts';
import type { Mosquitto } from '../broker/mosquitto';
import { EdgeError } from '../errors';

/**
 * Holds a route against the others of its connector, and of all connectors of its broker.
 *
 * @throws EdgeError EDGE_ERR_ROUTE_CONFLICT
 */
export function admitRoute(
  connector: IConstruct,
  broker: Mosquitto,
  conflicts: RouteConflictFinder,
  route: RouteTopics,
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
    name: route.name,
    requestTopic: route.requestTopic,
    publishes: [route.replyTopic, ...route.allowedResponseTopics, route.deadLetterTopic],
  });
}

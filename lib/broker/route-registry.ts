import { TopicTree } from '../../bridge/config/topic-tree';
import { EdgeError } from '../errors';

/** What a broker has to be able to do for a route. */
export interface RouteDemands {
  /** How long its bridge waits for the model. */
  readonly timeoutSeconds?: number;
  /** The highest quality of service. */
  readonly qos?: number;
  /** Whether retained messages are requests too. */
  readonly retained?: boolean;
}

/** What the routes of all bridges of one broker take and publish. */
export interface RegisteredRoute extends RouteDemands {
  readonly bridge: string;
  readonly name: string;
  readonly requestTopic: string;
  /** Topics and topic filters. */
  readonly publishes: string[];
}

/** Sees to it that the bridges of one broker do not get in each other's way. */
export class RouteRegistry {
  readonly #routes = new TopicTree<RegisteredRoute>();

  /** @throws EdgeError EDGE_ERR_ROUTE_CONFLICT */
  add(route: RegisteredRoute): void {
    this.#refuseSharedRequests(route);
    this.#routes.add(route.requestTopic, route);
    this.#refuseCircle(route);
  }

  #refuseSharedRequests({ bridge, requestTopic }: RegisteredRoute): void {
    const other = this.#routes.overlapping(requestTopic).find((route) => route.bridge !== bridge);
    if (!other) return;
    throw new EdgeError('EDGE_ERR_ROUTE_CONFLICT', {
      at: `the request topic of a route of ${bridge}`,
      value: requestTopic,
      rule: `bridge ${other.bridge} takes requests from it already, and every request would be answered twice`,
      fix: 'Give one of the routes another requestTopic',
    });
  }

  /** One model may ask the next, but none the first again: a single request would go round for ever. */
  #refuseCircle(start: RegisteredRoute): void {
    const after = ({ publishes }: RegisteredRoute) => publishes.flatMap((filter) => this.#routes.overlapping(filter));
    const seen = new Set<RegisteredRoute>();
    const pending = after(start);
    for (let next = pending.pop(); next; next = pending.pop()) {
      if (next === start) {
        throw new EdgeError('EDGE_ERR_ROUTE_CONFLICT', {
          at: `a route of ${start.bridge}`,
          value: start.name,
          rule: `what it publishes comes back to its request topic "${start.requestTopic}" through routes of other bridges`,
          fix: 'Break the circle with another requestTopic or replyTopic',
        });
      }
      if (seen.has(next)) continue;
      seen.add(next);
      pending.push(...after(next));
    }
  }
}

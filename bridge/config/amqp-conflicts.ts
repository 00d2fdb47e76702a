import { isDeepStrictEqual } from 'node:util';
import { BindingPattern, bindingKeysOverlap, globMatches, keyMatches } from './amqp-names';
import { routeQueues, type TopologyRoute } from './amqp-topology';

/** A route, as far as routes can get in each other's way. */
export interface AmqpRouteQueues extends TopologyRoute {
  readonly name: string;
  readonly reply: {
    readonly queue?: string | undefined;
    readonly exchange?: string | undefined;
    readonly routingKey?: string | undefined;
    readonly allowedReplyTo: readonly string[];
  };
}

/** Routes that would take each other's requests, declare one queue in two ways, or take an answer for a request. */
export function findAmqpConflicts(routes: readonly AmqpRouteQueues[]): string[] {
  return [...repeatedNames(routes), ...sharedRequests(routes), ...sharedQueues(routes), ...loops(routes)];
}

function repeatedNames(routes: readonly AmqpRouteQueues[]): string[] {
  const names = routes.map(({ name }) => name);
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map(
    (name) => `two routes are named "${name}", but metrics and logs tell routes apart by name. Rename one`,
  );
}

/** A topic exchange puts a copy of a message into every queue that wants it. */
function sharedRequests(routes: readonly AmqpRouteQueues[]): string[] {
  return pairs(routes).flatMap(([one, other]) => {
    if (one.queue.exchange !== other.queue.exchange || one.queue.name === other.queue.name) return [];
    const keys = pairsOf(keysOf(one), keysOf(other)).find(([a, b]) => bindingKeysOverlap(a, b));
    if (!keys) return [];
    const shared = keys[0] === keys[1] ? keys[0] : keys.join('" and "');
    return [
      `routes "${one.name}" and "${other.name}" both take requests with "${shared}" from "${one.queue.exchange}", but one message has one answer. Give each route its own binding keys`,
    ];
  });
}

/** Only answers of several routes may come together, in a queue that all of them declare alike. */
function sharedQueues(routes: readonly AmqpRouteQueues[]): string[] {
  const all = routes.flatMap((route) => routeQueues(route).map((queue) => ({ route: route.name, queue })));
  const twice = pairs(all).filter(([one, other]) => one.queue.name === other.queue.name);
  return twice.flatMap(([one, other]) => {
    const alike = one.queue.role === 'replies' && isDeepStrictEqual(one.queue, other.queue);
    if (alike) return [];
    const what =
      one.queue.role === other.queue.role
        ? `for ${one.queue.role}`
        : `for ${one.queue.role} and for ${other.queue.role}`;
    const who =
      one.route === other.route ? `route "${one.route}" uses` : `routes "${one.route}" and "${other.route}" use`;
    return [`${who} the queue "${one.queue.name}" ${what}. Give each a queue of its own`];
  });
}

/** A provider that consumes what it publishes asks the model with the model's own answer, for ever. */
function loops(routes: readonly AmqpRouteQueues[]): string[] {
  const own = routes.flatMap(routeQueues).filter(({ role }) => role !== 'replies');
  return routes.flatMap(({ name, reply }) => {
    const { exchange, routingKey = '', allowedReplyTo } = reply;
    const taker = routes.find(
      (route) => route.queue.exchange === exchange && keysOf(route).some((key) => keyMatches(key, routingKey)),
    );
    const intrusions = allowedReplyTo.flatMap((glob) => {
      const queue = own.find((queue) => globMatches(glob, queue.name));
      return queue ? [{ glob, queue }] : [];
    });
    return [
      ...(taker
        ? [
            `route "${name}" publishes answers to "${exchange}" with "${routingKey}", which route "${taker.name}" takes as requests. Answers and requests need different keys`,
          ]
        : []),
      ...intrusions.map(
        ({ glob, queue }) =>
          `route "${name}" allows requesters to be answered in "${glob}", which is also the queue "${queue.name}" for ${queue.role}. Allow less`,
      ),
    ];
  });
}

function keysOf({ queue }: TopologyRoute): string[] {
  return queue.bindingKeys.map((key) => new BindingPattern(key).key);
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((one, i) => items.slice(i + 1).map((other): [T, T] => [one, other]));
}

function pairsOf<A, B>(as: readonly A[], bs: readonly B[]): [A, B][] {
  return as.flatMap((a) => bs.map((b): [A, B] => [a, b]));
}

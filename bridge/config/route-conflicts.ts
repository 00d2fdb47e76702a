import { TopicTree } from './topic-tree';
import { filtersOverlap } from './topics';

/** The topics of a route, as far as routes can get in each other's way; all may be filters. */
export interface RouteTopics {
  readonly name: string;
  readonly requestTopic: string;
  readonly replyTopic: string;
  readonly deadLetterTopic: string;
  readonly allowedResponseTopics: string[];
}

export interface RouteConflict {
  readonly kind: 'same name' | 'same request topic' | 'same answer topic' | 'loop';
  readonly message: string;
}

/** The order in which conflicts are reported. */
const KINDS: RouteConflict['kind'][] = ['same name', 'same request topic', 'same answer topic', 'loop'];

/**
 * Routes that would steal each other's requests, or take an answer for a request.
 *
 * A bridge that consumes what it publishes calls the model with the model's own answer, for ever; the broker has no
 * means to notice.
 */
export function findRouteConflicts(routes: readonly RouteTopics[]): RouteConflict[] {
  const finder = new RouteConflictFinder();
  const conflicts = routes.flatMap((route) => finder.add(route));
  return conflicts.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

/** Finds the conflicts of each route with those before it, without looking at all of them. */
export class RouteConflictFinder {
  readonly #names = new Set<string>();
  readonly #requests = new TopicTree<RouteTopics>();
  /** Topics of replies and dead letters. */
  readonly #published = new TopicTree<RouteTopics>();
  readonly #allowed = new TopicTree<RouteTopics>();

  /** The conflicts that the route has with itself and with those that were added before. */
  add(route: RouteTopics): RouteConflict[] {
    const conflicts = [
      ...this.#repeated(route),
      ...deadLettersAmongReplies(route),
      ...[...this.#neighbours(route), route].flatMap((other) => mutual(route, other)),
    ];
    this.#names.add(route.name);
    this.#requests.add(route.requestTopic, route);
    for (const topic of [route.replyTopic, route.deadLetterTopic]) this.#published.add(topic, route);
    for (const filter of route.allowedResponseTopics) this.#allowed.add(filter, route);
    return conflicts;
  }

  #repeated({ name, requestTopic }: RouteTopics): RouteConflict[] {
    const conflicts: RouteConflict[] = [];
    if (this.#names.has(name)) {
      conflicts.push({
        kind: 'same name',
        message: `two routes are named "${name}", but metrics and logs tell routes apart by name. Rename one`,
      });
    }
    const owner = this.#requests
      .overlapping(requestTopic)
      .findLast((other) => filtersOverlap(other.requestTopic, requestTopic));
    if (owner) {
      const shared = owner.requestTopic === requestTopic ? requestTopic : `${owner.requestTopic}" and "${requestTopic}`;
      conflicts.push({
        kind: 'same request topic',
        message: `routes "${owner.name}" and "${name}" both take requests from "${shared}", but one message has one answer. Give each route its own request topic`,
      });
    }
    return conflicts;
  }

  /** The routes with a topic that may be in conflict with one of this route. */
  #neighbours({ requestTopic, replyTopic, deadLetterTopic, allowedResponseTopics }: RouteTopics): Set<RouteTopics> {
    const published = [replyTopic, deadLetterTopic];
    return new Set([
      ...[...published, ...allowedResponseTopics].flatMap((filter) => this.#requests.overlapping(filter)),
      ...[requestTopic, ...allowedResponseTopics].flatMap((filter) => this.#published.overlapping(filter)),
      ...[requestTopic, ...published].flatMap((topic) => this.#allowed.overlapping(topic)),
    ]);
  }
}

function mutual(route: RouteTopics, other: RouteTopics): RouteConflict[] {
  if (route === other) return [...intrusion(route, route), ...loop(route, route)];
  return [...intrusion(route, other), ...intrusion(other, route), ...loop(route, other), ...loop(other, route)];
}

function deadLettersAmongReplies({ name, replyTopic, deadLetterTopic }: RouteTopics): RouteConflict[] {
  if (replyTopic !== deadLetterTopic) return [];
  const message = `route "${name}" publishes replies and dead letters to "${replyTopic}", but dead letters hold other clients' requests. Give them a topic of their own`;
  return [{ kind: 'same answer topic', message }];
}

/** What `other` publishes to a topic on which a single client of `route` may be waiting. */
function intrusion(route: RouteTopics, other: RouteTopics): RouteConflict[] {
  const published = route === other ? [other.deadLetterTopic] : [other.replyTopic, other.deadLetterTopic];
  const topic = published.find((topic) => route.allowedResponseTopics.some((filter) => filtersOverlap(filter, topic)));
  if (topic === undefined) return [];
  const message = `route "${other.name}" publishes to "${topic}", which is among the response topics of route "${route.name}" and may be a client's own. Choose another topic`;
  return [{ kind: 'same answer topic', message }];
}

/** What `from` publishes to the request topic of `to`. */
function loop(from: RouteTopics, to: RouteTopics): RouteConflict[] {
  const published = [
    { what: 'its replies', filter: from.replyTopic },
    { what: 'its dead letters', filter: from.deadLetterTopic },
    ...from.allowedResponseTopics.map((filter) => ({ what: 'its allowed response topics', filter })),
  ];
  const hit = published.find(({ filter }) => filtersOverlap(filter, to.requestTopic));
  if (!hit) return [];
  const message = `route "${from.name}" publishes ${hit.what} to "${hit.filter}", which route "${to.name}" takes as requests ("${to.requestTopic}"). Answers and requests need different topics`;
  return [{ kind: 'loop', message }];
}

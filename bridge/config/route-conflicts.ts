import { filterMatches } from './topics';

/** The topics of a route, as far as routes can get in each other's way. */
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

/**
 * Routes that would steal each other's requests, or take an answer for a request.
 *
 * A bridge that consumes what it publishes calls the model with the model's own answer, for ever; the broker has no
 * means to notice.
 */
export function findRouteConflicts(routes: readonly RouteTopics[]): RouteConflict[] {
  return [...repeated(routes), ...mixed(routes), ...loops(routes)];
}

function repeated(routes: readonly RouteTopics[]): RouteConflict[] {
  const names = new Set<string>();
  const owners = new Map<string, string>();
  const conflicts: RouteConflict[] = [];
  for (const { name, requestTopic } of routes) {
    if (names.has(name)) {
      conflicts.push({
        kind: 'same name',
        message: `two routes are named "${name}", but metrics and logs tell routes apart by name. Rename one`,
      });
    }
    names.add(name);
    const owner = owners.get(requestTopic);
    if (owner !== undefined) {
      conflicts.push({
        kind: 'same request topic',
        message: `routes "${owner}" and "${name}" both take requests from "${requestTopic}", but one message has one answer. Give each route its own request topic`,
      });
    }
    owners.set(requestTopic, name);
  }
  return conflicts;
}

/** Clients would read what is meant for others. */
function mixed(routes: readonly RouteTopics[]): RouteConflict[] {
  return routes.flatMap((route) => [
    ...deadLettersAmongReplies(route),
    ...routes.flatMap((other) => intrusion(route, other)),
  ]);
}

function deadLettersAmongReplies({ name, replyTopic, deadLetterTopic }: RouteTopics): RouteConflict[] {
  if (replyTopic !== deadLetterTopic) return [];
  const message = `route "${name}" publishes replies and dead letters to "${replyTopic}", but dead letters hold other clients' requests. Give them a topic of their own`;
  return [{ kind: 'same answer topic', message }];
}

/** What `other` publishes to a topic on which a single client of `route` may be waiting. */
function intrusion(route: RouteTopics, other: RouteTopics): RouteConflict[] {
  const published = route === other ? [other.deadLetterTopic] : [other.replyTopic, other.deadLetterTopic];
  const topic = published.find((topic) => route.allowedResponseTopics.some((filter) => filterMatches(filter, topic)));
  if (topic === undefined) return [];
  const message = `route "${other.name}" publishes to "${topic}", which is among the response topics of route "${route.name}" and may be a client's own. Choose another topic`;
  return [{ kind: 'same answer topic', message }];
}

function loops(routes: readonly RouteTopics[]): RouteConflict[] {
  const conflicts: RouteConflict[] = [];
  for (const from of routes) {
    const published = [
      { what: 'its replies', filter: from.replyTopic },
      { what: 'its dead letters', filter: from.deadLetterTopic },
      ...from.allowedResponseTopics.map((filter) => ({ what: 'its allowed response topics', filter })),
    ];
    for (const to of routes) {
      const hit = published.find(({ filter }) => filterMatches(filter, to.requestTopic));
      if (!hit) continue;
      conflicts.push({
        kind: 'loop',
        message: `route "${from.name}" publishes ${hit.what} to "${hit.filter}", which route "${to.name}" takes as requests ("${to.requestTopic}"). Answers and requests need different topics`,
      });
    }
  }
  return conflicts;
}

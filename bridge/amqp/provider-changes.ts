import { isDeepStrictEqual } from 'node:util';
import type { AmqpRouteConfig } from '../config/amqp-route';
import type { ProviderConfig } from '../config/provider';
import { type ConfigChanges, configChanges } from '../operations/config-changes';

/** What a queue, or how it is consumed, is made of. */
const FIXED = ['queue', 'concurrency', 'retry', 'parking'] as const;

/** What another configuration means for a provider at work: everything about a route's queues stays as it is. */
export function providerChanges(before: ProviderConfig, after: ProviderConfig): ConfigChanges {
  const changes = configChanges(before, after);
  const earlier = new Map(before.routes.map((route) => [route.name, route]));
  const fixed = after.routes.flatMap((route) => fixedChanges(earlier.get(route.name), route));
  const others = [...changes.added, ...changes.removed].map((name) => `routes (${name})`);
  return { ...changes, needRestart: [...changes.needRestart, ...others, ...fixed] };
}

function fixedChanges(before: AmqpRouteConfig | undefined, after: AmqpRouteConfig): string[] {
  if (!before) return [];
  const changed = FIXED.filter((key) => !isDeepStrictEqual(before[key], after[key])).map(String);
  if (before.reply.queue !== after.reply.queue) changed.push('reply.queue');
  return changed.map((key) => `routes (${after.name}).${key}`);
}

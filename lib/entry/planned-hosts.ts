import type { IPublishedHosts } from '../naming/published-hosts';

/**
 * What to do about a host of a platform that came after its hosts were planned for, or nothing when it is none.
 *
 * @param planner the construct that planned for them
 */
export function plannedTooEarly(
  platforms: readonly IPublishedHosts[],
  host: string,
  planner: string,
): string | undefined {
  if (!platforms.some(({ hosts }) => hosts.includes(host))) return undefined;
  return `Create ${planner} after the models: this one was added when it had been made`;
}

import { EdgeError } from '../../errors';
import { dnsLabelProblem } from '../../naming/kubernetes-names';
import type { ResolvedRoute } from '../resolve-route';
import { uriTopicProblem } from './uris';

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
 * Refuses what a bridge does for a route and Camel does not.
 *
 * @throws EdgeError EDGE_ERR_VALUE or EDGE_ERR_ROUTE_TOPIC
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
  const { requestTopic, replyTopic, deadLetterTopic } = route;
  for (const [at, topic] of Object.entries({ requestTopic, replyTopic, deadLetterTopic })) {
    const rule = uriTopicProblem(topic);
    if (!rule) continue;
    const fix = 'Rename the topic, or use an InferenceBridge';
    throw new EdgeError('EDGE_ERR_ROUTE_TOPIC', { at: `${at} of route ${name}`, value: topic, rule, fix });
  }
}

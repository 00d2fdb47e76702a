import type { MqttClient } from 'mqtt';
import type { RouteConfig } from '../config';
import { filterOf } from '../config/topic-pattern';
import { LinkError } from '../operations/link-error';

/** The topic filter that a route subscribes to. */
export function subscriptionOf({ requestTopic, share }: RouteConfig): string {
  const filter = filterOf(requestTopic);
  return share === undefined ? filter : `$share/${share}/${filter}`;
}

/**
 * Asks the broker for the routes' requests. Subscribing again to what a resumed session already has is harmless.
 *
 * @throws LinkError with the refused topics, as far as the broker says so (Mosquitto grants every subscription and
 * filters at delivery)
 */
export async function subscribe(client: MqttClient, routes: readonly RouteConfig[]): Promise<void> {
  // rh 2: no retained messages. A retained request would be answered again at every new session; with 1 it is.
  const topics = Object.fromEntries(
    routes.map((route) => [
      subscriptionOf(route),
      { qos: route.qos, rh: route.retained === 'process' ? 1 : 2 } as const,
    ]),
  );
  await client.subscribeAsync(topics).catch((error: Error & { packet?: { granted?: number[] } }) => {
    const granted = error.packet?.granted;
    const refused = Object.keys(topics).filter((_topic, i) => granted && (granted[i] ?? 0) >= 0x80);
    throw new LinkError(
      granted ? 'subscription' : 'closed',
      `no subscription to ${(refused.length > 0 ? refused : Object.keys(topics)).join(', ')}: ${error.message}`,
    );
  });
}

/**
 * Ends the routes' subscriptions, shared and not: a session may be from before the route was shared. What the broker has put
 * into the session already is still delivered.
 */
export async function unsubscribe(client: MqttClient, routes: readonly RouteConfig[]): Promise<void> {
  const filters = routes.flatMap((route) => [subscriptionOf(route), filterOf(route.requestTopic)]);
  await client.unsubscribeAsync([...new Set(filters)]);
}

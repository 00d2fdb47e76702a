import type { MqttClient } from 'mqtt';
import type { RouteConfig } from '../config';

/**
 * Asks the broker for the routes' requests. Subscribing again to what a resumed session already has is harmless.
 *
 * @throws Error with the refused topics, as far as the broker says so (Mosquitto grants every subscription and
 * filters at delivery)
 */
export async function subscribe(client: MqttClient, routes: readonly RouteConfig[]): Promise<void> {
  // rh 2: no retained messages. A retained request would be answered again at every new session.
  const topics = Object.fromEntries(routes.map(({ requestTopic, qos }) => [requestTopic, { qos, rh: 2 as const }]));
  await client.subscribeAsync(topics).catch((error: Error & { packet?: { granted?: number[] } }) => {
    const granted = error.packet?.granted;
    const refused = Object.keys(topics).filter((_topic, i) => granted && (granted[i] ?? 0) >= 0x80);
    throw new Error(
      `no subscription to ${(refused.length > 0 ? refused : Object.keys(topics)).join(', ')}: ${error.message}`,
    );
  });
}

import type { MqttClient } from 'mqtt';

/**
 * Listens to what a broker tells of the messages it has dropped, which it does without telling the publisher.
 *
 * With QoS 0, and on a connection that takes no requests: it costs no request its place in the window, and a broker that
 * has no such topic, or does not allow it, is none the worse.
 *
 * @param heard told the number of messages since the broker's start
 */
export function followDropped(client: MqttClient, topic: string | undefined, heard: (total: number) => void): void {
  if (topic === undefined) return;
  client.on('message', (name, payload) => {
    const text = payload.toString();
    if (name === topic && /^\d{1,15}$/.test(text)) heard(Number(text));
  });
  client.subscribe(topic, { qos: 0 }, () => undefined);
}

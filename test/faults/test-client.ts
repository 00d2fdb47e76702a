import type { Socket } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';

const SESSION_SECONDS = 3_600;

/** The harness at the broker, where the broker asks who it is. */
export const HARNESS = { username: 'harness', password: 'harness' } as const;

/** An MQTT 5 client of the harness: its session outlives its connections, and it comes back by itself. */
export async function connectTestClient(port: number, clientId: string): Promise<MqttClient> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    ...HARNESS,
    clientId,
    clean: false,
    protocolVersion: 5,
    properties: { sessionExpiryInterval: SESSION_SECONDS },
    reconnectPeriod: 100,
  });
  const noDelay = () => (client.stream as Socket).setNoDelay(true);
  noDelay();
  client.on('connect', noDelay);
  // A broker that is away for a moment is part of the plan.
  client.on('error', () => undefined);
  return client;
}

/** Resolves when the client is connected, be it now or later. */
export async function connected(client: MqttClient): Promise<void> {
  if (client.connected) return;
  await new Promise<void>((resolve) => {
    client.once('connect', () => resolve());
  });
}

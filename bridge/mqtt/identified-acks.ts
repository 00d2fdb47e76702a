import type { MqttClient, Packet } from 'mqtt';

type SendPacket = (packet: Packet, done?: () => void, ...rest: unknown[]) => void;

const ACKS = new Set(['puback', 'pubrec', 'pubrel', 'pubcomp']);

/**
 * Ends a connection on which the broker leaves a packet's identifier out.
 *
 * MQTT.js reads -1 in its place, and throws when it answers; nobody could catch that, and it would end the process.
 */
export function endUnidentified(client: MqttClient): MqttClient {
  const internals = client as unknown as { _sendPacket: SendPacket };
  const send = internals._sendPacket.bind(client);
  internals._sendPacket = (packet, done, ...rest) => {
    if (!ACKS.has(packet.cmd) || (packet.messageId ?? 0) > 0) {
      send(packet, done, ...rest);
      return;
    }
    client.stream.destroy(new Error('the broker sent a packet without its identifier'));
    done?.();
  };
  return client;
}

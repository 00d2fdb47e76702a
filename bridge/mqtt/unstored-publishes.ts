import { type MqttClient, type Packet, Store } from 'mqtt';

type SendPacket = (packet: Packet, done?: () => void, stored?: () => void, unstored?: boolean) => void;

/** Keeps nothing, and says of everything that it was kept. */
export class NoStore extends Store {
  override put(_packet: Packet, done: () => void): this {
    done();
    return this;
  }

  override del(packet: Pick<Packet, 'messageId'>, done: (error?: Error, packet?: Packet) => void): this {
    done(undefined, packet as Packet);
    return this;
  }
}

/**
 * Has a client publish without a deep copy of every packet, which MQTT.js makes to send it again on its next connection.
 *
 * For a client that has no next connection, because whoever publishes does so again by himself. Its outgoing store has
 * to be one that misses nothing.
 */
export function publishUnstored(client: MqttClient): MqttClient {
  const internals = client as unknown as { _sendPacket: SendPacket };
  const send = internals._sendPacket.bind(client);
  internals._sendPacket = (packet, done, stored, unstored) =>
    send(packet, done, stored, unstored || packet.cmd === 'publish');
  return client;
}

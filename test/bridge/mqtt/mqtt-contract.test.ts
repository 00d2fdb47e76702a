import { once } from 'node:events';
import type { IPublishPacket, MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AckGate } from '../../../bridge/mqtt/ack-gate';
import { assertAcknowledgementHook, createRequestClient } from '../../../bridge/mqtt/client';
import { connectClient, eventOf, startBroker, type TestBroker } from '../support/broker';
import { brokerConfig } from '../support/config';

interface Internals {
  _sendPacket(packet: { cmd: string; messageId?: number }, ...rest: unknown[]): void;
}

/** What the gate relies on in the installed version of the package "mqtt", and in what a broker does. */
describe('the installed MQTT client', () => {
  let broker: TestBroker;
  let clients: MqttClient[];
  beforeEach(async () => {
    broker = await startBroker();
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) client.end(true);
    await broker.close();
  });

  const requestClient = () => createRequestClient(brokerConfig({ url: broker.url, protocolVersion: 4 }), 20);
  const connected = async (client: MqttClient) => {
    clients.push(client);
    client.connect();
    await eventOf(client, 'connect');
    return client;
  };
  const send = async (payload: string, qos: 1 | 2) => {
    const sender = await connectClient(broker.url);
    clients.push(sender);
    await sender.publishAsync('iris/input', payload, { qos });
  };
  const arrival = async (client: MqttClient): Promise<IPublishPacket> => {
    for (;;) {
      const [packet] = await eventOf(client, 'packetreceive');
      if ((packet as IPublishPacket).cmd === 'publish') return packet as IPublishPacket;
    }
  };

  it('has the hook', () => {
    expect(() => assertAcknowledgementHook(requestClient())).not.toThrow();
  });

  it.each([
    [1, 'puback'],
    [2, 'pubrec'],
  ] as const)('sends the answer to a QoS %i message through the hook', async (qos, cmd) => {
    const client = requestClient();
    const sent = new Promise<{ cmd: string; messageId?: number }>((resolve) => {
      const internals = client as unknown as Internals;
      const original = internals._sendPacket.bind(client);
      internals._sendPacket = (packet, ...rest) => {
        if (packet.cmd.startsWith('pub')) resolve(packet);
        original(packet, ...rest);
      };
    });
    await connected(client);
    await client.subscribeAsync('iris/input', { qos });

    const arrived = arrival(client);
    await send('1', qos);

    expect(await sent).toMatchObject({ cmd, messageId: (await arrived).messageId });
  });

  it.each([1, 2] as const)(
    'gets a QoS %i message again after a reconnect when the gate withheld the answer, and no more once it was given',
    async (qos) => {
      const works: PromiseWithResolvers<void>[] = [];
      const gate = new AckGate(
        () => {
          const work = Promise.withResolvers<void>();
          works.push(work);
          return work.promise;
        },
        { messages: 20, bytes: 1_000_000 },
        { adopted: () => undefined },
      );
      const guarded = async () => {
        const client = requestClient();
        gate.guard(client);
        const arrived = arrival(client);
        await connected(client);
        return { client, arrived };
      };

      const first = await guarded();
      await first.client.subscribeAsync('iris/input', { qos });
      await send('kept', qos);
      const delivered = await first.arrived;
      first.client.end(true);
      await eventOf(first.client, 'close');

      const second = await guarded();
      const again = await second.arrived;
      expect(again).toMatchObject({ messageId: delivered.messageId, qos });
      expect(String(again.payload)).toBe('kept');

      const acknowledged = once(broker.aedes, 'ack');
      for (const work of works) work.resolve();
      await acknowledged;
      second.client.end(true);
      await eventOf(second.client, 'close');
      await send('next', qos);
      const third = await guarded();
      expect(String((await third.arrived).payload)).toBe('next');
    },
  );
});

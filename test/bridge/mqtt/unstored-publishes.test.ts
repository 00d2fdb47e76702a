import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReplyClient } from '../../../bridge/mqtt/client';
import { eventOf, startBroker } from '../support/broker';
import { brokerConfig } from '../support/config';

describe('the client that publishes answers', () => {
  let broker: Awaited<ReturnType<typeof startBroker>>;
  beforeEach(async () => {
    broker = await startBroker();
  });
  afterEach(() => broker.close());

  async function connected() {
    const client = createReplyClient(brokerConfig({ url: broker.url, protocolVersion: 4 }));
    const connected = eventOf(client, 'connect');
    client.connect();
    await connected;
    return client;
  }

  it.each([0, 1, 2] as const)('hears what became of each publish with QoS %i', async (qos) => {
    const taken: string[] = [];
    broker.aedes.on('publish', ({ topic, payload }) => {
      if (topic === 'iris/output') taken.push(String(payload));
    });
    const client = await connected();

    await Promise.all(['1', '2', '3'].map((payload) => client.publishAsync('iris/output', payload, { qos })));
    await client.endAsync();

    expect(taken).toEqual(['1', '2', '3']);
  });

  it('makes no copy of what it publishes', async () => {
    const client = await connected();
    const stored = vi.spyOn(client.outgoingStore, 'put');

    await client.publishAsync('iris/output', '{}', { qos: 1 });
    await client.endAsync();

    expect(stored).not.toHaveBeenCalled();
  });

  it('uses message ids again when their publishes are answered', async () => {
    const client = await connected();
    const ids: (number | undefined)[] = [];
    client.on('packetsend', (packet) => {
      if (packet.cmd === 'publish') ids.push(packet.messageId);
    });

    // An id that is not given back is skipped when numbers begin again.
    Object.assign(client.messageIdProvider, { nextId: 65_535 });
    for (let i = 0; i < 3; i += 1) await client.publishAsync('iris/output', '{}', { qos: 1 });
    Object.assign(client.messageIdProvider, { nextId: 1 });
    await client.publishAsync('iris/output', '{}', { qos: 1 });
    await client.endAsync();

    expect(ids).toEqual([65_535, 1, 2, 1]);
  });
});

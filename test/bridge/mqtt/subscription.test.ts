import { afterEach, describe, expect, it, vi } from 'vitest';
import { subscribe } from '../../../bridge/mqtt/subscription';
import { connectClient, startBroker, type TestBroker } from '../support/broker';
import { routeConfig } from '../support/config';

describe('subscribe', () => {
  let broker: TestBroker | undefined;
  afterEach(async () => {
    await broker?.close();
    broker = undefined;
  });

  it('asks for each request topic with its QoS, and for no retained messages', async () => {
    const subscribeAsync = vi.fn(async () => []);
    const routes = [
      routeConfig({ qos: 2 }),
      routeConfig({ name: 'digits', requestTopic: 'digits/input', qos: 0, deadLetter: { topic: 'digits/dead' } }),
    ];

    await subscribe({ subscribeAsync } as never, routes);

    expect(subscribeAsync.mock.calls).toEqual([
      [{ 'iris/input': { qos: 2, rh: 2 }, 'digits/input': { qos: 0, rh: 2 } }],
    ]);
  });

  it('asks with + for levels that have names, with the group of a shared subscription, and for retained messages once', async () => {
    const subscribeAsync = vi.fn(async () => []);
    const route = routeConfig({ requestTopic: '{site}/input', share: 'bridges', retained: 'process' });

    await subscribe({ subscribeAsync } as never, [route]);

    expect(subscribeAsync.mock.calls).toEqual([[{ '$share/bridges/+/input': { qos: 1, rh: 1 } }]]);
  });

  it('fails when the broker refuses a topic, and names it', async () => {
    broker = await startBroker({
      authorizeSubscribe: (_client, subscription, callback) => {
        callback(null, subscription.topic === 'digits/input' ? null : subscription);
      },
    });
    const client = await connectClient(broker.url);
    const routes = [routeConfig(), routeConfig({ name: 'digits', requestTopic: 'digits/input' })];

    const subscribed = subscribe(client, routes);

    await expect(subscribed).rejects.toThrow('digits/input');
  });
});

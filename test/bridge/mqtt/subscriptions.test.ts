import { describe, expect, it, vi } from 'vitest';
import type { RouteConfig } from '../../../bridge/config';
import { Subscriptions } from '../../../bridge/mqtt/subscriptions';
import { routeConfig } from '../support/config';
import { isPending, settle } from '../support/deferred';
import { FakeClient } from '../support/fake-client';

const WATCHDOG_MS = 60_000;
const iris = routeConfig();
const digits = routeConfig({ name: 'digits', requestTopic: 'digits/input' });
const fish = routeConfig({ name: 'fish', requestTopic: 'fish/input' });

/** A client of a broker that answers by hand, or at once. */
class AskedClient extends FakeClient {
  readonly asked: string[] = [];
  readonly subscribeAsync = vi.fn(async (topics: Record<string, { qos: number }>) => {
    for (const [topic, { qos }] of Object.entries(topics)) this.asked.push(`+ ${topic} ${qos}`);
  });
  readonly unsubscribeAsync = vi.fn(async (topics: string[]) => {
    for (const topic of topics) this.asked.push(`- ${topic}`);
  });
}

async function connected(routes: readonly RouteConfig[]) {
  const subscriptions = new Subscriptions(routes, WATCHDOG_MS);
  const client = new AskedClient();
  client.open();
  await subscriptions.opened(client.client, false);
  client.asked.length = 0;
  return { subscriptions, client, asked: client.asked };
}

const refused = (...granted: number[]) =>
  Object.assign(new Error('Subscribe error: Not authorized'), { packet: { granted } });

describe('Subscriptions', () => {
  it('asks for the requests of all routes at each connection, one whose session is there included', async () => {
    const subscriptions = new Subscriptions([iris, digits], WATCHDOG_MS);
    const client = new AskedClient();

    await subscriptions.opened(client.client, true);

    expect(client.asked).toEqual(['+ iris/input 1', '+ digits/input 1']);
  });

  it('asks for routes that were changed while it asked for the ones before', async () => {
    const subscriptions = new Subscriptions([iris], WATCHDOG_MS);
    const client = new AskedClient();

    const opened = subscriptions.opened(client.client, true);
    await subscriptions.change([iris, digits]);
    await opened;

    expect(client.asked).toEqual(['+ iris/input 1', '+ iris/input 1', '+ digits/input 1']);
  });

  describe('when routes change', () => {
    it('asks for what is new, and nothing else', async () => {
      const { subscriptions, asked } = await connected([iris]);

      await subscriptions.change([iris, digits]);

      expect(asked).toEqual(['+ digits/input 1']);
    });

    it('asks the broker nothing when only models change', async () => {
      const { subscriptions, asked } = await connected([iris]);

      await subscriptions.change([routeConfig({ model: { timeoutSeconds: 300 } })]);

      expect(asked).toEqual([]);
    });

    it('ends a subscription only after the broker has accepted the new ones: between them nothing is lost', async () => {
      const { subscriptions, client, asked } = await connected([iris]);
      const answer = Promise.withResolvers<void>();
      client.subscribeAsync.mockReturnValueOnce(answer.promise);

      const changed = subscriptions.change([digits]);
      await settle();
      expect(asked).toEqual([]);

      answer.resolve();
      await changed;
      expect(asked).toEqual(['- iris/input']);
    });

    it('asks again where the quality of service is another', async () => {
      const { subscriptions, asked } = await connected([iris]);

      await subscriptions.change([routeConfig({ qos: 2 })]);

      expect(asked).toEqual(['+ iris/input 2']);
    });

    it('joins the new group before it leaves the old one', async () => {
      const { subscriptions, asked } = await connected([routeConfig({ share: 'a' })]);

      await subscriptions.change([routeConfig({ share: 'b' })]);
      await settle();

      expect(asked).toEqual(['+ $share/b/iris/input 1', '- $share/a/iris/input']);
    });

    it('takes it all back when the broker refuses', async () => {
      const { subscriptions, client, asked } = await connected([iris, digits]);
      client.subscribeAsync.mockRejectedValueOnce(refused(1, 135));

      const changed = subscriptions.change([routeConfig({ qos: 2 }), fish]);

      await expect(changed).rejects.toThrow('no subscription to fish/input');
      await settle();
      expect(asked).toEqual(['+ iris/input 1', '- fish/input']);
      expect(subscriptions.routes).toEqual([iris, digits]);
    });

    it('leaves it to the next connection when this one breaks meanwhile', async () => {
      const { subscriptions, client } = await connected([iris]);
      client.subscribeAsync.mockRejectedValueOnce(new Error('Connection closed'));

      await subscriptions.change([digits]);
      subscriptions.closed();
      const next = new AskedClient();
      await subscriptions.opened(next.client, true);

      expect(next.asked).toEqual(['+ digits/input 1', '- iris/input']);
    });

    it('leaves it to the next connection when there is none', async () => {
      const subscriptions = new Subscriptions([iris], WATCHDOG_MS);

      await subscriptions.change([digits]);
      const client = new AskedClient();
      await subscriptions.opened(client.client, true);

      expect(client.asked).toEqual(['+ digits/input 1', '- iris/input']);
    });

    it('ends the connection of a broker that never answers, so that another one is made', async () => {
      vi.useFakeTimers();
      const { subscriptions, client } = await connected([iris]);
      const destroy = vi.spyOn(client.stream, 'destroy');
      client.subscribeAsync.mockReturnValueOnce(new Promise(() => undefined));

      const changed = subscriptions.change([digits]);
      await vi.advanceTimersByTimeAsync(WATCHDOG_MS * 1.25);
      vi.useRealTimers();

      await changed;
      expect(destroy).toHaveBeenCalledTimes(1);
    });
  });

  describe('is settled', () => {
    it('with a connection, and nothing to end', async () => {
      const { subscriptions } = await connected([iris]);
      expect(subscriptions.settled).toBe(true);

      subscriptions.closed();
      expect(subscriptions.settled).toBe(false);
    });

    it('when the broker has ended the subscriptions of routes that are gone', async () => {
      const { subscriptions, client } = await connected([iris, digits]);
      const answer = Promise.withResolvers<void>();
      client.unsubscribeAsync.mockReturnValueOnce(answer.promise);

      await subscriptions.change([digits]);
      expect(subscriptions.settled).toBe(false);

      answer.resolve();
      await settle();
      expect(subscriptions.settled).toBe(true);
    });

    it('in a new session, in which nothing of routes that are gone can be', async () => {
      const subscriptions = new Subscriptions([iris], WATCHDOG_MS);
      await subscriptions.change([digits]);
      const client = new AskedClient();

      await subscriptions.opened(client.client, false);

      expect(client.asked).toEqual(['+ digits/input 1']);
      expect(subscriptions.settled).toBe(true);
    });

    it('only after a connection on which ending was not answered was followed by one on which it is', async () => {
      const { subscriptions, client } = await connected([iris, digits]);
      client.unsubscribeAsync.mockRejectedValueOnce(new Error('Connection closed'));
      await subscriptions.change([digits]);
      await settle();
      expect(subscriptions.settled).toBe(false);

      const next = new AskedClient();
      await subscriptions.opened(next.client, true);

      expect(next.asked).toEqual(['+ digits/input 1', '- iris/input']);
      expect(subscriptions.settled).toBe(true);
    });
  });

  it('waits for the end of old subscriptions of a connection, and not at a change', async () => {
    const { subscriptions, client } = await connected([iris, digits]);
    client.unsubscribeAsync.mockReturnValueOnce(new Promise(() => undefined));

    expect(await isPending(subscriptions.change([digits]))).toBe(false);
  });
});

import type { IConnackPacket } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message } from '../../../bridge/mqtt/message';
import { Publisher } from '../../../bridge/mqtt/publisher';
import { isPending } from '../support/deferred';
import { FakeClient, type Published } from '../support/fake-client';

vi.mock('node:timers/promises', () => import('../support/sleep.js'));

const LONGEST_RETRY_MS = 5_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function answerFor(topic = 'iris/output', changes: Partial<Message> = {}): Message {
  return { topic, payload: Buffer.from('{}'), options: { qos: 1 }, ...changes };
}

/** A publisher, and connections as a link gives and takes them. */
function publisherWithConnections() {
  const retried = vi.fn();
  const publisher = new Publisher(Number.POSITIVE_INFINITY, retried);
  const clients: FakeClient[] = [];
  const open = (properties?: IConnackPacket['properties']) => {
    const client = new FakeClient();
    clients.push(client);
    client.on('close', () => publisher.closed());
    client.open();
    publisher.opened(client.client, client.connack({ properties }));
    return client;
  };
  return { publisher, retried, open };
}

function only(published: Published[]): Published {
  expect(published).toHaveLength(1);
  return published[0] as Published;
}

async function soon(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

function refusedWith(code: number): Error {
  return Object.assign(new Error('Publish error'), { code });
}

describe('Publisher', () => {
  it('ends when the broker has taken the message', async () => {
    const { publisher, open } = publisherWithConnections();
    const client = open();
    const sent = answerFor('iris/output', { options: { qos: 2, properties: { contentType: 'application/json' } } });

    const published = publisher.publish(sent);
    expect(await isPending(published)).toBe(true);
    expect(only(client.published)).toMatchObject(sent);

    only(client.published).answer();
    await expect(published).resolves.toStrictEqual({ accepted: true });
  });

  it('waits for a connection', async () => {
    const { publisher, open, retried } = publisherWithConnections();
    const published = publisher.publish(answerFor());
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(await isPending(published)).toBe(true);

    const client = open();
    await soon();
    only(client.published).answer();

    await expect(published).resolves.toStrictEqual({ accepted: true });
    expect(retried).not.toHaveBeenCalled();
  });

  it('waits for a connection after one broke', async () => {
    const { publisher, open } = publisherWithConnections();
    open().lose();
    const published = publisher.publish(answerFor());
    expect(await isPending(published)).toBe(true);

    const client = open();
    await soon();
    only(client.published).answer();

    await expect(published).resolves.toStrictEqual({ accepted: true });
  });

  it('publishes again on the next connection what had no answer when one broke', async () => {
    const { publisher, open, retried } = publisherWithConnections();
    const first = open();
    const published = publisher.publish(answerFor());
    await soon();

    first.lose();
    await soon();
    expect(await isPending(published)).toBe(true);

    const second = open();
    await soon();
    only(second.published).answer();
    await expect(published).resolves.toStrictEqual({ accepted: true });
    expect(only(first.published).topic).toBe('iris/output');
    expect(retried).toHaveBeenCalledTimes(1);
  });

  it('publishes again over any number of broken connections', async () => {
    const { publisher, open, retried } = publisherWithConnections();
    const published = publisher.publish(answerFor());

    for (let i = 0; i < 5; i += 1) {
      const client = open();
      await soon();
      client.lose();
    }
    const last = open();
    await soon();
    only(last.published).answer();

    await expect(published).resolves.toStrictEqual({ accepted: true });
    expect(retried).toHaveBeenCalledTimes(5);
  });

  it('takes no notice of an answer that comes after the connection broke', async () => {
    const { publisher, open } = publisherWithConnections();
    const first = open();
    const published = publisher.publish(answerFor());
    await soon();
    first.lose();

    only(first.published).answer();

    expect(await isPending(published)).toBe(true);
  });

  it.each([
    [0x87, 'not authorized (reason code 135)'],
    [0x90, 'topic name invalid (reason code 144)'],
    [0x95, 'packet too large (reason code 149)'],
    [0x99, 'payload format invalid (reason code 153)'],
  ])('takes reason code %i for a final no', async (code, text) => {
    const { publisher, open, retried } = publisherWithConnections();
    const client = open();
    const published = publisher.publish(answerFor());
    await soon();

    only(client.published).answer(refusedWith(code));

    await expect(published).resolves.toStrictEqual({ accepted: false, why: 'refused', message: text });
    await vi.advanceTimersByTimeAsync(LONGEST_RETRY_MS);
    expect(client.published).toHaveLength(1);
    expect(retried).not.toHaveBeenCalled();
  });

  it.each([
    ['reason code 128, unspecified', refusedWith(0x80)],
    ['reason code 151, quota exceeded', refusedWith(0x97)],
    ['an error without a code', new Error('client disconnecting')],
  ])('tries again on the same connection after %s', async (_what, error) => {
    const { publisher, open, retried } = publisherWithConnections();
    const client = open();
    const published = publisher.publish(answerFor());
    await soon();
    only(client.published).answer(error);
    expect(await isPending(published)).toBe(true);

    await vi.advanceTimersByTimeAsync(LONGEST_RETRY_MS);
    expect(client.published).toHaveLength(2);
    client.published[1]?.answer();

    await expect(published).resolves.toStrictEqual({ accepted: true });
    expect(retried).toHaveBeenCalledTimes(1);
  });

  it('does not hammer a broker that keeps failing', async () => {
    const { publisher, open } = publisherWithConnections();
    const client = open();
    client.publish = (topic, payload, options, answer) => {
      client.published.push({ topic, payload, options, answer });
      answer(refusedWith(0x80));
    };

    void publisher.publish(answerFor());
    await vi.advanceTimersByTimeAsync(600_000);

    expect(client.published.length).toBeGreaterThan(600_000 / LONGEST_RETRY_MS / 2);
    expect(client.published.length).toBeLessThan(1_000);
  });

  it('does not send what is larger than it was told that the broker takes, also where the broker says nothing', async () => {
    const publisher = new Publisher(1_000, () => undefined);
    const client = new FakeClient().open();
    publisher.opened(client.client, client.connack());

    const result = await publisher.publish(answerFor('iris/output', { payload: Buffer.alloc(1_000) }));

    expect(result).toMatchObject({ accepted: false, why: 'too large' });
    expect(client.published).toEqual([]);
  });

  describe('a packet the broker would not take', () => {
    const properties = { maximumPacketSize: 1_000 };

    it('is refused without being sent, which would only break the connection', async () => {
      const { publisher, open } = publisherWithConnections();
      const client = open(properties);

      const result = await publisher.publish(answerFor('iris/output', { payload: Buffer.alloc(1_000) }));

      expect(result).toMatchObject({ accepted: false, why: 'too large' });
      expect(result).toHaveProperty(
        'message',
        expect.stringMatching(/^about 10\d\d bytes, but the broker takes 1000$/),
      );
      expect(client.published).toEqual([]);
    });

    it.each([
      ['topic', answerFor('t'.repeat(970))],
      ['correlation data', answerFor('t', { options: { properties: { correlationData: Buffer.alloc(970) } } })],
      ['user properties', answerFor('t', { options: { properties: { userProperties: { a: 'b'.repeat(970) } } } })],
      ['content type', answerFor('t', { options: { properties: { contentType: 'c'.repeat(970) } } })],
    ])('is told by its %s as well as by its payload', async (_what, large) => {
      const { publisher, open } = publisherWithConnections();
      open(properties);

      await expect(publisher.publish(large)).resolves.toMatchObject({ accepted: false, why: 'too large' });
    });

    it('is measured in bytes, not in characters', async () => {
      const { publisher, open } = publisherWithConnections();
      open(properties);

      await expect(publisher.publish(answerFor('ü'.repeat(490)))).resolves.toMatchObject({ why: 'too large' });
    });

    it('is told from one that is well within the limit', async () => {
      const { publisher, open } = publisherWithConnections();
      const client = open(properties);

      void publisher.publish(answerFor('iris/output', { payload: Buffer.alloc(900) }));
      await soon();

      expect(client.published).toHaveLength(1);
    });

    it('may be small enough for the next broker', async () => {
      const { publisher, open } = publisherWithConnections();
      const first = open();
      const published = publisher.publish(answerFor('iris/output', { payload: Buffer.alloc(2_000) }));
      await soon();
      first.lose();

      open(properties);

      await expect(published).resolves.toMatchObject({ accepted: false, why: 'too large' });
    });
  });

  describe("the broker's Receive Maximum", () => {
    it('bounds the publishes without an answer', async () => {
      const { publisher, open } = publisherWithConnections();
      const client = open({ receiveMaximum: 2 });

      for (const topic of ['a', 'b', 'c', 'd']) void publisher.publish(answerFor(topic));
      await soon();
      expect(client.published.map(({ topic }) => topic)).toEqual(['a', 'b']);

      client.published[0]?.answer();
      await soon();
      expect(client.published.map(({ topic }) => topic)).toEqual(['a', 'b', 'c']);
    });

    it('gives way after a refusal as after an acceptance', async () => {
      const { publisher, open } = publisherWithConnections();
      const client = open({ receiveMaximum: 1 });
      for (const topic of ['a', 'b']) void publisher.publish(answerFor(topic));
      await soon();

      client.published[0]?.answer(refusedWith(0x87));
      await soon();

      expect(client.published.map(({ topic }) => topic)).toEqual(['a', 'b']);
    });

    it('starts afresh with each connection, and nothing waiting is lost', async () => {
      const { publisher, open } = publisherWithConnections();
      const first = open({ receiveMaximum: 1 });
      const results = ['a', 'b', 'c'].map((topic) => publisher.publish(answerFor(topic)));
      await soon();
      first.lose();
      await soon();
      const second = open({ receiveMaximum: 2 });
      await soon();
      expect(second.published).toHaveLength(2);

      for (let i = 0; i < 3; i += 1) {
        second.published[i]?.answer();
        await soon();
      }

      expect(await Promise.all(results)).toEqual([{ accepted: true }, { accepted: true }, { accepted: true }]);
      expect(first.published.map(({ topic }) => topic)).toEqual(['a']);
      expect(second.published.map(({ topic }) => topic).sort()).toEqual(['a', 'b', 'c']);
    });
  });

  describe('a broker that says it takes nothing', () => {
    it.each([{ receiveMaximum: 0 }, { maximumPacketSize: 0 }])('is refused: %j', (properties) => {
      const { open } = publisherWithConnections();

      expect(() => open(properties)).toThrow('of 0, which MQTT does not allow');
    });
  });

  describe('a broker that says nothing', () => {
    it('loses the connection, and gets the message again on the next one', async () => {
      const { publisher, open } = publisherWithConnections();
      const first = open();
      const published = publisher.publish(answerFor());

      await vi.advanceTimersByTimeAsync(29_000);
      expect(first.ended).toBe(0);

      await vi.advanceTimersByTimeAsync(6_000);
      expect(first.ended).toBe(1);

      const second = open();
      await soon();
      only(second.published).answer();
      await expect(published).resolves.toStrictEqual({ accepted: true });
    });

    it('is not asked a fourth time: some brokers say nothing to what is too large for them', async () => {
      const { publisher, open } = publisherWithConnections();
      const published = publisher.publish(answerFor());

      for (let stall = 0; stall < 3; stall += 1) {
        open();
        await vi.advanceTimersByTimeAsync(36_000);
      }

      await expect(published).resolves.toMatchObject({ accepted: false, why: 'too large' });
    });

    it('is judged by the time that has passed, not by the time of day', async () => {
      const { publisher, open } = publisherWithConnections();
      const client = open();
      const published = publisher.publish(answerFor());

      vi.setSystemTime(Date.now() + 3_600_000);
      await vi.advanceTimersByTimeAsync(6_000);

      expect(client.ended).toBe(0);
      only(client.published).answer();
      await expect(published).resolves.toStrictEqual({ accepted: true });
    });

    it('is judged by the oldest message, not by the last', async () => {
      const { publisher, open } = publisherWithConnections();
      const client = open();
      void publisher.publish(answerFor('stalled'));
      for (let i = 0; i < 7; i += 1) {
        await vi.advanceTimersByTimeAsync(5_000);
        void publisher.publish(answerFor('answered'));
        await soon();
        client.published.at(-1)?.answer();
      }

      expect(client.ended).toBe(1);
    });

    it('is not one that answers slowly, or one that is asked nothing', async () => {
      const { publisher, open } = publisherWithConnections();
      const client = open();
      for (let i = 0; i < 5; i += 1) {
        const published = publisher.publish(answerFor());
        await vi.advanceTimersByTimeAsync(20_000);
        client.published[i]?.answer();
        await published;
      }

      await vi.advanceTimersByTimeAsync(120_000);

      expect(client.ended).toBe(0);
    });

    it('is watched no longer once its connection is closed', () => {
      const { open } = publisherWithConnections();

      open().lose();

      expect(vi.getTimerCount()).toBe(0);
    });
  });
});

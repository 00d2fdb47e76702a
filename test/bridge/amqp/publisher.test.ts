import { describe, expect, it, vi } from 'vitest';
import type { AmqpMessage } from '../../../bridge/amqp/confirm-channel';
import { AmqpPublisher } from '../../../bridge/amqp/publisher';
import { isPending, settle } from '../support/deferred';
import { FakeConnection } from '../support/fake-amqp';

vi.mock('node:timers/promises', () => import('../support/sleep.js'));

const message = (payload = '{}', exchange = ''): AmqpMessage => ({
  exchange,
  routingKey: 'answers',
  payload: Buffer.from(payload),
});

function open() {
  const retried = vi.fn();
  const publisher = new AmqpPublisher(60_000, retried);
  const fake = new FakeConnection();
  publisher.opened(fake.connection);
  /** What was published, on whatever channel, in its order. */
  const sent = () => fake.channels.flatMap((channel) => channel.sent);
  return { publisher, fake, retried, sent };
}

describe('AmqpPublisher', () => {
  it('waits for a connection', async () => {
    const publisher = new AmqpPublisher(60_000, () => undefined);
    const published = publisher.publish(message());
    expect(await isPending(published)).toBe(true);

    const fake = new FakeConnection();
    publisher.opened(fake.connection);
    await vi.waitFor(() => expect(fake.channels[0]?.sent).toHaveLength(1));
    fake.channels[0]?.sent[0]?.confirm();

    await expect(published).resolves.toEqual({ accepted: true });
  });

  it('publishes on one channel, however many messages begin at once', async () => {
    const { publisher, fake, sent } = open();

    const all = Promise.all([publisher.publish(message()), publisher.publish(message())]);
    await vi.waitFor(() => expect(sent()).toHaveLength(2));
    for (const { confirm } of sent()) confirm();

    await all;
    expect(fake.channels).toHaveLength(1);
  });

  it('publishes again what was without a confirmation when the connection broke', async () => {
    const { publisher, fake, retried } = open();
    const published = publisher.publish(message());
    await vi.waitFor(() => expect(fake.channels[0]?.sent).toHaveLength(1));

    fake.destroy(new Error('reset'));
    publisher.closed();
    const next = new FakeConnection();
    publisher.opened(next.connection);
    await vi.waitFor(() => expect(next.channels[0]?.sent).toHaveLength(1));
    next.channels[0]?.sent[0]?.confirm();

    await expect(published).resolves.toEqual({ accepted: true });
    expect(retried).toHaveBeenCalledTimes(1);
  });

  it('says at once that there is no queue, and does not ask again', async () => {
    const { publisher, fake, sent, retried } = open();
    const published = publisher.publish(message());
    await vi.waitFor(() => expect(sent()).toHaveLength(1));

    fake.channels[0]?.giveBack({ exchange: '', routingKey: 'answers' });
    sent()[0]?.confirm();

    await expect(published).resolves.toMatchObject({ accepted: false, why: 'unroutable' });
    expect(retried).not.toHaveBeenCalled();
  });

  it('asks a full queue a few times, and then no more', async () => {
    const { publisher, sent, retried } = open();
    const published = publisher.publish(message());
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await vi.waitFor(() => expect(sent()).toHaveLength(attempt + 1));
      sent()[attempt]?.fail('NACK', 'rejected');
    }

    await expect(published).resolves.toMatchObject({ accepted: false, why: 'refused' });
    expect(retried).toHaveBeenCalledTimes(4);
  });

  it('gives up the message whose exchange is gone, and publishes the others of its channel again', async () => {
    const { publisher, fake, sent } = open();
    const lost = publisher.publish(message('1', 'gone'));
    const other = publisher.publish(message('2', 'there'));
    await vi.waitFor(() => expect(sent()).toHaveLength(2));

    fake.channels[0]?.end('NOT_FOUND', "BasicPublish: NOT_FOUND - no exchange 'gone' in vhost '/'");
    await vi.waitFor(() => expect(sent()).toHaveLength(3));
    sent()[2]?.confirm();

    await expect(lost).resolves.toMatchObject({ accepted: false, why: 'refused' });
    await expect(other).resolves.toEqual({ accepted: true });
    expect(sent()[2]?.body.toString()).toBe('2');
  });

  it('learns how much the broker takes, and blames the message that is more', async () => {
    const { publisher, fake, sent } = open();
    const small = publisher.publish(message('1'));
    const large = publisher.publish(message('x'.repeat(101)));
    await vi.waitFor(() => expect(sent()).toHaveLength(2));

    const text = 'PRECONDITION_FAILED - message size 101 is larger than configured max size 100';
    fake.channels[0]?.end('PRECONDITION_FAILED', text);
    await vi.waitFor(() => expect(sent()).toHaveLength(3));
    sent()[2]?.confirm();

    await expect(large).resolves.toMatchObject({ accepted: false, why: 'too large' });
    await expect(small).resolves.toEqual({ accepted: true });
    await expect(publisher.publish(message('x'.repeat(101)))).resolves.toMatchObject({ why: 'too large' });
    expect(sent()).toHaveLength(3);
  });

  it('ends a connection on which the broker leaves a message without an answer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    try {
      const { publisher, fake } = open();
      const published = publisher.publish(message());
      await settle();

      fake.block('low on memory');
      vi.advanceTimersByTime(120_000);
      expect(fake.isOpen).toBe(true);
      fake.block(undefined);
      vi.advanceTimersByTime(6_000);

      expect(fake.isOpen).toBe(false);
      expect(await isPending(published)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

import type { AsyncMessage } from 'rabbitmq-client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Deliveries } from '../../../bridge/amqp/deliveries';
import { isPending, settle } from '../support/deferred';
import { delivery, FakeChannel } from '../support/fake-amqp';

function taking() {
  const handled: { message: AsyncMessage; done: () => void }[] = [];
  const adopted: AsyncMessage[] = [];
  const deliveries = new Deliveries(
    (message) => new Promise((done) => handled.push({ message, done })),
    (message) => adopted.push(message),
  );
  return { deliveries, handled, adopted };
}

describe('Deliveries', () => {
  it('acknowledges each request when its work is done, in whatever order', async () => {
    const { deliveries, handled } = taking();
    const channel = new FakeChannel();
    deliveries.take(delivery(1), channel.channel);
    deliveries.take(delivery(2), channel.channel);
    expect([deliveries.working, deliveries.unacknowledged]).toEqual([2, 2]);

    handled[1]?.done();
    await settle();

    expect(channel.acknowledged).toEqual([2]);
    expect([deliveries.working, deliveries.unacknowledged]).toEqual([1, 1]);
  });

  it('acknowledges half of what is held together, up to the first that is not done', async () => {
    const { deliveries, handled } = taking();
    const channel = new FakeChannel();
    for (let tag = 1; tag <= 32; tag += 1) deliveries.take(delivery(tag), channel.channel);

    for (let i = 1; i < 15; i += 1) handled[i]?.done();
    handled[20]?.done();
    await settle();
    expect([channel.acknowledgedUpTo, channel.acknowledged]).toEqual([[], []]);
    handled[0]?.done();
    await settle();

    expect([channel.acknowledgedUpTo, channel.acknowledged]).toEqual([[15], [21]]);
    expect(deliveries.unacknowledged).toBe(16);
  });

  it('lets what is done wait for others for a moment only', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { deliveries, handled } = taking();
    const channel = new FakeChannel();
    for (let tag = 1; tag <= 32; tag += 1) deliveries.take(delivery(tag), channel.channel);

    handled[0]?.done();
    await vi.advanceTimersByTimeAsync(1);

    expect(channel.acknowledged).toEqual([1]);
  });

  it('knows a request again that was done with when its channel ended, and not yet acknowledged', async () => {
    const { deliveries, handled } = taking();
    const [first, second] = [new FakeChannel(), new FakeChannel()];
    for (let tag = 1; tag <= 32; tag += 1) {
      deliveries.take(delivery(tag, { correlationId: `c-${tag}` }), first.channel);
    }
    handled[0]?.done();
    await Promise.resolve();
    await first.close();
    deliveries.lost(first.channel);

    deliveries.take(delivery(1, { correlationId: 'c-1', redelivered: true }), second.channel);
    await settle();

    expect(handled).toHaveLength(32);
    expect([first.acknowledged, second.acknowledged]).toEqual([[], [1]]);
  });

  it('acknowledges nothing on a channel that a request did not come on', async () => {
    const { deliveries, handled } = taking();
    const [first, second] = [new FakeChannel(), new FakeChannel()];
    deliveries.take(delivery(1), first.channel);
    await first.close();
    deliveries.lost(first.channel);
    deliveries.take(delivery(1, { correlationId: 'other' }), second.channel);

    handled[0]?.done();
    await settle();

    expect([first.acknowledged, second.acknowledged]).toEqual([[], []]);
  });

  it('knows a request again that comes on another channel, and acknowledges it there', async () => {
    const { deliveries, handled, adopted } = taking();
    const [first, second] = [new FakeChannel(), new FakeChannel()];
    deliveries.take(delivery(7, { correlationId: 'c-1' }), first.channel);
    await first.close();
    deliveries.lost(first.channel);

    deliveries.take(delivery(1, { correlationId: 'c-1', redelivered: true }), second.channel);
    handled[0]?.done();
    await settle();

    expect(handled).toHaveLength(1);
    expect(adopted).toHaveLength(1);
    expect(second.acknowledged).toEqual([1]);
  });

  it('acknowledges at once a request that was done with before it came again', async () => {
    const { deliveries, handled } = taking();
    const [first, second] = [new FakeChannel(), new FakeChannel()];
    deliveries.take(delivery(7, { correlationId: 'c-1' }), first.channel);
    await first.close();
    deliveries.lost(first.channel);
    handled[0]?.done();
    await settle();

    deliveries.take(delivery(1, { correlationId: 'c-1', redelivered: true }), second.channel);
    await settle();

    expect(handled).toHaveLength(1);
    expect(second.acknowledged).toEqual([1]);
  });

  it.each([
    ['that is not marked as delivered before', { correlationId: 'c-1', redelivered: false }],
    ['with another body', { correlationId: 'c-1', redelivered: true, body: Buffer.from('2') }],
    ['with another reply_to', { correlationId: 'c-1', redelivered: true, replyTo: 'amq.gen-2' }],
    ['without any id', { correlationId: undefined, redelivered: true }],
  ])('takes a request for another one %s', async (_what, changes) => {
    const { deliveries, handled } = taking();
    const [first, second] = [new FakeChannel(), new FakeChannel()];
    const id = 'correlationId' in changes && changes.correlationId === undefined ? undefined : 'c-1';
    deliveries.take(delivery(7, { correlationId: id }), first.channel);
    await first.close();
    deliveries.lost(first.channel);

    deliveries.take(delivery(1, changes), second.channel);

    expect(handled).toHaveLength(2);
  });

  it('takes each of two requests that are alike for one of those that come again', async () => {
    const { deliveries, handled } = taking();
    const [first, second] = [new FakeChannel(), new FakeChannel()];
    const alike = { correlationId: 'c-1' };
    for (const tag of [1, 2]) deliveries.take(delivery(tag, alike), first.channel);
    await first.close();
    deliveries.lost(first.channel);

    for (const tag of [1, 2, 3]) deliveries.take(delivery(tag, { ...alike, redelivered: true }), second.channel);

    expect(handled).toHaveLength(3);
  });

  it('hands back what comes when it is to come to an end, and ends when all work is done', async () => {
    const { deliveries, handled } = taking();
    const channel = new FakeChannel();
    deliveries.take(delivery(1), channel.channel);

    const drained = deliveries.drain();
    deliveries.take(delivery(2), channel.channel);
    expect(handled).toHaveLength(1);
    expect(await isPending(drained)).toBe(true);
    handled[0]?.done();

    await drained;
    expect([channel.acknowledged, channel.handedBack]).toEqual([[1], [2]]);
  });
});

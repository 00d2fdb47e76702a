import { describe, expect, it } from 'vitest';
import { type AmqpMessage, ConfirmChannel } from '../../../bridge/amqp/confirm-channel';
import { type FakeChannel, FakeConnection } from '../support/fake-amqp';

async function open() {
  const fake = new FakeConnection();
  const channel = await ConfirmChannel.open(fake.connection);
  return { channel, broker: fake.channels[0] as FakeChannel };
}

const message = (changes: Partial<AmqpMessage> = {}): AmqpMessage => ({
  exchange: '',
  routingKey: 'answers',
  payload: Buffer.from('{}'),
  ...changes,
});

describe('ConfirmChannel', () => {
  it('publishes what lasts, and what is to be given back when nobody wants it', async () => {
    const { channel, broker } = await open();

    const published = channel.publish(message({ correlationId: 'c-1' }));
    broker.sent[0]?.confirm();

    await expect(published).resolves.toBe('confirmed');
    expect(broker.sent[0]?.envelope).toEqual({
      exchange: '',
      routingKey: 'answers',
      correlationId: 'c-1',
      mandatory: true,
      deliveryMode: 2,
    });
  });

  it('does not ask for it where the broker would give everything back', async () => {
    const { channel, broker } = await open();

    void channel.publish(message({ optional: true }));

    expect(broker.sent[0]?.envelope).toMatchObject({ mandatory: false });
    expect(broker.sent[0]?.envelope).not.toHaveProperty('optional');
  });

  it('tells the message that came back from others, though it is told of it after the confirmation', async () => {
    const { channel, broker } = await open();

    const kept = channel.publish(message({ correlationId: 'c-1' }));
    const returned = channel.publish(message({ correlationId: 'c-2' }));
    broker.giveBack({ exchange: '', routingKey: 'answers', correlationId: 'c-2' });
    for (const { confirm } of broker.sent) confirm();

    await expect(kept).resolves.toBe('confirmed');
    await expect(returned).resolves.toBe('unroutable');
  });

  it('tells it also when another one was confirmed just before, in the same turn', async () => {
    const { channel, broker } = await open();

    const kept = channel.publish(message({ correlationId: 'c-1' }));
    const returned = channel.publish(message({ correlationId: 'c-2' }));
    broker.sent[0]?.confirm();
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
    broker.giveBack({ exchange: '', routingKey: 'answers', correlationId: 'c-2' });
    broker.sent[1]?.confirm();

    await expect(Promise.all([kept, returned])).resolves.toEqual(['confirmed', 'unroutable']);
  });

  it('says of two messages that are alike that one has come back when one has', async () => {
    const { channel, broker } = await open();

    const both = Promise.all([channel.publish(message()), channel.publish(message())]);
    broker.giveBack({ exchange: '', routingKey: 'answers' });
    for (const { confirm } of broker.sent) confirm();

    await expect(both).resolves.toEqual(['unroutable', 'confirmed']);
  });

  it('knows a message that the broker refuses', async () => {
    const { channel, broker } = await open();

    const published = channel.publish(message());
    broker.sent[0]?.fail('NACK', 'message rejected by server');

    await expect(published).resolves.toBe('nack');
    expect(channel.isOpen).toBe(true);
  });

  it('fails all that are under way for the reason that the broker gives when it ends the channel', async () => {
    const { channel, broker } = await open();

    const all = [channel.publish(message()), channel.publish(message())];
    broker.end('NOT_FOUND', "no exchange 'out'");

    for (const published of all) {
      await expect(published).rejects.toMatchObject({ code: 'NOT_FOUND', message: "no exchange 'out'" });
    }
    expect(channel.isOpen).toBe(false);
  });

  it('blames a message that cannot be written alone', async () => {
    const { channel, broker } = await open();

    const [whole, broken] = [channel.publish(message()), channel.publish(message())];
    broker.sent[1]?.fail('CODEC', 'frame size of 200000 bytes exceeds maximum of 131072');
    broker.active = false;
    broker.emit('close');

    await expect(broken).rejects.toMatchObject({ code: 'CODEC' });
    await expect(whole).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('knows for how long a message has been without an answer', async () => {
    const { channel, broker } = await open();

    expect(channel.silentForMs).toBe(0);
    const published = channel.publish(message());
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(channel.silentForMs).toBeGreaterThan(0);
    broker.sent[0]?.confirm();
    await published;
    expect(channel.silentForMs).toBe(0);
  });
});

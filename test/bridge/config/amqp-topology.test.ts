import { describe, expect, it } from 'vitest';
import { amqpTopology } from '../../../bridge/config';
import { amqpRouteConfig } from '../support/provider-config';

describe('amqpTopology', () => {
  it('is an exchange and durable quorum queues, from which nothing is lost', () => {
    expect(amqpTopology([amqpRouteConfig()])).toStrictEqual({
      exchanges: [{ name: 'ML.MQ', type: 'topic', durable: true }],
      queues: [
        {
          name: 'fib',
          role: 'requests',
          type: 'quorum',
          durable: true,
          arguments: {
            'x-queue-type': 'quorum',
            'x-dead-letter-exchange': '',
            'x-dead-letter-routing-key': 'fib.parked',
            'x-overflow': 'reject-publish',
            'x-dead-letter-strategy': 'at-least-once',
            'x-delivery-limit': 20,
          },
        },
        {
          name: 'fib.delay-60s',
          role: 'delay',
          type: 'quorum',
          durable: true,
          arguments: {
            'x-queue-type': 'quorum',
            'x-dead-letter-exchange': '',
            'x-dead-letter-routing-key': 'fib',
            'x-overflow': 'reject-publish',
            'x-dead-letter-strategy': 'at-least-once',
            'x-message-ttl': 60_000,
          },
        },
        {
          name: 'fib.parked',
          role: 'parking',
          type: 'quorum',
          durable: true,
          arguments: { 'x-queue-type': 'quorum' },
        },
      ],
      bindings: [{ exchange: 'ML.MQ', queue: 'fib', routingKey: 'predict.*' }],
    });
  });

  it('has classic queues on request, with what classic queues know', () => {
    const { queues } = amqpTopology([
      amqpRouteConfig({ queue: { type: 'classic', maxLength: 100 }, reply: { queue: 'response' } }),
    ]);

    expect(queues.map((queue) => queue.arguments)).toStrictEqual([
      {
        'x-queue-type': 'classic',
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': 'fib.parked',
        'x-overflow': 'reject-publish',
        'x-max-length': 100,
      },
      {
        'x-queue-type': 'classic',
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': 'fib',
        'x-overflow': 'reject-publish',
        'x-message-ttl': 60_000,
      },
      { 'x-queue-type': 'classic' },
      { 'x-queue-type': 'classic' },
    ]);
  });

  it('has no delay queue where nothing is put off, and the names that were given', () => {
    const { queues } = amqpTopology([amqpRouteConfig({ retry: { attempts: 1 }, parking: { queue: 'lot' } })]);

    expect(queues.map(({ name }) => name)).toEqual(['fib', 'lot']);
  });

  it('names a delay queue after its delay, which cannot be changed in one that is there', () => {
    const route = amqpRouteConfig({ retry: { delaySeconds: 5 } });

    expect(amqpTopology([route]).queues[1]).toMatchObject({
      name: 'fib.delay-5s',
      arguments: { 'x-message-ttl': 5_000 },
    });
  });

  it('binds in the way that RabbitMQ writes it, once', () => {
    const route = amqpRouteConfig({ queue: { bindingKeys: ['predict.{model}', 'infer.{model}.#'.replace('.#', '')] } });

    expect(amqpTopology([route]).bindings.map(({ routingKey }) => routingKey)).toEqual(['predict.*', 'infer.*']);
  });

  it('has a queue for answers once where routes share it', () => {
    const shared = { reply: { queue: 'response' } };
    const other = { name: 'manage', bindingKeys: ['metrics.*'] };
    const { queues, exchanges } = amqpTopology([
      amqpRouteConfig(shared),
      amqpRouteConfig({ ...shared, name: 'manage', queue: other }),
    ]);

    expect(queues.filter(({ role }) => role === 'replies').map(({ name }) => name)).toEqual(['response']);
    expect(exchanges).toHaveLength(1);
  });

  it('knows nothing that RabbitMQ 4 refuses: no transient queues, no mirrors, no masters', () => {
    const { queues } = amqpTopology([
      amqpRouteConfig(),
      amqpRouteConfig({ name: 'b', queue: { name: 'b', type: 'classic' } }),
    ]);
    const keys = new Set(queues.flatMap((queue) => Object.keys(queue.arguments)));

    expect(queues.every(({ durable }) => durable)).toBe(true);
    for (const removed of ['x-ha-policy', 'x-queue-master-locator', 'x-queue-mode', 'x-max-priority']) {
      expect(keys).not.toContain(removed);
    }
  });
});

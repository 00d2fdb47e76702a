import { describe, expect, it } from 'vitest';
import { providerChanges } from '../../../bridge/amqp/provider-changes';
import { type AmqpRouteChanges, amqpRouteInput, providerConfig } from '../support/provider-config';

const changes = (before: AmqpRouteChanges[], after: AmqpRouteChanges[]) =>
  providerChanges(
    providerConfig({ routes: before.map(amqpRouteInput) }),
    providerConfig({ routes: after.map(amqpRouteInput) }),
  );
const other = { name: 'other', queue: { name: 'other', bindingKeys: ['metrics.*'] } };

describe('providerChanges', () => {
  it('lets a route have another model, other headers and another reply', () => {
    const changed = { model: { url: 'http://new/' }, headers: { toReply: [] }, reply: { body: { path: '$.a' } } };

    expect(changes([{}], [changed])).toEqual({ added: [], changed: ['fib'], removed: [], needRestart: [] });
  });

  it.each([
    ['the queue', { queue: { maxLength: 5 } }, ['routes (fib).queue']],
    ['the concurrency', { concurrency: 5 }, ['routes (fib).concurrency']],
    ['retries', { retry: { delaySeconds: 5 } }, ['routes (fib).retry']],
    ['the parking queue', { parking: { queue: 'lot' } }, ['routes (fib).parking']],
    ['the queue for answers', { reply: { queue: 'response' } }, ['routes (fib).reply.queue']],
  ])('keeps %s until a restart', (_what, changed, needRestart) => {
    expect(changes([{}], [changed]).needRestart).toEqual(needRestart);
  });

  it('keeps the routes that there are until a restart', () => {
    expect(changes([{}], [{}, other]).needRestart).toEqual(['routes (other)']);
    expect(changes([{}, other], [{}]).needRestart).toEqual(['routes (other)']);
  });

  it('keeps the broker until a restart, by the name of the setting', () => {
    const before = providerConfig();
    const after = { ...before, amqp: { ...before.amqp, heartbeatSeconds: 5 } };

    expect(providerChanges(before, after).needRestart).toEqual(['amqp.heartbeatSeconds']);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answer, refusal } from '../../../bridge/gateway/answer';
import { Waiters } from '../../../bridge/gateway/waiters';
import { isPending } from '../support/deferred';

const answer = (text: string): Answer => ({
  ok: true,
  body: Buffer.from(text),
  contentType: 'text/plain',
  headers: {},
});
const there = () => new AbortController().signal;

describe('Waiters', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('hands each its own answer, in whatever order they come', async () => {
    const waiters = new Waiters();
    const one = waiters.wait('1', 1_000, there());
    const two = waiters.wait('2', 1_000, there());

    expect(waiters.settle('2', answer('two'))).toBe(true);
    expect(waiters.settle('1', answer('one'))).toBe(true);

    expect([await one, await two]).toStrictEqual([answer('one'), answer('two')]);
    expect(waiters.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('knows an answer for which nobody waits: unasked, without an id, a second time', async () => {
    const waiters = new Waiters();
    const one = waiters.wait('1', 1_000, there());
    waiters.settle('1', answer('one'));

    expect(waiters.settle('1', answer('again'))).toBe(false);
    expect(waiters.settle('spoofed', answer('x'))).toBe(false);
    expect(waiters.settle(undefined, answer('x'))).toBe(false);
    expect(await one).toStrictEqual(answer('one'));
  });

  it('waits no longer than it was told, and a late answer reaches nobody', async () => {
    const waiters = new Waiters();
    const late = waiters.wait('1', 1_000, there());
    waiters.confirm('1');

    vi.advanceTimersByTime(999);
    expect(await isPending(late)).toBe(true);
    vi.advanceTimersByTime(1);

    expect(await late).toMatchObject({ failure: { code: 'BRIDGE_ERR_ANSWER_TIMEOUT' } });
    expect(waiters.settle('1', answer('late'))).toBe(false);
  });

  it('says so when it is not even known whether the broker has the request', async () => {
    const waiters = new Waiters();
    const late = waiters.wait('1', 1_000, there());

    vi.advanceTimersByTime(1_000);

    expect(await late).toMatchObject({ failure: { code: 'BRIDGE_ERR_UNCONFIRMED', status: 503 } });
  });

  it.each([
    ['while it waits', 0],
    ['before it waits', 1],
  ])('forgets whoever leaves %s', async (_when, before) => {
    const waiters = new Waiters();
    const gone = new AbortController();
    if (before) gone.abort();
    const left = waiters.wait('1', 1_000, gone.signal);

    gone.abort();

    expect(await left).toMatchObject({ ok: false });
    expect(waiters.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells everybody at once that there will be no answers', async () => {
    const waiters = new Waiters();
    const all = Array.from({ length: 100 }, (_, i) => waiters.wait(String(i), 1_000, there()));
    const lost = refusal('BRIDGE_ERR_ANSWER_LOST', 'gone');

    waiters.settleAll(lost);

    expect(new Set(await Promise.all(all))).toStrictEqual(new Set([lost]));
    expect(waiters.size).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../../bridge/gateway/answer';
import { Results } from '../../../bridge/gateway/results';

const answer = (bytes: number): Answer => ({
  ok: true,
  body: Buffer.alloc(bytes),
  contentType: 'application/json',
  headers: {},
});
const UUID = '6f1c1d5e-5a4e-4c52-9a43-0a3f6f6f5a11';
let evicted: number;

function results(limits: Partial<ConstructorParameters<typeof Results>[1]> = {}, replica = 'gateway-0') {
  evicted = 0;
  return new Results(replica, { ttlSeconds: 60, maxResults: 10, maxBytes: 1_000, ...limits }, () => {
    evicted += 1;
  });
}

async function done(store: Results, bytes = 10, requestId = 'one'): Promise<string> {
  const found = Promise.resolve(answer(bytes));
  const name = store.expect(requestId, found);
  await found;
  return name;
}

describe('Results', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are pending until there is an answer, which may be read more than once', async () => {
    const store = results();
    const found = Promise.withResolvers<Answer>();
    const name = store.expect('one', found.promise);

    expect(store.find(name)).toStrictEqual({ state: 'pending' });
    found.resolve(answer(10));
    await found.promise;

    for (let i = 0; i < 2; i += 1) {
      expect(store.find(name)).toStrictEqual({ state: 'done', requestId: 'one', answer: answer(10) });
    }
  });

  it('are called so that nobody can guess it', () => {
    const store = results();
    const names = Array.from({ length: 3 }, () => store.expect('same', Promise.resolve(answer(1))));

    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^gateway-0~[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('go when their time is over', async () => {
    const store = results({ ttlSeconds: 60 });
    const name = await done(store);

    vi.advanceTimersByTime(59_999);
    expect(store.find(name).state).toBe('done');
    vi.advanceTimersByTime(1);

    expect(store.find(name)).toStrictEqual({ state: 'gone' });
    expect(store.size).toStrictEqual({ pending: 0, done: 0 });
    expect(evicted).toBe(0);
  });

  it('give way to newer ones, the oldest first, when there are too many', async () => {
    const store = results({ maxResults: 2 });
    const names = [await done(store), await done(store), await done(store)];

    expect(names.map((name) => store.find(name).state)).toStrictEqual(['gone', 'done', 'done']);
    expect(evicted).toBe(1);
  });

  it('give way to newer ones when they are too large together', async () => {
    const store = results({ maxBytes: 100 });
    const names = [await done(store, 40), await done(store, 40), await done(store, 60)];

    expect(names.map((name) => store.find(name).state)).toStrictEqual(['gone', 'done', 'done']);
    expect(await done(store, 101).then((name) => store.find(name))).toStrictEqual({ state: 'gone' });
    expect(store.size.done).toBe(0);
  });

  it('of another replica are known to be elsewhere', () => {
    const store = results();

    expect(store.find(`gateway-1~${UUID}`)).toStrictEqual({ state: 'elsewhere', replica: 'gateway-1' });
  });

  it.each([[`gateway-0~${UUID}`], ['gateway-1'], ['~'], ['../../etc/passwd'], [`a b~${UUID}`]])(
    'that nobody gave out are gone: %s',
    (name) => {
      expect(results().find(name)).toStrictEqual({ state: 'gone' });
    },
  );

  it('are named after a host whatever that is called', () => {
    const store = results({}, 'odd~host name');

    expect(store.find(store.expect('one', new Promise(() => undefined)))).toStrictEqual({ state: 'pending' });
  });

  it('leave no timer behind', async () => {
    const store = results();
    await done(store);

    store.close();

    expect(vi.getTimerCount()).toBe(0);
  });
});

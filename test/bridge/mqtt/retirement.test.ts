import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { retire } from '../../../bridge/mqtt/retirement';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function retiring() {
  const state = { total: 5, open: 2, done: false, unsubscribed: false };
  const work = retire({
    unsubscribe: async () => {
      state.unsubscribed = true;
    },
    taken: () => ({ total: state.total, open: state.open }),
  }).then(() => {
    state.done = true;
  });
  return { state, work };
}

describe('retire', () => {
  it('ends the subscriptions first', async () => {
    const { state } = retiring();

    await vi.advanceTimersByTimeAsync(1);

    expect(state.unsubscribed).toBe(true);
  });

  it('waits for what was taken', async () => {
    const { state } = retiring();

    await vi.advanceTimersByTimeAsync(60_000);

    expect(state.done).toBe(false);
  });

  it('waits for as long as more comes', async () => {
    const { state } = retiring();
    state.open = 0;
    for (let i = 0; i < 10; i += 1) {
      state.total += 1;
      await vi.advanceTimersByTimeAsync(1_000);
    }

    expect(state.done).toBe(false);
  });

  it('is over when nothing has come for a while', async () => {
    const { state, work } = retiring();
    state.open = 0;

    await vi.advanceTimersByTimeAsync(3_000);
    await work;

    expect(state.done).toBe(true);
  });
});

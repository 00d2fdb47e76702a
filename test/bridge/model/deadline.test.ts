import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline, TimeoutError } from '../../../bridge/model/deadline';

describe('Deadline', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives up the step that is under way when the time is over, and no earlier', () => {
    const [first, second] = [vi.fn(), vi.fn()];
    const deadline = new Deadline(100);

    deadline.begin(first);
    deadline.begin(second);
    vi.advanceTimersByTime(99);
    expect(second).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);

    expect(second).toHaveBeenCalledExactlyOnceWith(expect.any(TimeoutError));
    expect(first).not.toHaveBeenCalled();
  });

  it('gives up at once what begins after it', () => {
    const giveUp = vi.fn();
    const deadline = new Deadline(100);
    vi.advanceTimersByTime(100);

    deadline.begin(giveUp);

    expect(giveUp).toHaveBeenCalledExactlyOnceWith(expect.any(TimeoutError));
  });

  it('is no more when it is lifted, and leaves no timer', () => {
    const giveUp = vi.fn();
    const deadline = new Deadline(100);
    deadline.begin(giveUp);

    deadline.lift();
    vi.advanceTimersByTime(200);

    expect(giveUp).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends the wait for what comes too late, and hands out what comes in time', async () => {
    const deadline = new Deadline(100);
    await expect(deadline.wait(Promise.resolve('in time'))).resolves.toBe('in time');
    await expect(deadline.wait(Promise.reject(new Error('failed')))).rejects.toThrow('failed');

    const late = deadline.wait(new Promise(() => undefined));
    vi.advanceTimersByTime(100);

    await expect(late).rejects.toThrow(TimeoutError);
  });
});

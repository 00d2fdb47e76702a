import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { unlessSilent } from '../../../bridge/mqtt/unless-silent';
import { FakeClient } from '../support/fake-client';

const PATIENCE_MS = 60_000;
const never = new Promise<string>(() => undefined);

describe('unlessSilent', () => {
  let client: FakeClient;
  beforeEach(() => {
    vi.useFakeTimers();
    client = new FakeClient().open();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function waiting(answer = never) {
    const heard: string[] = [];
    unlessSilent(client.client, PATIENCE_MS, answer).then(
      (value) => heard.push(value),
      (error: Error) => heard.push(error.message),
    );
    return heard;
  }

  it('gives the answer, and what it was refused with', async () => {
    await expect(unlessSilent(client.client, PATIENCE_MS, Promise.resolve('yes'))).resolves.toBe('yes');
    await expect(unlessSilent(client.client, PATIENCE_MS, Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('gives up when the broker answers pings for so long, and sends nothing else', async () => {
    const heard = waiting();

    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(heard).toEqual([]);

    await vi.advanceTimersByTimeAsync(PATIENCE_MS / 4);
    expect(heard).toEqual(['the broker answers pings, and for 60 s has not answered SUBSCRIBE']);
  });

  it('waits for as long as other messages come: the answer comes behind a whole backlog', async () => {
    const heard = waiting();

    for (let i = 0; i < 1_000; i += 1) {
      await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
      client.emit('packetreceive', { cmd: 'publish' });
    }

    expect(heard).toEqual([]);
  });

  it('waits for as long as nothing is read at all, because the window is full and models are slow', async () => {
    client.silent = true;
    const heard = waiting();

    await vi.advanceTimersByTimeAsync(100 * PATIENCE_MS);
    // Reading goes on, and answers to all the pings meanwhile are next.
    for (let i = 0; i < 400; i += 1) client.emit('packetreceive', { cmd: 'pingresp' });
    await vi.advanceTimersByTimeAsync(0);

    expect(heard).toEqual([]);
  });

  it.each([
    ['the answer has come', () => Promise.resolve('yes'), () => undefined],
    ['the connection is gone', () => never, () => client.lose()],
  ])('pings no more when %s', async (_what, answer, end) => {
    waiting(answer());
    end();

    await vi.advanceTimersByTimeAsync(0);

    expect(vi.getTimerCount()).toBe(0);
    expect(client.listenerCount('packetreceive')).toBe(0);
  });
});

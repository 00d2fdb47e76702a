import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Heartbeat } from '../../../bridge/mqtt/heartbeat';
import { FakeClient } from '../support/fake-client';

const KEEPALIVE_SECONDS = 10;

describe('Heartbeat', () => {
  let client: FakeClient;
  let heartbeat: Heartbeat;
  let destroyed: Error[];

  beforeEach(() => {
    vi.useFakeTimers();
    client = new FakeClient();
    client.options.keepalive = KEEPALIVE_SECONDS;
    destroyed = [];
    client.stream.destroy = (error?: Error) => {
      if (error) destroyed.push(error);
      return client.stream;
    };
    heartbeat = new Heartbeat(client.client);
    client.open();
  });

  afterEach(() => {
    heartbeat.stop();
    vi.useRealTimers();
  });

  it('pings more than once within the keepalive time, so that MQTT.js need not', () => {
    vi.advanceTimersByTime(KEEPALIVE_SECONDS * 1000);

    expect(client.pings).toBe(2);
    expect(client.reschedulings).toEqual([true, true]);
  });

  it('ends a connection on which nothing has been read for 1.5 times the keepalive', () => {
    client.silent = true;

    vi.advanceTimersByTime(KEEPALIVE_SECONDS * 1500);
    expect(destroyed).toEqual([]);

    vi.advanceTimersByTime(KEEPALIVE_SECONDS * 150);
    expect(destroyed.map(({ message }) => message)).toEqual([expect.stringContaining('has not been heard of')]);
  });

  it('takes any packet for a sign of life', () => {
    client.silent = true;

    for (let second = 0; second < 60; second += 5) {
      vi.advanceTimersByTime(5_000);
      client.emit('packetreceive', { cmd: 'publish' });
    }

    expect(destroyed).toEqual([]);
  });

  it('does not take silence for death while nothing is read on purpose, and goes on pinging', () => {
    client.silent = true;
    heartbeat.deaf = true;

    vi.advanceTimersByTime(KEEPALIVE_SECONDS * 10_000);

    expect(destroyed).toEqual([]);
    expect(client.pings).toBe(25);
  });

  it('gives the broker its time anew when reading goes on', () => {
    client.silent = true;
    heartbeat.deaf = true;
    vi.advanceTimersByTime(KEEPALIVE_SECONDS * 10_000);

    heartbeat.deaf = false;
    vi.advanceTimersByTime(KEEPALIVE_SECONDS * 1000);

    expect(destroyed).toEqual([]);
  });

  it('waits for the answer to its own ping, not to one sent before', async () => {
    client.silent = true;
    client.sendPing();
    let answered = false;
    const waiting = heartbeat.answered().then(() => {
      answered = true;
    });

    client.emit('packetreceive', { cmd: 'pingresp' });
    await Promise.resolve();
    expect(answered).toBe(false);

    client.emit('packetreceive', { cmd: 'pingresp' });
    await waiting;
    expect(answered).toBe(true);
  });

  it('does not wait for a broker that stays silent for more than two seconds', async () => {
    client.silent = true;
    const waiting = heartbeat.answered();

    vi.advanceTimersByTime(2_000);

    await expect(waiting).resolves.toBeUndefined();
  });

  it('leaves nothing waiting, and no timer, when the connection is gone', async () => {
    client.silent = true;
    const waiting = heartbeat.answered();

    heartbeat.stop();

    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });
});

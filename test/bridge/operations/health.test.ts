import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BridgeHealth } from '../../../bridge/operations/health';

const STEPS = { modelTimeoutMs: 10_000, connectTimeoutMs: 1_000, reconnectMs: 3_000, watchdogMs: 5_000 };
/** 10 + 2 x 1 + 3 + 5 seconds for the steps, and two minutes. */
const LONGEST_SILENCE_MS = 140_000;
const NO_REQUESTS = 'no connection for requests to mqtt://broker.example';
const NO_REPLIES = 'no connection for replies to mqtt://broker.example';

function healthOf({ working = 0 } = {}) {
  const work = { working };
  const health = new BridgeHealth('mqtt://broker.example', () => work.working, STEPS);
  return {
    health,
    work,
    connect: () => {
      health.opened('requests');
      health.opened('replies');
    },
  };
}

describe('BridgeHealth', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  describe('readiness', () => {
    it('names each connection that is not open', () => {
      expect(healthOf().health.notReady()).toEqual([NO_REQUESTS, NO_REPLIES]);
    });

    it('follows connections as they open and close', () => {
      const { health } = healthOf();

      health.opened('requests');
      expect(health.notReady()).toEqual([NO_REPLIES]);

      health.opened('replies');
      expect(health.notReady()).toEqual([]);

      health.closed('requests');
      expect(health.notReady()).toEqual([NO_REQUESTS]);
    });

    it('ends when the bridge begins to stop', () => {
      const { health, connect } = healthOf();
      connect();

      health.stopping();

      expect(health.notReady()).toEqual(['the bridge is stopping']);
      expect(health.notAlive()).toEqual([]);
    });
  });

  describe('startup', () => {
    it('is over when both connections have been open for the first time, and stays over', () => {
      const { health, connect } = healthOf();
      expect(health.notStarted()).toEqual([NO_REQUESTS, NO_REPLIES]);

      connect();
      expect(health.notStarted()).toEqual([]);

      health.closed('requests');
      expect(health.notStarted()).toEqual([]);
    });

    it('is not over while only one of them was open at a time', () => {
      const { health } = healthOf();

      health.opened('requests');
      health.closed('requests');
      health.opened('replies');

      expect(health.notStarted()).toEqual([NO_REQUESTS]);
    });
  });

  describe('liveness', () => {
    it('lasts, however long there is nothing to do', () => {
      const { health, connect } = healthOf();
      connect();

      vi.advanceTimersByTime(LONGEST_SILENCE_MS * 1_000);

      expect(health.notAlive()).toEqual([]);
    });

    it('ends when nothing is heard of requests for longer than their steps can take', () => {
      const { health, connect } = healthOf({ working: 3 });
      connect();
      health.beat();

      vi.advanceTimersByTime(LONGEST_SILENCE_MS);
      expect(health.notAlive()).toEqual([]);

      vi.advanceTimersByTime(1);
      expect(health.notAlive()).toEqual(['nothing has happened for 140 s, although 3 requests are under way']);
    });

    it('ends when connections are neither made nor fail', () => {
      const { health } = healthOf();
      health.beat();

      vi.advanceTimersByTime(LONGEST_SILENCE_MS + 1);

      expect(health.notAlive()).toEqual([
        'nothing has happened for 140 s, although there is no connection to the broker',
      ]);
    });

    it('lasts while a broker is away, because each attempt in vain is a sign of life', () => {
      const { health } = healthOf({ working: 3 });

      for (let i = 0; i < 100; i += 1) {
        vi.advanceTimersByTime(LONGEST_SILENCE_MS / 2);
        health.beat();
        expect(health.notAlive()).toEqual([]);
      }
    });

    it('allows for the longer timeout of a route that came later', () => {
      const { health, connect } = healthOf({ working: 1 });
      connect();
      health.beat();

      health.steps = { ...STEPS, modelTimeoutMs: 3_600_000 };
      vi.advanceTimersByTime(3_600_000);

      expect(health.notAlive()).toEqual([]);
    });
  });
});

import type { Load } from '../publisher';
import type { Scenario } from '../scenario';
import type { Setting } from '../stage';
import { USUAL } from './usual';

export function connectionsReset(load: Load & { readonly everyMs: number }, setting: Partial<Setting> = {}): Scenario {
  const { qos } = { ...USUAL, ...setting };
  return {
    name: 'TCP connections reset',
    specification: `loses nothing when its connections are reset every ${load.everyMs} ms, QoS ${qos}`,
    load,
    setting: { ...USUAL, ...setting, link: 'proxy' },
    promised: {},
    play: async ({ publisher, proxy }) => {
      const resets = setInterval(() => proxy.reset(), load.everyMs);
      await publisher.publish(load).finally(() => clearInterval(resets));
    },
  };
}

/** Neither side hears that the other one is gone, and who connects anew hears nothing at all. */
export function linkHalfOpen(load: Load): Scenario {
  const brokenAndAttempted = 4;
  return {
    name: 'link half open',
    specification: 'finds out by itself that its connections are dead, and loses nothing',
    load,
    setting: { ...USUAL, link: 'proxy', keepaliveSeconds: 2, config: { connectTimeoutSeconds: 1 } },
    promised: { shows: [{ metric: 'bridge_reconnects_total', atLeast: brokenAndAttempted }] },
    play: async ({ publisher, verifier, bridge, proxy }) => {
      const silence = async () => {
        await verifier.answered(Math.floor(load.messages / 3));
        proxy.fallSilent();
        await bridge.shows('bridge_reconnects_total', brokenAndAttempted);
        proxy.listenAgain();
      };
      await Promise.all([publisher.publish(load), silence()]);
    },
  };
}

export function brokerUnreachable(load: Load & { readonly takesMs: number; readonly awayMs: number }): Scenario {
  return {
    name: 'broker unreachable',
    specification: `asks models once, though they take ${load.takesMs} ms and the broker is away for ${load.awayMs} ms of it`,
    load,
    setting: { ...USUAL, link: 'proxy' },
    promised: { duplicatesAtMost: 0, oneModelCallEach: true },
    play: async ({ publisher, proxy, model }) => {
      await publisher.publish({ ...load, special: () => ({ delayMs: load.takesMs }) });
      await model.whenCalled(load.messages);
      await proxy.refuseFor(load.awayMs);
    },
  };
}

/** Longer than the publisher looks between two times, so that it would see a moved clock. */
const STALL_MS = 4_000;
const HOUR_MS = 3_600_000;

/**
 * An hour forth and two hours back, while answers are on their way: who reckons with the time of day takes a connection
 * that stalls for a moment for one that is dead, or a dead one for one that lives.
 */
export function clockMoved(load: Load): Scenario {
  return {
    name: 'clock moved',
    specification: 'loses and repeats nothing, and stays connected, while the time of day jumps',
    load,
    setting: { ...USUAL, link: 'proxy' },
    promised: { duplicatesAtMost: 0, oneModelCallEach: true, reconnectsAtMost: 0 },
    play: async ({ publisher, verifier, bridge, proxy }) => {
      const jumps = async () => {
        await verifier.answered(Math.floor(load.messages / 4));
        const stall = proxy.stallFor(STALL_MS);
        bridge.moveClock(HOUR_MS);
        await stall;
        bridge.moveClock(-2 * HOUR_MS);
      };
      const special = () => ({ expirySeconds: HOUR_MS / 2_000 });
      await Promise.all([publisher.publish({ ...load, special }), jumps()]);
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Load } from './publisher';
import type { Scenario } from './scenario';
import type { Setting, Stage } from './stage';

const RESTART_MS = 150;
const USUAL: Setting = {
  link: 'direct',
  protocolVersion: 5,
  qos: 1,
  window: 64,
  keepaliveSeconds: 30,
  maxQueuedMessages: 500_000,
  silenceMs: 8_000,
};

/** How often a fault happens, and how much there is to do meanwhile. */
export interface Repeated extends Load {
  readonly times: number;
}

export function bridgeKilled(load: Repeated, setting: Partial<Setting> = {}): Scenario {
  const { qos, window, protocolVersion, link } = { ...USUAL, ...setting };
  const over = `${protocolVersion === 4 ? ', MQTT 3.1.1' : ''}${link === 'websocket' ? ', websocket' : ''}`;
  return {
    name: `bridge killed${over}`,
    specification: `loses nothing when the bridge is killed ${load.times} times, QoS ${qos}${over}`,
    load,
    setting: { ...USUAL, ...setting },
    promised: { duplicatesAtMost: load.times * window },
    play: (stage) => interrupted(stage, load, 'SIGKILL'),
  };
}

export function bridgeDrained(load: Repeated, setting: Partial<Setting> = {}): Scenario {
  const { qos } = { ...USUAL, ...setting };
  return {
    name: 'bridge drained',
    specification: `loses and repeats nothing when the bridge is told to stop ${load.times} times, QoS ${qos}`,
    load,
    setting: { ...USUAL, ...setting },
    promised: { duplicatesAtMost: 0, oneModelCallEach: true },
    play: (stage) => interrupted(stage, load, 'SIGTERM'),
  };
}

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

export function brokerUnreachable(load: Load & { readonly takesMs: number; readonly awayMs: number }): Scenario {
  return {
    name: 'broker unreachable',
    specification: `asks models once, though they take ${load.takesMs} ms and the broker is away for ${load.awayMs} ms of it`,
    load,
    setting: { ...USUAL, link: 'proxy' },
    promised: { duplicatesAtMost: 0, oneModelCallEach: true },
    play: async ({ publisher, proxy, model }) => {
      await publisher.publish({ ...load, delayMs: () => load.takesMs });
      await model.whenCalled(load.messages);
      await proxy.refuseFor(load.awayMs);
    },
  };
}

export function brokerRestarted(load: Repeated & { readonly everyMs: number }): Scenario {
  return {
    name: 'broker restarted',
    specification: `loses nothing when the broker restarts ${load.times} times, QoS ${USUAL.qos}`,
    load,
    setting: USUAL,
    promised: {},
    play: async ({ publisher, broker }) => {
      const restarts = async () => {
        for (let i = 0; i < load.times; i += 1) {
          await sleep(load.everyMs);
          await broker.restart();
        }
      };
      await Promise.all([publisher.publish(load), restarts()]);
    },
  };
}

export function bridgeAway(load: Load, setting: Partial<Setting> = {}): Scenario {
  return {
    name: 'bridge away',
    specification: `answers ${load.messages} requests that were published while it was away, QoS ${USUAL.qos}`,
    load,
    setting: { ...USUAL, ...setting },
    promised: { duplicatesAtMost: 0, oneModelCallEach: true },
    play: async ({ publisher, bridge }) => {
      await bridge.stop('SIGTERM');
      await publisher.publish(load);
      await bridge.start();
    },
  };
}

/** A load in which the model is slow at times. */
export interface Slow extends Load {
  readonly window: number;
  readonly takesMs: number;
}

export function straggler({ window, takesMs, ...load }: Slow): Scenario {
  const slow = Math.floor(load.messages / 4);
  return {
    name: 'one straggler',
    specification: `loses and repeats nothing, and stays connected, while one request takes ${takesMs} ms`,
    load,
    setting: { ...USUAL, window, keepaliveSeconds: 2 },
    promised: { duplicatesAtMost: 0, oneModelCallEach: true, reconnectsAtMost: 0 },
    play: ({ publisher }) => publisher.publish({ ...load, delayMs: (index) => (index === slow ? takesMs : undefined) }),
  };
}

/** An older Mosquitto sends more than the window when acknowledgements come in order. */
export function windowOverrun({ window, takesMs, ...load }: Slow): Scenario {
  return {
    name: 'window overrun by the broker',
    specification: `takes at most one more than its window of ${window}, and stays connected, while models take ${takesMs} ms`,
    load,
    setting: { ...USUAL, window, keepaliveSeconds: 2 },
    promised: { duplicatesAtMost: 0, oneModelCallEach: true, reconnectsAtMost: 0, unacknowledgedAtMost: window + 1 },
    play: ({ publisher }) =>
      publisher.publish({ ...load, delayMs: (index) => (index <= window ? takesMs : undefined) }),
  };
}

/**
 * Publishes, and ends the bridge again and again.
 *
 * Evenly spaced in answers rather than in time: each bridge has then done its share of the work when it is ended.
 */
async function interrupted(
  { publisher, verifier, bridge }: Stage,
  load: Repeated,
  signal: 'SIGKILL' | 'SIGTERM',
): Promise<void> {
  const interruptions = async () => {
    for (let i = 1; i <= load.times; i += 1) {
      const reached = await verifier.answered(Math.floor((load.messages * i) / (load.times + 1)));
      if (!reached) return;
      await bridge.stop(signal);
      await sleep(RESTART_MS);
      await bridge.start();
    }
  };
  await Promise.all([publisher.publish(load), interruptions()]);
}

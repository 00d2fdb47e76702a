import { setTimeout as sleep } from 'node:timers/promises';
import { split } from '../amount';
import type { Load } from '../publisher';
import type { Scenario } from '../scenario';
import type { Setting, Stage } from '../stage';
import { RESTART_MS, type Repeated, USUAL } from './usual';

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

export function bridgeAway(load: Load): Scenario {
  return {
    name: 'bridge away',
    specification: `answers ${load.messages} requests that were published while it was away, QoS ${USUAL.qos}`,
    load,
    setting: USUAL,
    promised: { duplicatesAtMost: 0, oneModelCallEach: true },
    play: async ({ publisher, bridge }) => {
      await bridge.stop('SIGTERM');
      await publisher.publish(load);
      await bridge.start();
    },
  };
}

/** Mosquitto gives the requests of a member to no other one: they wait for it. */
export function memberDies(load: Load): Scenario {
  const [before, after] = split(load, 0.5);
  return {
    name: 'member of a group killed',
    specification: 'loses nothing when one of two bridges that share the requests is killed, and comes back',
    load,
    setting: { ...USUAL, members: 2 },
    promised: { duplicatesAtMost: USUAL.window },
    play: async ({ publisher, verifier, bridges: [, member] }) => {
      const killed = verifier.answered(Math.floor(before.messages / 2)).then(() => member?.stop('SIGKILL'));
      await Promise.all([publisher.publish(before), killed]);
      await publisher.publish(after);
      await member?.start();
    },
  };
}

/** Unsubscribes first, works off what waits for it, and ends its session: nothing waits for it afterwards. */
export function memberRetires(load: Load): Scenario {
  return {
    name: 'member of a group retires',
    specification: 'loses and repeats nothing when one of two bridges that share the requests leaves for good',
    load,
    setting: { ...USUAL, members: 2, config: { delivery: { onStop: 'retire' } } },
    promised: { duplicatesAtMost: 0, oneModelCallEach: true },
    play: async ({ publisher, verifier, bridges: [, member] }) => {
      const retired = verifier.answered(Math.floor(load.messages / 4)).then(() => member?.stop('SIGTERM'));
      await Promise.all([publisher.publish(load), retired]);
    },
  };
}

/** What waits for a member that died and never comes back is worked off in its name. */
export function memberRetired(load: Load): Scenario {
  const [before, after] = split(load, 0.75);
  return {
    name: 'dead member of a group retired',
    specification: 'loses nothing when one of two bridges that share the requests dies, and is retired by hand',
    load,
    setting: { ...USUAL, members: 2 },
    promised: { duplicatesAtMost: USUAL.window },
    play: async ({ publisher, verifier, bridges: [, member] }) => {
      const killed = verifier.answered(Math.floor(before.messages / 3)).then(() => member?.stop('SIGKILL'));
      await Promise.all([publisher.publish(before), killed]);
      await member?.retire();
      await publisher.publish(after);
    },
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

import { setTimeout as sleep } from 'node:timers/promises';
import type { Load } from '../publisher';
import type { ProviderScenario } from '../scenario';
import type { Setting, Stage } from '../stage';
import { promising, RESTART_MS, USUAL } from './usual';

/** How often a provider ends, and how much there is to do meanwhile. */
export interface Repeated extends Load {
  readonly times: number;
}

export function providerKilled(load: Repeated, setting: Partial<Setting> = {}): ProviderScenario {
  const { type, concurrency } = { ...USUAL, ...setting };
  return {
    name: 'provider killed',
    specification: `loses nothing when the provider is killed ${load.times} times, ${type} queues`,
    load,
    setting: { ...USUAL, ...setting },
    promised: promising({ duplicatesAtMost: load.times * concurrency }),
    play: (stage) => interrupted(stage, load, () => stage.bridge.stop('SIGKILL')),
  };
}

/** So many that a quorum queue has not taken all acknowledgements at once. */
const MANY = 256;

/** In the moment in which most is to be acknowledged. */
export function providerDrained(load: Repeated): ProviderScenario {
  return {
    name: 'provider drained',
    specification: `loses and repeats nothing when the provider is told to stop ${load.times} times`,
    load,
    setting: { ...USUAL, concurrency: MANY },
    promised: promising({ duplicatesAtMost: 0, oneModelCallEach: true }),
    play: (stage) => {
      const { bridge, model } = stage;
      return interrupted(stage, load, async () => {
        await model.tell({ do: 'hold' });
        await bridge.shows('bridge_inflight', MANY);
        const stopped = bridge.stop('SIGTERM');
        await model.tell({ do: 'release' });
        await stopped;
      });
    },
  };
}

/**
 * Publishes, and ends the provider again and again.
 *
 * Evenly spaced in answers rather than in time: each provider has then done its share of the work when it is ended.
 */
async function interrupted(
  { publisher, verifier, bridge }: Stage,
  load: Repeated,
  end: () => Promise<void>,
): Promise<void> {
  const interruptions = async () => {
    for (let i = 1; i <= load.times; i += 1) {
      const reached = await verifier.answered(Math.floor((load.messages * i) / (load.times + 1)));
      if (!reached) return;
      await end();
      await sleep(RESTART_MS);
      await bridge.start();
    }
  };
  await Promise.all([publisher.publish(load), interruptions()]);
}

import type { Promised } from '../../scenario';
import type { Setting } from '../stage';

/** What scenarios run in where they say nothing else. */
export const USUAL: Setting = { broker: 'single', type: 'quorum', concurrency: 64, silenceMs: 20_000 };

/** How long a provider is away between two of its processes. */
export const RESTART_MS = 150;

/** Every answer has the correlation id of the request that it is to. */
export const NONE_ASTRAY = { metric: 'faults_astray_total', atLeast: 0, atMost: 0 } as const;

/** What always holds, and what holds besides. */
export function promising(promised: Promised = {}): Promised {
  return { ...promised, shows: [NONE_ASTRAY, ...(promised.shows ?? [])] };
}

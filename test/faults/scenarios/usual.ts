import type { Load } from '../publisher';
import type { Setting } from '../stage';

/** What scenarios run in where they say nothing else. */
export const USUAL: Setting = {
  link: 'direct',
  protocolVersion: 5,
  qos: 1,
  window: 64,
  keepaliveSeconds: 30,
  maxQueuedMessages: 500_000,
  silenceMs: 8_000,
};

/** How long a bridge is away between two of its processes. */
export const RESTART_MS = 150;

/** How often a fault happens, and how much there is to do meanwhile. */
export interface Repeated extends Load {
  readonly times: number;
}

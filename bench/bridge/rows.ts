import type { Link } from './broker';
import type { Load } from './order';

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly what: 'broker' | 'model' | Bridge;
  readonly load: Load;
  readonly stragglerMs?: number;
}

/** A bridge to measure. */
export interface Bridge {
  /** `naive`, `ours`, or the file of another one that takes our configuration. */
  readonly program: string;
  readonly qos: 0 | 1 | 2;
  readonly link: Link;
  /** Messages taken and not acknowledged, and calls to the model at a time; the bridge's own defaults where absent. */
  readonly window?: number;
  readonly concurrency?: number;
  /** Requests in a call to the model at most. */
  readonly batch?: number;
}

const SATURATED: Load = { window: 256 };
const STEADY: Load = { perSecond: 2_000 };
const NAIVE: Bridge = { program: 'naive', qos: 1, link: 'tcp' };
const OURS: Bridge = { program: 'ours', qos: 1, link: 'tcp' };

/** The rows that others are compared with. */
export const BASELINE: Row = { name: 'naive', what: NAIVE, load: SATURATED };
export const SATURATED_ROW: Row = { name: 'ours, QoS 1', what: OURS, load: SATURATED };
export const BATCHED_ROW: Row = { name: 'ours, batches of 16', what: { ...OURS, batch: 16 }, load: SATURATED };
export const STEADY_ROW: Row = { name: 'ours, QoS 1', what: OURS, load: STEADY };
/** Acknowledgements keep their order: the window has to hold what comes while the slow request is under way. */
export const STRAGGLER_ROW: Row = {
  name: 'ours, one takes 3 s',
  what: { ...OURS, window: 8_192 },
  load: STEADY,
  stragglerMs: 3_000,
};

export const ROWS: readonly Row[] = [
  { name: 'broker alone', what: 'broker', load: SATURATED },
  { name: 'undici alone', what: 'model', load: { window: 64 } },
  { name: 'ours, one at a time', what: { ...OURS, window: 1, concurrency: 1 }, load: SATURATED },
  { name: 'ours, QoS 0', what: { ...OURS, qos: 0 }, load: SATURATED },
  BASELINE,
  SATURATED_ROW,
  BATCHED_ROW,
  { name: 'ours, QoS 2', what: { ...OURS, qos: 2 }, load: SATURATED },
  { name: 'ours, TLS', what: { ...OURS, link: 'tls' }, load: SATURATED },
  { name: 'ours, websocket', what: { ...OURS, link: 'websocket' }, load: SATURATED },
  { name: 'naive', what: NAIVE, load: STEADY },
  STEADY_ROW,
  STRAGGLER_ROW,
];

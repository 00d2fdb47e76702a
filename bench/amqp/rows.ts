import type { QueueType } from '../../bridge/config';
import type { Load } from '../bridge/order';

/** One line of the table. */
export interface Row {
  readonly name: string;
  /** How requests come: to the broker, or to the gateway in front of it. */
  readonly over: 'AMQP' | 'HTTP';
  readonly provider: Provider;
  readonly load: Load;
}

/** What takes requests from a queue to the model. */
export interface Provider {
  readonly program: 'bare' | 'ours';
  readonly type: QueueType;
}

const SATURATED: Load = { window: 256 };
const STEADY: Load = { perSecond: 500 };
const OURS: Provider = { program: 'ours', type: 'quorum' };

/** Rows, and those that they are compared with. */
export const SATURATED_PAIRS: readonly { readonly bare: Row; readonly ours: Row }[] = (
  ['quorum', 'classic'] as const
).map((type) => ({
  bare: { name: `bare loop, ${type}`, over: 'AMQP', provider: { program: 'bare', type }, load: SATURATED },
  ours: { name: `provider, ${type}`, over: 'AMQP', provider: { ...OURS, type }, load: SATURATED },
}));
export const DIRECT_ROW: Row = { name: 'provider, asked over AMQP', over: 'AMQP', provider: OURS, load: STEADY };
export const GATEWAY_ROW: Row = { name: 'gateway, asked over HTTP', over: 'HTTP', provider: OURS, load: STEADY };

export const ROWS: readonly Row[] = [
  ...SATURATED_PAIRS.flatMap(({ bare, ours }) => [bare, ours]),
  DIRECT_ROW,
  GATEWAY_ROW,
];

import type { Scenario } from './scenario';
import {
  bridgeAway,
  bridgeDrained,
  bridgeKilled,
  brokerRestarted,
  brokerUnreachable,
  connectionsReset,
  straggler,
  windowOverrun,
} from './scenarios';

/** What a release has to stand. */
const FULL: readonly Scenario[] = [
  bridgeKilled({ messages: 20_000, perSecond: 2_500, times: 8 }),
  bridgeKilled({ messages: 20_000, perSecond: 2_500, times: 8 }, { qos: 2 }),
  bridgeDrained({ messages: 20_000, perSecond: 2_500, times: 8 }),
  bridgeDrained({ messages: 20_000, perSecond: 2_500, times: 8 }, { qos: 2 }),
  connectionsReset({ messages: 15_000, perSecond: 2_500, everyMs: 600 }),
  connectionsReset({ messages: 15_000, perSecond: 2_500, everyMs: 600 }, { qos: 2 }),
  brokerUnreachable({ messages: 8, perSecond: 100, takesMs: 6_000, awayMs: 3_500 }),
  brokerRestarted({ messages: 12_000, perSecond: 1_500, times: 4, everyMs: 1_500 }),
  bridgeAway({ messages: 5_000, perSecond: 5_000 }),
  bridgeKilled({ messages: 10_000, perSecond: 2_500, times: 4 }, { protocolVersion: 4 }),
  bridgeKilled({ messages: 5_000, perSecond: 2_500, times: 2 }, { link: 'websocket' }),
  straggler({ messages: 4_000, perSecond: 1_000, window: 1_024, takesMs: 3_000 }),
  windowOverrun({ messages: 2_000, perSecond: 1_000, window: 8, takesMs: 5_000 }),
];

/** The same in about a minute. */
const SMALL: readonly Scenario[] = [
  bridgeKilled({ messages: 2_000, perSecond: 2_500, times: 3 }),
  bridgeKilled({ messages: 2_000, perSecond: 2_500, times: 3 }, { qos: 2 }),
  bridgeDrained({ messages: 2_000, perSecond: 2_500, times: 2 }),
  bridgeDrained({ messages: 2_000, perSecond: 2_500, times: 2 }, { qos: 2 }),
  connectionsReset({ messages: 2_500, perSecond: 2_500, everyMs: 250 }),
  connectionsReset({ messages: 2_500, perSecond: 2_500, everyMs: 250 }, { qos: 2 }),
  brokerUnreachable({ messages: 8, perSecond: 100, takesMs: 4_000, awayMs: 2_500 }),
  brokerRestarted({ messages: 1_500, perSecond: 1_500, times: 2, everyMs: 300 }),
  bridgeAway({ messages: 1_500, perSecond: 5_000 }),
  bridgeKilled({ messages: 1_500, perSecond: 2_500, times: 2 }, { protocolVersion: 4 }),
  bridgeKilled({ messages: 1_500, perSecond: 2_500, times: 2 }, { link: 'websocket' }),
  straggler({ messages: 1_500, perSecond: 1_000, window: 512, takesMs: 1_500 }),
  windowOverrun({ messages: 1_300, perSecond: 1_300, window: 8, takesMs: 3_500 }),
];

export const SIZES = { full: FULL, small: SMALL } as const;

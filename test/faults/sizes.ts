import type { Scenario } from './scenario';
import { oversizeReply, poison, replyDenied } from './scenarios/answers-refused';
import {
  bridgeAway,
  bridgeDrained,
  bridgeKilled,
  memberDies,
  memberRetired,
  memberRetires,
} from './scenarios/bridge-ends';
import {
  brokerForgets,
  brokerKilled,
  brokerRefuses,
  brokerRestarted,
  diskFull,
  queueOverflows,
} from './scenarios/broker-fails';
import { configWrong } from './scenarios/config-wrong';
import { brokerUnreachable, clockMoved, connectionsReset, linkHalfOpen } from './scenarios/link-breaks';
import {
  modelDown,
  modelErrs,
  modelRejects,
  modelTooSlow,
  slowModel,
  straggler,
  windowOverrun,
} from './scenarios/model-fails';

/** What a release has to stand. */
const FULL: readonly Scenario[] = [
  bridgeKilled({ messages: 20_000, perSecond: 2_500, times: 8 }),
  bridgeKilled({ messages: 20_000, perSecond: 2_500, times: 8 }, { qos: 2 }),
  bridgeKilled({ messages: 10_000, perSecond: 2_500, times: 4 }, { protocolVersion: 4 }),
  bridgeKilled({ messages: 5_000, perSecond: 2_500, times: 2 }, { link: 'websocket' }),
  bridgeDrained({ messages: 20_000, perSecond: 2_500, times: 8 }),
  bridgeDrained({ messages: 20_000, perSecond: 2_500, times: 8 }, { qos: 2 }),
  bridgeAway({ messages: 5_000, perSecond: 5_000 }),
  memberDies({ messages: 6_000, perSecond: 1_500 }),
  memberRetires({ messages: 6_000, perSecond: 1_500 }),
  memberRetired({ messages: 6_000, perSecond: 1_500 }),
  connectionsReset({ messages: 15_000, perSecond: 2_500, everyMs: 600 }),
  connectionsReset({ messages: 15_000, perSecond: 2_500, everyMs: 600 }, { qos: 2 }),
  linkHalfOpen({ messages: 6_000, perSecond: 500 }),
  brokerUnreachable({ messages: 8, perSecond: 100, takesMs: 6_000, awayMs: 3_500 }),
  brokerRefuses({ messages: 3_000, perSecond: 1_500 }),
  brokerRestarted({ messages: 12_000, perSecond: 1_500, times: 4, everyMs: 1_500 }),
  brokerForgets({ messages: 3_000, perSecond: 1_500 }),
  brokerKilled({ messages: 3_000, perSecond: 1_500 }),
  diskFull({ messages: 3_000, perSecond: 1_500 }),
  queueOverflows({ messages: 5_000, perSecond: 5_000 }, 1_000),
  straggler({ messages: 4_000, perSecond: 1_000, window: 1_024, takesMs: 3_000 }),
  windowOverrun({ messages: 2_000, perSecond: 1_000, window: 8, takesMs: 5_000 }),
  slowModel({ messages: 512, perSecond: 500, window: 256, takesMs: 3_000 }),
  modelDown({ messages: 7_000, perSecond: 100, outageMs: 60_000 }),
  modelErrs({ messages: 4_000, perSecond: 200, outageMs: 15_000 }),
  modelRejects({ messages: 1_000, perSecond: 1_000 }),
  modelTooSlow({ messages: 500, perSecond: 500, takesMs: 4_000 }),
  oversizeReply({ messages: 2_000, perSecond: 1_000 }),
  replyDenied({ messages: 2_000, perSecond: 1_000 }),
  poison({ messages: 2_000, perSecond: 1_000 }),
  clockMoved({ messages: 4_000, perSecond: 500 }),
  configWrong({ messages: 1_000, perSecond: 5_000 }),
];

/** The same in little more than a minute: first what takes the whole machine, then what mostly waits. */
const SMALL = {
  busy: [
    bridgeKilled({ messages: 2_000, perSecond: 2_500, times: 3 }),
    bridgeKilled({ messages: 2_000, perSecond: 2_500, times: 3 }, { qos: 2 }),
    bridgeKilled({ messages: 1_500, perSecond: 2_500, times: 2 }, { protocolVersion: 4 }),
    bridgeKilled({ messages: 1_500, perSecond: 2_500, times: 2 }, { link: 'websocket' }),
    bridgeDrained({ messages: 2_000, perSecond: 2_500, times: 2 }),
    bridgeDrained({ messages: 2_000, perSecond: 2_500, times: 2 }, { qos: 2 }),
    bridgeAway({ messages: 1_500, perSecond: 5_000 }),
    memberDies({ messages: 1_000, perSecond: 1_500 }),
    connectionsReset({ messages: 2_500, perSecond: 2_500, everyMs: 250 }),
    connectionsReset({ messages: 2_500, perSecond: 2_500, everyMs: 250 }, { qos: 2 }),
    brokerRestarted({ messages: 1_500, perSecond: 1_500, times: 2, everyMs: 300 }),
    straggler({ messages: 1_500, perSecond: 1_000, window: 512, takesMs: 1_500 }),
  ],
  calm: [
    memberRetires({ messages: 600, perSecond: 400 }),
    memberRetired({ messages: 600, perSecond: 400 }),
    windowOverrun({ messages: 500, perSecond: 500, window: 8, takesMs: 3_500 }),
    brokerUnreachable({ messages: 8, perSecond: 100, takesMs: 4_000, awayMs: 2_500 }),
    linkHalfOpen({ messages: 600, perSecond: 200 }),
    clockMoved({ messages: 400, perSecond: 200 }),
    modelDown({ messages: 600, perSecond: 200, outageMs: 3_000 }),
    modelErrs({ messages: 600, perSecond: 200, outageMs: 3_000 }),
    slowModel({ messages: 128, perSecond: 200, window: 128, takesMs: 1_500 }),
    modelTooSlow({ messages: 40, perSecond: 200, takesMs: 2_000 }),
    brokerForgets({ messages: 300, perSecond: 500 }),
    brokerKilled({ messages: 300, perSecond: 500 }),
    diskFull({ messages: 300, perSecond: 500 }),
    queueOverflows({ messages: 300, perSecond: 5_000 }, 100),
    brokerRefuses({ messages: 300, perSecond: 500 }),
    modelRejects({ messages: 200, perSecond: 500 }),
    oversizeReply({ messages: 200, perSecond: 500 }),
    replyDenied({ messages: 200, perSecond: 500 }),
    poison({ messages: 200, perSecond: 500 }),
    configWrong({ messages: 100, perSecond: 5_000 }),
  ],
} satisfies Record<string, readonly Scenario[]>;

export const SIZES = { full: FULL, small: [...SMALL.busy, ...SMALL.calm] } as const;
export const { busy: BUSY, calm: CALM } = SMALL;

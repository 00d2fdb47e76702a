import type { AmqpScenario } from './scenario';
import { poison, replyUnroutable } from './scenarios/answers-refused';
import {
  brokerBlocked,
  brokerRestarted,
  connectionsReset,
  consumerTimedOut,
  queueDeleted,
} from './scenarios/broker-fails';
import { gatewayDrained, gatewayKilled } from './scenarios/gateway-ends';
import { modelDown, modelErrs, modelRejects, retriesEnd } from './scenarios/model-fails';
import { leaderKilled, nodePartitioned, ownNodeKilled, rollingRestart } from './scenarios/nodes-fail';
import { providerDrained, providerKilled } from './scenarios/provider-ends';

/** What a release has to stand. */
const FULL: readonly AmqpScenario[] = [
  providerKilled({ messages: 10_000, perSecond: 1_500, times: 6 }),
  providerKilled({ messages: 10_000, perSecond: 1_500, times: 6 }, { type: 'classic' }),
  providerDrained({ messages: 10_000, perSecond: 1_500, times: 6 }),
  brokerRestarted({ messages: 6_000, perSecond: 600, times: 3 }, 'SIGTERM'),
  brokerRestarted({ messages: 6_000, perSecond: 600, times: 3 }, 'SIGKILL'),
  connectionsReset({ messages: 10_000, perSecond: 1_000, everyMs: 1_000 }),
  consumerTimedOut({ messages: 1_000, perSecond: 200, takesMs: 9_000 }),
  queueDeleted({ messages: 2_000, perSecond: 1_000 }),
  brokerBlocked({ messages: 6_000, perSecond: 600, forMs: 10_000 }, 'memory'),
  brokerBlocked({ messages: 6_000, perSecond: 600, forMs: 10_000 }, 'disk space'),
  modelDown({ messages: 4_000, perSecond: 200, outageMs: 15_000 }),
  modelErrs({ messages: 4_000, perSecond: 200, outageMs: 15_000 }),
  modelRejects({ messages: 1_000, perSecond: 1_000 }),
  retriesEnd({ messages: 500, perSecond: 500, attempts: 4 }),
  replyUnroutable({ messages: 2_000, perSecond: 1_000 }),
  poison({ messages: 2_000, perSecond: 1_000 }),
  gatewayDrained({ messages: 6_000, perSecond: 400 }),
  gatewayKilled({ messages: 6_000, perSecond: 400 }),
  ownNodeKilled({ messages: 10_000, perSecond: 300 }),
  leaderKilled({ messages: 10_000, perSecond: 300 }),
  rollingRestart({ messages: 18_000, perSecond: 300 }),
  nodePartitioned({ messages: 10_000, perSecond: 300 }),
];

/** The same in about a minute, without a cluster, which takes half of that to start. */
const SMALL: readonly AmqpScenario[] = [
  providerKilled({ messages: 1_500, perSecond: 1_000, times: 2 }),
  providerDrained({ messages: 1_500, perSecond: 1_000, times: 2 }),
  connectionsReset({ messages: 1_000, perSecond: 1_000, everyMs: 300 }),
  consumerTimedOut({ messages: 50, perSecond: 200, takesMs: 3_000 }),
  queueDeleted({ messages: 200, perSecond: 500 }),
  brokerBlocked({ messages: 400, perSecond: 200, forMs: 500 }, 'memory'),
  modelDown({ messages: 200, perSecond: 200, outageMs: 1_500 }),
  modelErrs({ messages: 200, perSecond: 200, outageMs: 1_500 }),
  modelRejects({ messages: 200, perSecond: 500 }),
  retriesEnd({ messages: 50, perSecond: 500, attempts: 2 }),
  replyUnroutable({ messages: 200, perSecond: 500 }),
  poison({ messages: 200, perSecond: 500 }),
  gatewayDrained({ messages: 400, perSecond: 200 }),
  gatewayKilled({ messages: 400, perSecond: 200 }),
  brokerRestarted({ messages: 400, perSecond: 200, times: 1 }, 'SIGTERM'),
];

export const SIZES = { full: FULL, small: SMALL } as const;

import { setTimeout as sleep } from 'node:timers/promises';
import type { BridgeProcess } from './bridge-process';
import type { BridgeCounts, Outcome } from './outcome';
import type { Scenario } from './scenario';
import { onStage, type Stage } from './stage';

const TIME_LIMIT_MS = 180_000;
const IDLE_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * Plays a scenario from the first request to the last answer and counts.
 *
 * @param watch called with a function that tells how many requests have an answer
 * @throws Error when the scenario cannot be played, takes too long, or the bridge does not end as it should
 */
export function playScenario(scenario: Scenario, watch?: (answered: () => number) => void): Promise<Outcome> {
  return onStage(scenario.setting, (stage) => {
    watch?.(() => stage.verifier.ledger.distinct);
    return withinLimit(count(scenario, stage));
  });
}

async function count(scenario: Scenario, stage: Stage): Promise<Outcome> {
  const { bridge, verifier, model } = stage;
  const { messages } = scenario.load;
  const ids = Array.from({ length: messages }, (_, index) => String(index));

  const over = new AbortController();
  const played = async () => {
    try {
      await scenario.play(stage);
      await verifier.answered(messages);
    } finally {
      over.abort();
    }
  };
  const looked = scenario.promised.unacknowledgedAtMost === undefined ? undefined : peak(bridge, over.signal);
  const [peakUnacknowledged] = await Promise.all([looked, played()]);
  const lastBridge = await countsWhenIdle(bridge);
  await verifier.flush();

  return {
    lost: verifier.ledger.missing(ids).length,
    duplicates: verifier.ledger.repeated,
    errorReplies: verifier.errorReplies,
    modelCalls: await model.calls(),
    peakUnacknowledged,
    lastBridge,
    oneBridge: bridge.starts === 1,
  };
}

/** The highest number of messages the bridge says it holds unacknowledged, until it is over. */
async function peak(bridge: BridgeProcess, over: AbortSignal): Promise<number> {
  let highest = 0;
  while (!over.aborted) {
    highest = Math.max(highest, (await counts(bridge)).unacknowledged);
    await sleep(LOOK_EVERY_MS);
  }
  return highest;
}

/** What the bridge has counted when it is done with everything, or when it should have been for long. */
async function countsWhenIdle(bridge: BridgeProcess): Promise<BridgeCounts> {
  const deadline = performance.now() + IDLE_MS;
  let last = await counts(bridge);
  while (last.unacknowledged + last.inflight > 0 && performance.now() < deadline) {
    await sleep(LOOK_EVERY_MS);
    last = await counts(bridge);
  }
  return last;
}

async function counts(bridge: BridgeProcess): Promise<BridgeCounts> {
  const metrics = await bridge.metrics();
  return {
    received: metrics.sum('bridge_messages_received_total'),
    settled: metrics.sum('bridge_messages_settled_total'),
    inflight: metrics.sum('bridge_inflight'),
    unacknowledged: metrics.sum('bridge_unacked'),
    adopted: metrics.sum('bridge_messages_settled_total', 'outcome="duplicate"'),
    reconnects: metrics.sum('bridge_reconnects_total'),
  };
}

async function withinLimit<T>(work: Promise<T>): Promise<T> {
  const limit = new AbortController();
  const tooLong = sleep(TIME_LIMIT_MS, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`the scenario was not over after ${TIME_LIMIT_MS / 1000} s`);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    limit.abort();
  }
}

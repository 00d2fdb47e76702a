import { setTimeout as sleep } from 'node:timers/promises';
import { Metrics } from './metrics';
import type { BridgeCounts, Outcome } from './outcome';
import type { Scenario } from './scenario';
import { onStage, type Stage } from './stage';

const TIME_LIMIT_MS = 240_000;
const IDLE_MS = 20_000;
const LOOK_EVERY_MS = 50;

/**
 * Plays a scenario from the first request to the last answer and counts.
 *
 * @param watch called with a function that tells how many requests have an answer
 * @throws Error when the scenario cannot be played, takes too long, or the bridge does not end as it should
 */
export function playScenario(scenario: Scenario, watch?: (answered: () => number) => void): Promise<Outcome> {
  return onStage(scenario.setting, (stage) => {
    watch?.(() => stage.verifier.settled);
    return withinLimit(count(scenario, stage));
  });
}

async function count(scenario: Scenario, stage: Stage): Promise<Outcome> {
  const { verifier, model, bridges } = stage;
  const { load, promised } = scenario;
  const { messages } = load;

  const over = new AbortController();
  const played = async () => {
    try {
      await scenario.play(stage);
      await verifier.answered(messages - (promised.brokerLoses?.atMost ?? 0));
    } finally {
      over.abort();
    }
  };
  const looked = promised.unacknowledgedAtMost === undefined ? undefined : peak(stage, over.signal);
  const [peakUnacknowledged] = await Promise.all([looked, played()]);
  const metrics = await metricsWhenIdle(scenario, stage);
  await verifier.flush();

  const { predictions, errors, deadLetters } = verifier;
  const lastBridge = counts(metrics);
  const { calls, refusals } = await model.report();
  const unanswered = Array.from({ length: messages }, (_, id) => String(id)).filter((id) => !verifier.isSettled(id));
  const lostByBroker = promised.brokerLoses ? messages - (lastBridge.received - lastBridge.adopted) : 0;
  return {
    predicted: predictions.distinct,
    errors: verifier.codes,
    deadLetters: deadLetters.distinct,
    lost: unanswered.length - lostByBroker,
    lostByBroker,
    askedInVain: (await model.asked()).filter((id) => !verifier.isSettled(id)).length,
    duplicates: predictions.entries + errors.entries - union(predictions.ids(), errors.ids()).size,
    modelCalls: calls - refusals,
    peakUnacknowledged,
    lastBridge,
    metrics,
    oneBridge: bridges.every(({ running, starts }) => running && starts === 1),
  };
}

/** The highest number of messages the bridges say they hold unacknowledged, until it is over. */
async function peak(stage: Stage, over: AbortSignal): Promise<number> {
  let highest = 0;
  while (!over.aborted) {
    highest = Math.max(highest, counts(await metricsOf(stage)).unacknowledged);
    await sleep(LOOK_EVERY_MS);
  }
  return highest;
}

/**
 * What the bridges have counted when they are done with everything and show what they should, or when that should have
 * been for long.
 */
async function metricsWhenIdle({ promised }: Scenario, stage: Stage): Promise<Metrics> {
  const deadline = performance.now() + IDLE_MS;
  for (;;) {
    const metrics = await metricsOf(stage);
    const { unacknowledged, inflight } = counts(metrics);
    const shown = (promised.shows ?? []).every(({ metric, label, atLeast }) => metrics.sum(metric, label) >= atLeast);
    if ((unacknowledged + inflight === 0 && shown) || performance.now() > deadline) return metrics;
    await sleep(LOOK_EVERY_MS);
  }
}

/** A bridge that was there and is no more has left the others. */
async function metricsOf({ bridges }: Stage): Promise<Metrics> {
  const running = bridges.filter((bridge) => bridge.running);
  return Metrics.joined(await Promise.all(running.map((bridge) => bridge.metrics())));
}

function counts(metrics: Metrics): BridgeCounts {
  const calls = 'bridge_http_requests_total';
  return {
    received: metrics.sum('bridge_messages_received_total'),
    settled: metrics.sum('bridge_messages_settled_total'),
    inflight: metrics.sum('bridge_inflight'),
    unacknowledged: metrics.sum('bridge_unacked'),
    adopted: metrics.sum('bridge_messages_settled_total', 'outcome="duplicate"'),
    reconnects: metrics.sum('bridge_reconnects_total'),
    failedCalls: metrics.sum(calls) - metrics.sum(calls, 'code="200"'),
  };
}

function union(...lists: (readonly string[])[]): Set<string> {
  return new Set(lists.flat());
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

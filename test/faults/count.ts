import { setTimeout as sleep } from 'node:timers/promises';
import type { BridgeProcess } from './bridge-process';
import type { Ledger } from './ledger';
import { Metrics } from './metrics';
import type { ModelServer } from './model-server';
import type { BridgeCounts, Outcome } from './outcome';
import type { Promised, Scenario } from './scenario';

const IDLE_MS = 20_000;
const LOOK_EVERY_MS = 50;

/** Who keeps the ledgers of what is said to requesters. */
export interface Witness {
  readonly predictions: Ledger;
  readonly errors: Ledger;
  readonly deadLetters: Ledger;
  /** How often each error was the answer. */
  readonly codes: Readonly<Record<string, number>>;
  /** How many requests have an answer of whatever kind. */
  readonly settled: number;
  isSettled(id: string): boolean;
  /** Resolves when so many requests have an answer, or when none has come for too long. */
  answered(requests: number): Promise<boolean>;
  /** Resolves when everything that was said so far is in the ledgers. */
  flush(): Promise<void>;
}

/** What is counted on a stage. */
export interface CountedStage {
  readonly verifier: Witness;
  readonly model: Pick<ModelServer, 'report' | 'asked'>;
  readonly bridges: readonly Pick<BridgeProcess, 'running' | 'starts' | 'metrics'>[];
}

/** Plays a scenario on a stage that stands, from the first request to the last answer, and counts. */
export async function count<T extends CountedStage>(
  scenario: Pick<Scenario<unknown, T>, 'load' | 'promised' | 'play'>,
  stage: T,
): Promise<Outcome> {
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
  const metrics = await metricsWhenIdle(promised, stage);
  await verifier.flush();

  const { predictions, errors, deadLetters } = verifier;
  const lastBridge = counts(metrics);
  const { calls, refusals } = await model.report();
  const unanswered = Array.from({ length: messages }, (_, id) => String(id)).filter((id) => !verifier.isSettled(id));
  const duplicates = predictions.entries + errors.entries - union(predictions.ids(), errors.ids()).size;
  const reached = lastBridge.received - lastBridge.adopted - duplicates;
  const lostByBroker = promised.brokerLoses ? messages - reached : 0;
  return {
    predicted: predictions.distinct,
    errors: verifier.codes,
    deadLetters: deadLetters.distinct,
    lost: unanswered.length - lostByBroker,
    lostByBroker,
    askedInVain: (await model.asked()).filter((id) => !verifier.isSettled(id)).length,
    duplicates,
    modelCalls: calls - refusals,
    peakUnacknowledged,
    lastBridge,
    metrics,
    oneBridge: bridges.every(({ running, starts }) => running && starts === 1),
  };
}

/** The highest number of messages the bridges say they hold unacknowledged, until it is over. */
async function peak(stage: CountedStage, over: AbortSignal): Promise<number> {
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
async function metricsWhenIdle(promised: Promised, stage: CountedStage): Promise<Metrics> {
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
async function metricsOf({ bridges }: CountedStage): Promise<Metrics> {
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

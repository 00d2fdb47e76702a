import { table } from '../../test/faults/table';
import type { Measured } from '../bridge/order';
import { type Check, middle } from '../bridge/results';
import { median } from '../child';
import { DIRECT_ROW, GATEWAY_ROW, type Row, SATURATED_PAIRS } from './rows';

/** What was measured of each row, once a round. */
export type Results = ReadonlyMap<Row, readonly Measured[]>;

const HEADINGS = ['', 'load', 'answers/s', 'x bare', 'p50 ms', 'p99 ms', 'CPU us each', 'RSS MB'];
const LEAST_RATIO = 0.95;
const MOST_ADDED_MS = 1.5;

/** The middle of what the rounds found, a line for each row. */
export function tableOf(results: Results): string {
  const rows = [...results.keys()].map((row) => [
    row.name,
    'window' in row.load ? `${row.load.window} open` : `${row.load.perSecond}/s`,
    middle(results, row, 'perSecond').toFixed(0),
    ratio(results, row)?.toFixed(2) ?? '',
    middle(results, row, 'p50Ms').toFixed(2),
    middle(results, row, 'p99Ms').toFixed(2),
    middle(results, row, 'cpuMicrosecondsEach').toFixed(0),
    (middle(results, row, 'rssBytes') / 1e6).toFixed(0),
  ]);
  return table(HEADINGS, rows);
}

export function checksOf(results: Results): Check[] {
  const found: Check[] = [];
  for (const { ours } of SATURATED_PAIRS) {
    const times = ratio(results, ours);
    if (times === undefined) continue;
    found.push({
      text: `${ours.name}, saturated: ${times.toFixed(2)} x the bare loop, at least ${LEAST_RATIO}`,
      kept: times >= LEAST_RATIO,
    });
  }
  const [direct, gateway] = [least(results, DIRECT_ROW), least(results, GATEWAY_ROW)];
  if (direct !== undefined && gateway !== undefined) {
    const added = gateway - direct;
    const text = `the gateway adds ${added.toFixed(2)} ms at p50 at a steady rate, less than ${MOST_ADDED_MS}`;
    found.push({ text, kept: added < MOST_ADDED_MS });
  }
  return found;
}

/** The middle of what the rounds found: each is compared with its own round. */
function ratio(results: Results, row: Row): number | undefined {
  const bare = SATURATED_PAIRS.find(({ ours }) => ours === row)?.bare;
  const rounds = results.get(row) ?? [];
  const beside = bare && results.get(bare);
  if (!beside || rounds.length === 0) return undefined;
  return median(rounds.map(({ perSecond }, round) => perSecond / (beside[round]?.perSecond ?? Number.NaN)));
}

/** The shortest p50 of all rounds: whatever else there is on the machine only makes it longer. */
function least(results: Results, row: Row): number | undefined {
  const rounds = results.get(row);
  return rounds && Math.min(...rounds.map(({ p50Ms }) => p50Ms));
}

import { table } from '../../test/faults/table';
import { median } from '../child';
import type { Measured } from './order';
import { BASELINE, BATCHED_ROW, type Row, SATURATED_ROW, STEADY_ROW, STRAGGLER_ROW } from './rows';

/** What was measured of each row, once a round. */
export type Results = ReadonlyMap<Row, readonly Measured[]>;

/** Something that has to hold, with what was found. */
export interface Check {
  readonly text: string;
  readonly kept: boolean;
}

const HEADINGS = ['', 'load', 'answers/s', 'x naive', 'p50 ms', 'p99 ms', 'worst ms', 'CPU us each', 'RSS MB'];
/** Times the naive bridge's rate, in the same round. */
const LEAST_RATIOS = new Map([
  [SATURATED_ROW, 1.2],
  [BATCHED_ROW, 2],
]);
const MOST_P50_MS = 1;
const MOST_P99_MS = 8;
const MOST_RSS_MB = 120;
/** Of any request besides the one that takes 3 s. */
const MOST_DELAY_MS = 100;

/** The middle of what the rounds found, a line for each row. */
export function tableOf(results: Results): string {
  const rows = [...results.keys()].map((row) => [
    row.name,
    'window' in row.load ? `${row.load.window} open` : `${row.load.perSecond}/s`,
    middle(results, row, 'perSecond').toFixed(0),
    ratio(results, row)?.toFixed(2) ?? '',
    middle(results, row, 'p50Ms').toFixed(2),
    middle(results, row, 'p99Ms').toFixed(2),
    middle(results, row, 'worstMs').toFixed(0),
    middle(results, row, 'cpuMicrosecondsEach').toFixed(0),
    (middle(results, row, 'rssBytes') / 1e6).toFixed(0),
  ]);
  return table(HEADINGS, rows);
}

export function checksOf(results: Results): Check[] {
  const found: Check[] = [];
  for (const [row, least] of LEAST_RATIOS) {
    const times = ratio(results, row);
    if (times === undefined) continue;
    found.push({
      text: `${row.name}, saturated: ${times.toFixed(2)} x naive, at least ${least}`,
      kept: times >= least,
    });
  }
  const atMost = (row: Row, what: string, figure: keyof Measured, unit: string, most: number, scale = 1) => {
    if (!results.has(row)) return;
    const value = middle(results, row, figure) * scale;
    found.push({ text: `${row.name}: ${what} ${value.toFixed(2)} ${unit}, at most ${most}`, kept: value <= most });
  };
  atMost(STEADY_ROW, 'p50 at a steady rate', 'p50Ms', 'ms', MOST_P50_MS);
  atMost(STEADY_ROW, 'p99 at a steady rate', 'p99Ms', 'ms', MOST_P99_MS);
  atMost(STRAGGLER_ROW, 'the others wait', 'worstMs', 'ms', MOST_DELAY_MS);
  atMost(SATURATED_ROW, 'resident memory', 'rssBytes', 'MB', MOST_RSS_MB, 1e-6);
  return found;
}

/** How many times the naive bridge's rate, in the middle of the rounds: each is compared with its own round. */
function ratio(results: Results, row: Row): number | undefined {
  const baseline = results.get(BASELINE);
  if (!baseline || typeof row.what === 'string' || !('window' in row.load)) return undefined;
  const rounds = results.get(row) ?? [];
  return median(rounds.map(({ perSecond }, round) => perSecond / (baseline[round]?.perSecond ?? Number.NaN)));
}

/** The middle of what the rounds found. */
export function middle<R>(results: ReadonlyMap<R, readonly Measured[]>, row: R, figure: keyof Measured): number {
  return median((results.get(row) ?? []).map((measured) => measured[figure]));
}

import { table } from '../../test/faults/table';
import { median } from '../child';
import type { Measured } from './order';
import { BASELINE, type Row, SATURATED_ROW, STEADY_ROW } from './rows';

/** What was measured of each row, once a round. */
export type Results = ReadonlyMap<Row, readonly Measured[]>;

/** Something that has to hold, with what was found. */
export interface Check {
  readonly text: string;
  readonly kept: boolean;
}

const HEADINGS = ['', 'load', 'answers/s', 'x naive', 'p50 ms', 'p99 ms', 'CPU us each', 'RSS MB'];
const LEAST_RATIO = 1.2;
const MOST_P50_MS = 1;
const MOST_P99_MS = 8;

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
  const times = ratio(results, SATURATED_ROW);
  if (times !== undefined) {
    found.push({
      text: `${SATURATED_ROW.name}, saturated: ${times.toFixed(2)} x naive, at least ${LEAST_RATIO}`,
      kept: times >= LEAST_RATIO,
    });
  }
  if (results.has(STEADY_ROW)) {
    const [p50, p99] = [middle(results, STEADY_ROW, 'p50Ms'), middle(results, STEADY_ROW, 'p99Ms')];
    found.push({ text: `p50 at a steady rate: ${p50.toFixed(2)} ms, below ${MOST_P50_MS}`, kept: p50 < MOST_P50_MS });
    found.push({ text: `p99 at a steady rate: ${p99.toFixed(2)} ms, below ${MOST_P99_MS}`, kept: p99 < MOST_P99_MS });
  }
  return found;
}

/** How many times the naive bridge's rate, in the middle of the rounds: each is compared with its own round. */
function ratio(results: Results, row: Row): number | undefined {
  const baseline = results.get(BASELINE);
  if (!baseline || typeof row.what === 'string' || !('window' in row.load)) return undefined;
  const rounds = results.get(row) ?? [];
  return median(rounds.map(({ perSecond }, round) => perSecond / (baseline[round]?.perSecond ?? Number.NaN)));
}

function middle(results: Results, row: Row, figure: keyof Measured): number {
  return median((results.get(row) ?? []).map((measured) => measured[figure]));
}

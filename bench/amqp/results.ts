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
  const added = inSameRounds(results, GATEWAY_ROW, DIRECT_ROW, (gateway, direct) => gateway.p50Ms - direct.p50Ms);
  if (added !== undefined) {
    const text = `the gateway adds ${added.toFixed(2)} ms at p50 at a steady rate, less than ${MOST_ADDED_MS}`;
    found.push({ text, kept: added < MOST_ADDED_MS });
  }
  return found;
}

function ratio(results: Results, row: Row): number | undefined {
  const pair = SATURATED_PAIRS.find(({ ours }) => ours === row);
  return pair && inSameRounds(results, row, pair.bare, (ours, bare) => ours.perSecond / bare.perSecond);
}

/** The middle of what comparing two rows gives, each with its own round. */
function inSameRounds(
  results: Results,
  row: Row,
  other: Row,
  compare: (measured: Measured, other: Measured) => number,
): number | undefined {
  const others = results.get(other) ?? [];
  const figures = (results.get(row) ?? []).flatMap((measured, round) => {
    const beside = others[round];
    return beside ? [compare(measured, beside)] : [];
  });
  return figures.length > 0 ? median(figures) : undefined;
}

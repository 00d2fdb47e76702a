import { median, runChild } from './child';
import type { Measurement } from './synth-run';

/**
 * How long a synth takes and how it grows: models alone, models with a route each, and the objects of the first in bare
 * cdk8s. Each figure is the median of several processes, taken in turns.
 */

const RUNS = 3;
const SIZES = [100, 300, 1_000, 3_000, 10_000];
const SUBJECTS = ['models', 'routes', 'bare'] as const;
/** The budget: what a topology of this many models may take on two cores. */
const BUDGET = { models: 1_000, seconds: 3 };

type Row = Record<(typeof SUBJECTS)[number], Measurement>;

function measure(size: number): Row {
  const runs = Array.from({ length: RUNS }, () => SUBJECTS.map((subject) => once(subject, size)));
  const middle = (i: number, figure: 'seconds' | 'mebibytes') => median(runs.map((run) => run[i]?.[figure] ?? 0));
  const entries = SUBJECTS.map((subject, i) => [
    subject,
    { seconds: middle(i, 'seconds'), mebibytes: middle(i, 'mebibytes'), objects: size },
  ]);
  return Object.fromEntries(entries) as Row;
}

function once(subject: string, size: number): Measurement {
  process.stderr.write(`\r${subject} ${size}…            `);
  return runChild<Measurement>('synth-run.ts', subject, String(size));
}

/** By what power of the size a figure grew since the row before: 1 is linear, 2 quadratic. */
function growth(from: number, to: number, sizes: number): string {
  return (Math.log(to / from) / Math.log(sizes)).toFixed(2);
}

const rows = SIZES.map((size) => ({ size, row: measure(size) }));
process.stderr.write('\r                              \r');
console.log(
  'models | seconds | growth | MiB | with a route each: seconds | growth | MiB | bare cdk8s: seconds | ratio',
);
for (const [i, { size, row }] of rows.entries()) {
  const before = rows[i - 1];
  const power = (subject: 'models' | 'routes') =>
    before ? growth(before.row[subject].seconds, row[subject].seconds, size / before.size) : '-';
  console.log(
    [
      size,
      row.models.seconds.toFixed(2),
      power('models'),
      row.models.mebibytes.toFixed(0),
      row.routes.seconds.toFixed(2),
      power('routes'),
      row.routes.mebibytes.toFixed(0),
      row.bare.seconds.toFixed(2),
      `${(row.models.seconds / row.bare.seconds).toFixed(1)}x`,
    ].join(' | '),
  );
}

const within = rows.find(({ size }) => size === BUDGET.models)?.row.models.seconds ?? Number.POSITIVE_INFINITY;
const verdict = within < BUDGET.seconds ? 'within' : 'ABOVE';
console.log(`${BUDGET.models} models: ${within.toFixed(2)} s, ${verdict} the budget of ${BUDGET.seconds} s`);
process.exitCode = within < BUDGET.seconds ? 0 : 1;

import path from 'node:path';
import { parseArgs } from 'node:util';
import { mosquittoProblem } from '../../test/faults/mosquitto-process';
import { measureInTurns } from './in-turns';
import type { Times } from './measure';
import { checksOf, tableOf } from './results';
import { type Bridge, ROWS, type Row, SATURATED_ROW } from './rows';

const USAGE = `Usage: npm run bench:bridge [-- --quick] [--rounds N] [--only TEXT] [--against FILE]...

How fast the bridge is: against a real Mosquitto, a model that takes no time, and a naive bridge. Every row is measured
once a round, in turns; figures are the middle of the rounds.

  --quick               one short round
  --rounds N            an odd number; default 3
  --only TEXT           only rows with this in their name
  --against FILE        another bundle of the bridge to compare with, saturated; may be given several times
`;
const USUAL: Times = { warmUpMs: 1_500, measureMs: 4_000 };
const QUICK: Times = { warmUpMs: 500, measureMs: 1_200 };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string', default: '' },
      against: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const problem = mosquittoProblem();
  if (problem) {
    process.stdout.write(`skipped: ${problem}\n`);
    return;
  }
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  const rows = [...ROWS.filter(({ name }) => name.includes(values.only)), ...values.against.map(against)];
  const results = await measureInTurns(rows, rounds, values.quick ? QUICK : USUAL);
  process.stdout.write(`\n${tableOf(results)}\n\n`);
  for (const { text, kept } of checksOf(results)) {
    process.stdout.write(`${kept ? 'kept' : 'NOT KEPT'}: ${text}\n`);
    if (!kept) process.exitCode = 1;
  }
}

function against(file: string): Row {
  const what = { ...(SATURATED_ROW.what as Bridge), program: path.resolve(file) };
  return { ...SATURATED_ROW, name: path.basename(file), what };
}

// Ending in the usual way lets what was started end too.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

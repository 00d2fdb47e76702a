import { parseArgs } from 'node:util';
import { mosquittoProblem } from '../../test/faults/mosquitto-process';
import { measure } from './measure';
import { type Bridge, type Row, SATURATED_ROW } from './rows';
import { onStage } from './stage';

const USAGE = `Usage: npm run bench:soak [-- --minutes N] [--per-second N]

As many requests as the bridge can answer, for a long time. It fails when the bridge takes too much memory, or more and
more of it.

  --minutes N           default 60
  --per-second N        requests; default as many as can be answered
`;
const OPTIONS = {
  minutes: { type: 'string', default: '60' },
  'per-second': { type: 'string' },
  help: { type: 'boolean' },
} as const;
const MINUTE_MS = 60_000;
const MOST_MEGABYTES = 120;
/** What is warm after this part of the time stays warm: from then on memory may not grow by more than chance. */
const WARM_AFTER = 1 / 4;
const MOST_GROWTH = 1.1;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const minutes = Math.ceil(Number(values.minutes));
  const perSecond = values['per-second'] === undefined ? undefined : Number(values['per-second']);
  if (values.help || !(minutes > 0) || !(perSecond === undefined || perSecond > 0)) {
    process.stdout.write(USAGE);
    return;
  }
  const problem = mosquittoProblem();
  if (problem) {
    process.stdout.write(`skipped: ${problem}\n`);
    return;
  }
  const row = perSecond === undefined ? SATURATED_ROW : { ...SATURATED_ROW, load: { perSecond } };
  const megabytes = await soak(row, minutes);
  for (const what of faults(megabytes)) {
    process.stdout.write(`NOT KEPT: ${what}\n`);
    process.exitCode = 1;
  }
}

/** @returns the memory of the bridge after each minute */
function soak(row: Row, minutes: number): Promise<number[]> {
  return onStage([row.what as Bridge], {}, async (stage) => {
    const megabytes: number[] = [];
    for (let minute = 1; minute <= minutes; minute += 1) {
      const { perSecond, p99Ms, rssBytes } = await measure(row, stage, { warmUpMs: 0, measureMs: MINUTE_MS });
      megabytes.push(rssBytes / 1e6);
      const figures = [
        `${perSecond.toFixed(0)}/s`,
        `p99 ${p99Ms.toFixed(1)} ms`,
        `RSS ${megabytes.at(-1)?.toFixed(0)} MB`,
      ];
      process.stdout.write(`minute ${minute} of ${minutes}: ${figures.join(', ')}\n`);
    }
    return megabytes;
  });
}

function faults(megabytes: readonly number[]): string[] {
  const most = Math.max(...megabytes);
  const warm = megabytes.slice(Math.floor(megabytes.length * WARM_AFTER));
  const half = Math.floor(warm.length / 2);
  const growth = mean(warm.slice(-half)) / mean(warm.slice(0, half));
  return [
    ...(most > MOST_MEGABYTES ? [`${most.toFixed(0)} MB of memory, at most ${MOST_MEGABYTES}`] : []),
    ...(half > 0 && growth > MOST_GROWTH ? [`memory grew ${growth.toFixed(2)} times, at most ${MOST_GROWTH}`] : []),
  ];
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

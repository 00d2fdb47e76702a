import { parseArgs } from 'node:util';
import { mosquittoProblem } from './mosquitto-process';
import type { Outcome } from './outcome';
import { playScenario } from './play';
import { Progress } from './progress';
import type { Scenario } from './scenario';
import { SIZES } from './sizes';
import { table } from './table';
import { brokenPromises } from './verdict';

const USAGE = `Usage: npm run faults [-- --size full|small]

Runs the bridge through every fault it promises to stand, with a real Mosquitto, and counts.
`;
const HEADINGS = [
  'scenario',
  'QoS',
  'sent',
  'answered',
  'errors',
  'dead letters',
  'lost',
  'lost by the broker',
  'duplicates',
  'model calls',
  'adopted',
  'seconds',
];

interface Played {
  readonly scenario: Scenario;
  /** Nothing when it was not played to its end. */
  readonly outcome: Outcome | undefined;
  readonly broken: readonly string[];
  /** Why it was not played at all. */
  readonly skipped?: string;
  readonly seconds: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { size: { type: 'string', default: 'full' } } });
  const { size } = values;
  if (size !== 'full' && size !== 'small') throw new Error(`--size is "${size}".\n\n${USAGE}`);
  const problem = mosquittoProblem();
  if (problem) throw new Error(problem);

  const scenarios = SIZES[size];
  const played: Played[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    played.push(await playOne(scenario, `${index + 1}/${scenarios.length}`));
  }
  process.stdout.write(`\n${table(HEADINGS, played.map(row))}\n`);
  const skipped = played.flatMap(({ scenario, skipped }) => (skipped ? [`${scenario.name}: ${skipped}`] : []));
  if (skipped.length > 0) process.stdout.write(`\nSkipped:\n${skipped.join('\n')}\n`);
  const broken = played.flatMap(({ scenario, broken }) => broken.map((what) => `${scenario.specification}: ${what}`));
  if (broken.length === 0) return;
  process.stdout.write(`\nBroken promises:\n${broken.join('\n')}\n`);
  process.exitCode = 1;
}

async function playOne(scenario: Scenario, number: string): Promise<Played> {
  const skipped = scenario.problem?.();
  if (skipped) {
    process.stdout.write(`${number} ${scenario.specification}: skipped\n`);
    return { scenario, outcome: undefined, broken: [], skipped, seconds: 0 };
  }
  const progress = new Progress(`${number} ${scenario.specification}`, scenario.load.messages);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const outcome = await playScenario(scenario, (answered) => progress.follow(answered));
    const broken = brokenPromises(scenario, outcome);
    progress.end(broken.length === 0 ? 'kept' : 'BROKEN');
    return { scenario, outcome, broken, seconds: seconds() };
  } catch (error) {
    progress.end('FAILED');
    return { scenario, outcome: undefined, broken: [(error as Error).message], seconds: seconds() };
  }
}

function row({ scenario, outcome, seconds }: Played): string[] {
  const { name, setting, load } = scenario;
  const number = (value: number) => value.toLocaleString('en');
  const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, one) => sum + one, 0);
  const counts = outcome
    ? [
        number(outcome.predicted),
        number(total(outcome.errors)),
        number(outcome.deadLetters),
        number(outcome.lost),
        number(outcome.lostByBroker),
        number(outcome.duplicates),
        number(outcome.modelCalls),
        // Redeliveries meant for a process that is gone cannot be adopted by the next one.
        outcome.oneBridge ? number(outcome.lastBridge.adopted) : '',
      ]
    : HEADINGS.slice(3, -1).map(() => '?');
  return [name, String(setting.qos), number(load.messages), ...counts, seconds.toFixed(1)];
}

// Ending in the usual way lets leftovers.ts take everything down.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

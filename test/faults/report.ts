import type { Outcome } from './outcome';
import { Progress } from './progress';
import type { Scenario } from './scenario';
import { table } from './table';
import { brokenPromises } from './verdict';

/** What can be told of a scenario, whatever it runs in. */
type Told = Pick<Scenario<unknown, never>, 'name' | 'specification' | 'load' | 'promised' | 'problem'>;

interface Played<T> {
  readonly scenario: T;
  /** Nothing when it was not played to its end. */
  readonly outcome: Outcome | undefined;
  readonly broken: readonly string[];
  /** Why it was not played at all. */
  readonly skipped?: string;
  readonly seconds: number;
}

/** How scenarios are played, and what the table says of them besides. */
export interface Player<T> {
  readonly play: (scenario: T, watch: (answered: () => number) => void) => Promise<Outcome>;
  readonly heading: string;
  readonly detail: (scenario: T) => string;
}

/** Plays one scenario after another and prints what came of each; a broken promise makes an exit code of 1. */
export async function playAndReport<T extends Told>(scenarios: readonly T[], player: Player<T>): Promise<void> {
  const played: Played<T>[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    played.push(await playOne(scenario, player, `${index + 1}/${scenarios.length}`));
  }
  const rows = played.map((one) => row(one, player.detail(one.scenario)));
  process.stdout.write(`\n${table(headings(player.heading), rows)}\n`);
  const skipped = played.flatMap(({ scenario, skipped }) => (skipped ? [`${scenario.name}: ${skipped}`] : []));
  if (skipped.length > 0) process.stdout.write(`\nSkipped:\n${skipped.join('\n')}\n`);
  const broken = played.flatMap(({ scenario, broken }) => broken.map((what) => `${scenario.specification}: ${what}`));
  if (broken.length === 0) return;
  process.stdout.write(`\nBroken promises:\n${broken.join('\n')}\n`);
  process.exitCode = 1;
}

async function playOne<T extends Told>(scenario: T, { play }: Player<T>, number: string): Promise<Played<T>> {
  const skipped = scenario.problem?.();
  if (skipped) {
    process.stdout.write(`${number} ${scenario.specification}: skipped\n`);
    return { scenario, outcome: undefined, broken: [], skipped, seconds: 0 };
  }
  const progress = new Progress(`${number} ${scenario.specification}`, scenario.load.messages);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const outcome = await play(scenario, (answered) => progress.follow(answered));
    const broken = brokenPromises(scenario, outcome);
    progress.end(broken.length === 0 ? 'kept' : 'BROKEN');
    return { scenario, outcome, broken, seconds: seconds() };
  } catch (error) {
    progress.end('FAILED');
    return { scenario, outcome: undefined, broken: [(error as Error).message], seconds: seconds() };
  }
}

function headings(detail: string): string[] {
  return [
    'scenario',
    detail,
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
}

function row<T extends Told>({ scenario, outcome, seconds }: Played<T>, detail: string): string[] {
  const { name, load } = scenario;
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
    : headings(detail)
        .slice(3, -1)
        .map(() => '?');
  return [name, detail, number(load.messages), ...counts, seconds.toFixed(1)];
}

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mosquittoProblem } from '../../test/faults/mosquitto-process';
import { measureInTurns } from '../bridge/in-turns';
import { tableOf } from '../bridge/results';
import { BASELINE, type Bridge, type Row, SATURATED_ROW, STEADY_ROW } from '../bridge/rows';

/**
 * The bridge beside Apache Camel, with the load of `npm run bench:bridge`. Camel is fetched by Maven into a temporary
 * folder. What each promises:
 *
 * - `on arrival`: as Camel's kamelets do. One message at a time, acknowledged before the model is asked; what is under
 *   way when the process ends is lost.
 * - `manual`: one at a time, acknowledged when the route is through with it.
 * - `64 at a time`: acknowledged on arrival, then queued in memory for 64 threads; a crash loses the queue.
 * - ours: up to 64 at a time, acknowledged in order when the broker has accepted the answer.
 */
const CAMEL = path.join(__dirname, 'camel');
const LIBRARIES = path.join(tmpdir(), 'bench-peers-camel');
const MODES = { 'camel, on arrival': 'direct', 'camel, manual': 'manual', 'camel, 64 at a time': 'seda' };
const ROUNDS = 3;
/** A JVM takes its time to compile what is used much. */
const TIMES = { warmUpMs: 6_000, measureMs: 4_000 };
/** Far below what any of them can do, so that latencies are compared and not queues. */
const GENTLE = { perSecond: 500 };

async function main(): Promise<void> {
  const problem = mosquittoProblem() ?? missing('mvn', '--version') ?? missing('java', '-version');
  if (problem) {
    process.stdout.write(`skipped: ${problem}\n`);
    return;
  }
  process.stderr.write('Maven fetches Camel…\n');
  mkdirSync(LIBRARIES, { recursive: true });
  execFileSync('mvn', ['-q', '-B', '-f', CAMEL, 'dependency:copy-dependencies', `-DoutputDirectory=${LIBRARIES}`]);

  const peers = Object.fromEntries(Object.entries(MODES).map(([name, mode]) => [name, command(mode)]));
  const bridges = Object.keys(MODES).map((name): [string, Bridge] => [name, { program: name, qos: 1, link: 'tcp' }]);
  const rows: Row[] = [
    BASELINE,
    SATURATED_ROW,
    ...bridges.map(([name, what]) => ({ name, what, load: SATURATED_ROW.load })),
    { ...STEADY_ROW, load: GENTLE },
    ...bridges.map(([name, what]) => ({ name, what, load: GENTLE })),
  ];
  process.stdout.write(`\n${tableOf(await measureInTurns(rows, ROUNDS, TIMES, peers))}\n`);
}

function command(mode: string): string[] {
  return ['java', '-Xmx256m', '-cp', path.join(LIBRARIES, '*'), path.join(CAMEL, 'Peer.java'), mode];
}

function missing(program: string, flag: string): string | undefined {
  return spawnSync(program, [flag]).error && `${program} is not on PATH`;
}

process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

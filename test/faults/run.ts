import { parseArgs } from 'node:util';
import { mosquittoProblem } from './mosquitto-process';
import { playScenario } from './play';
import { playAndReport } from './report';
import { SIZES } from './sizes';

const USAGE = `Usage: npm run faults [-- --size full|small]

Runs the bridge through every fault it promises to stand, with a real Mosquitto, and counts.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { size: { type: 'string', default: 'full' } } });
  const { size } = values;
  if (size !== 'full' && size !== 'small') throw new Error(`--size is "${size}".\n\n${USAGE}`);
  const problem = mosquittoProblem();
  if (problem) throw new Error(problem);
  await playAndReport(SIZES[size], {
    play: playScenario,
    heading: 'QoS',
    detail: ({ setting }) => String(setting.qos),
  });
}

// Ending in the usual way lets leftovers.ts take everything down.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

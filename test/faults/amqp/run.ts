import { parseArgs } from 'node:util';
import { rabbitMqProblem } from '../../rabbitmq/rabbitmq-process';
import { playAndReport } from '../report';
import { Brokers } from './brokers';
import { playScenario } from './play';
import { SIZES } from './sizes';

const USAGE = `Usage: npm run faults:amqp [-- --size full|small] [-- --only TEXT]

Runs the provider and the gateway through every fault they promise to stand, with a real RabbitMQ, and counts.

  --only TEXT           only scenarios with this in their name
`;

async function main(): Promise<void> {
  const options = { size: { type: 'string', default: 'full' }, only: { type: 'string', default: '' } } as const;
  const { size, only } = parseArgs({ options }).values;
  if (size !== 'full' && size !== 'small') throw new Error(`--size is "${size}".\n\n${USAGE}`);
  const problem = rabbitMqProblem();
  if (problem) {
    process.stdout.write(`skipped: ${problem}\n`);
    return;
  }
  const brokers = new Brokers();
  try {
    await playAndReport(
      SIZES[size].filter(({ name }) => name.includes(only)),
      {
        play: (scenario, watch) => playScenario(brokers, scenario, watch),
        heading: 'broker',
        detail: ({ setting: { broker, type } }) => (broker === 'cluster' ? 'three nodes' : type),
      },
    );
  } finally {
    await brokers.close();
  }
}

// Ending in the usual way lets leftovers.ts take everything down.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

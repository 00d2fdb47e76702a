import { parseArgs } from 'node:util';
import { rabbitMqProblem } from '../../test/rabbitmq/rabbitmq-process';
import { inTurns } from '../bridge/in-turns';
import type { Times } from '../bridge/measure';
import { measure } from './measure';
import { checksOf, tableOf } from './results';
import { GATEWAY_ROW, ROWS } from './rows';
import { onStage, queueOf } from './stage';

const USAGE = `Usage: npm run bench:amqp [-- --quick] [--rounds N] [--only TEXT]

How fast the provider and the gateway are: against a real RabbitMQ, a model that takes no time, and the least that a
provider can do on the same client. Every row is measured once a round, in turns; figures are the middle of the rounds.

  --quick               one short round
  --rounds N            an odd number; default 7
  --only TEXT           only rows with this in their name
`;
const USUAL: Times = { warmUpMs: 1_500, measureMs: 4_000 };
const QUICK: Times = { warmUpMs: 500, measureMs: 1_200 };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const problem = rabbitMqProblem();
  if (problem) {
    process.stdout.write(`skipped: ${problem}\n`);
    return;
  }
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 7));
  const times = values.quick ? QUICK : USUAL;
  const rows = ROWS.filter(({ name }) => name.includes(values.only));
  const providers = new Map([...rows, GATEWAY_ROW].map(({ provider }) => [queueOf(provider), provider]));
  const results = await onStage([...providers.values()], GATEWAY_ROW.provider, (stage) =>
    inTurns(rows, rounds, (row) => measure(row, stage, times)),
  );
  process.stdout.write(`\n${tableOf(results)}\n\n`);
  for (const { text, kept } of checksOf(results)) {
    process.stdout.write(`${kept ? 'kept' : 'NOT KEPT'}: ${text}\n`);
    if (!kept) process.exitCode = 1;
  }
}

// Ending in the usual way lets what was started end too.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

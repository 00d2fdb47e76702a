import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { RabbitMqProcess, rabbitMqProblem } from './rabbitmq-process';

const START_MS = 180_000;
const problem = rabbitMqProblem();

/** Tests with a RabbitMQ of their own, which they share; skipped, with the reason in their name, where there is none. */
export function describeWithBroker(name: string, tests: (broker: () => RabbitMqProcess) => void): void {
  describe.skipIf(problem)(problem ? `${name} (skipped: ${problem})` : name, () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'rabbitmq-'));
    let broker: RabbitMqProcess | undefined;

    beforeAll(async () => {
      broker = await RabbitMqProcess.start({ directory });
    }, START_MS);

    afterAll(async () => {
      await broker?.close();
      rmSync(directory, { recursive: true, force: true });
    });

    tests(() => broker as RabbitMqProcess);
  });
}

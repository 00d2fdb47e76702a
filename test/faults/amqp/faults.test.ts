import { afterAll, describe, expect, it } from 'vitest';
import { rabbitMqProblem } from '../../rabbitmq/rabbitmq-process';
import { brokenPromises } from '../verdict';
import { Brokers } from './brokers';
import { playScenario } from './play';
import { SIZES } from './sizes';

const MOST_MS = 240_000;
const problem = rabbitMqProblem();
const skipped = problem ? ` (skipped: ${problem})` : '';

describe.skipIf(problem)(`Given a real RabbitMQ, the provider or the gateway${skipped}`, () => {
  const brokers = new Brokers();

  afterAll(() => brokers.close());

  it.each(SIZES.small)('$specification', { timeout: MOST_MS }, async (scenario) => {
    const outcome = await playScenario(brokers, scenario);

    expect(outcome.lost).toBe(0);
    expect(brokenPromises(scenario, outcome)).toEqual([]);
  });
});

import mqtt from 'mqtt';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startBroker, type TestBroker } from '../support/broker';
import { type CommandResult, startCommand } from '../support/command';

let broker: TestBroker;
beforeEach(async () => {
  broker = await startBroker();
  onTestFinished(() => broker.close());
});

/** Answers every request but those that the test leaves out, by their number. */
async function answering(leaveOut: (i: number) => boolean = () => false): Promise<void> {
  const client = await mqtt.connectAsync(broker.url, { protocolVersion: 4 });
  onTestFinished(async () => {
    await client.endAsync(true);
  });
  let i = 0;
  client.on('message', () => {
    i += 1;
    if (!leaveOut(i)) client.publish('iris/output', '{"predictions":[1]}', { qos: 1 });
  });
  await client.subscribeAsync('iris/input', { qos: 1 });
}

function bench(...flags: string[]): Promise<CommandResult> {
  const args = ['--broker', broker.url, '--mqtt-version', '3', '--topic', 'iris/input', '--data', '{}', ...flags];
  return startCommand('bench', ...args).ended;
}

describe('bench', () => {
  it('counts the answers, prints latencies, and exits with 0 when all were answered', async () => {
    await answering();

    const { code, stdout } = await bench('--count', '50');

    const [counts, rate, latency] = stdout.split('\n');
    expect(code).toBe(0);
    expect(counts).toBe('sent 50, predictions 50, error replies 0, without an answer 0');
    expect(rate).toMatch(/^\d+ answers per second$/);
    expect(latency).toMatch(/^latency p50 \d+\.\d\d ms, p90 .* ms, p99 .* ms, p99\.9 .* ms, longest \d+\.\d\d ms$/);
  });

  it('exits with 1 when a request got no answer, and says how many', async () => {
    await answering((i) => i === 10);

    const { code, stdout } = await bench('--count', '10', '--timeout', '0.3');

    expect(code).toBe(1);
    expect(stdout).toContain('sent 10, predictions 9, error replies 0, without an answer 1');
  });

  it('has no more requests without an answer than the window allows', async () => {
    await answering((i) => i > 0);

    const { stdout } = await bench('--count', '4', '--window', '2', '--timeout', '0.2');

    expect(stdout).toContain('sent 4, predictions 0, error replies 0, without an answer 4');
    expect(stdout).toContain('latency p50 - ms');
  });

  it.each([
    ['--count', '0'],
    ['--rate', 'fast'],
    ['--window', 'many'],
  ])('refuses %s %s', async (flag, value) => {
    const { code, stderr } = await bench(flag, value);

    expect(code).toBe(2);
    expect(stderr).toContain(`${flag} is "${value}", but it is a number above 0`);
  });
});

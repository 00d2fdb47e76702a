import { randomUUID } from 'node:crypto';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { within } from '../pacing/within';
import { BROKER_FLAGS, BROKER_USAGE, brokerOf } from './broker-flags';
import { Device } from './device';
import { positiveNumber, REQUEST_FLAGS, REQUEST_USAGE, type RequestOptions, requestOf } from './request-flags';

export const BENCH_USAGE = `Usage: edge-inference-bridge bench --broker URL --topic TOPIC --data TEXT [--count N]

Publishes many requests and prints how many were answered, how fast, and how long each took.
Exits with 0 when every request was answered with a prediction, else with 1.

  --count N             requests to publish; default 1000
  --rate N              requests per second; default: as many as --window allows
  --window N            requests without an answer at a time; default 64
${REQUEST_USAGE}${BROKER_USAGE}`;

const FLAGS = {
  count: { type: 'string', default: '1000' },
  rate: { type: 'string' },
  window: { type: 'string', default: '64' },
} as const;
const PROGRESS_MS = 1_000;
const PERCENTILES = [50, 90, 99, 99.9];

interface Tally {
  sent: number;
  predictions: number;
  errors: number;
}

/** @returns the exit code */
export async function bench(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { ...FLAGS, ...REQUEST_FLAGS, ...BROKER_FLAGS } });
  const options = requestOf(values);
  const count = Math.ceil(positiveNumber('count', values.count));
  const window = Math.ceil(positiveNumber('window', values.window));
  const rate = values.rate === undefined ? undefined : positiveNumber('rate', values.rate);
  const device = await Device.connect(brokerOf(values, `bench-${randomUUID()}`), options.topics);
  let broken = false;
  device.onClose(() => {
    broken = true;
  });

  const latency = createHistogram();
  const tally: Tally = { sent: 0, predictions: 0, errors: 0 };
  const started = performance.now();
  const progress = setInterval(() => showProgress(tally, count), PROGRESS_MS);
  const running = new Set<Promise<void>>();
  for (let i = 0; i < count && !broken; i += 1) {
    if (rate !== undefined) await until(started + (i * 1000) / rate);
    while (running.size >= window && !broken) await Promise.race(running);
    const asked = ask(device, options, tally, (ms) => latency.record(Math.max(1, Math.round(ms * 1000))));
    const finished: Promise<void> = asked.finally(() => running.delete(finished));
    running.add(finished);
  }
  await Promise.all(running);
  clearInterval(progress);
  const seconds = (performance.now() - started) / 1000;
  if (process.stderr.isTTY) process.stderr.write('\n');
  await device.disconnect();

  const answered = tally.predictions + tally.errors;
  const milliseconds = (microseconds: number) => (answered === 0 ? '-' : (microseconds / 1000).toFixed(2));
  const percentiles = PERCENTILES.map((p) => `p${p} ${milliseconds(latency.percentile(p))} ms`);
  process.stdout.write(`sent ${tally.sent}, predictions ${tally.predictions}, error replies ${tally.errors}, without an answer ${tally.sent - answered}
${(answered / seconds).toFixed(0)} answers per second
latency ${percentiles.join(', ')}, longest ${milliseconds(latency.max)} ms
`);
  if (broken) process.stderr.write('the connection to the broker broke\n');
  return tally.predictions === count ? 0 : 1;
}

/** Asks once, and counts what comes of it. Never rejects. */
async function ask(
  device: Device,
  { payload, qos, timeoutMs }: RequestOptions,
  tally: Tally,
  took: (ms: number) => void,
): Promise<void> {
  const started = performance.now();
  tally.sent += 1;
  const answer = device.ask(payload, qos).then((asked) => asked.answer);
  const found = await within(timeoutMs, answer).catch(() => undefined);
  if (!found) return;
  took(performance.now() - started);
  if (found.status === undefined || found.status.startsWith('2')) tally.predictions += 1;
  else tally.errors += 1;
}

async function until(moment: number): Promise<void> {
  const wait = moment - performance.now();
  if (wait > 1) await sleep(wait);
}

function showProgress({ sent, predictions, errors }: Tally, count: number): void {
  const line = `sent ${sent} of ${count}, predictions ${predictions}, error replies ${errors}`;
  process.stderr.write(process.stderr.isTTY ? `\r${line}` : `${line}\n`);
}

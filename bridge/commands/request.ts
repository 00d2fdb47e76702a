import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { within } from '../pacing/within';
import { BROKER_FLAGS, BROKER_USAGE, brokerOf } from './broker-flags';
import { Device, type DeviceAnswer } from './device';
import { REQUEST_FLAGS, REQUEST_USAGE, requestOf } from './request-flags';

export const REQUEST_COMMAND_USAGE = `Usage: edge-inference-bridge request --broker URL --topic TOPIC --data TEXT

Publishes one request, as a device would, and prints its answer.
Exits with 0 for a prediction, 1 for an error reply, 3 when no answer came in time.

${REQUEST_USAGE}${BROKER_USAGE}`;

const ERROR_REPLY = 1;
const NO_ANSWER = 3;

/** @returns the exit code */
export async function request(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { ...REQUEST_FLAGS, ...BROKER_FLAGS } });
  const options = requestOf(values);
  const device = await Device.connect(brokerOf(values, `request-${randomUUID()}`), options.topics);
  try {
    const { answer } = await device.ask(options.payload, options.qos);
    const found = await within(options.timeoutMs, answer);
    if (!found) {
      process.stderr.write(`no answer on ${options.topics.reply} within ${options.timeoutMs / 1000} s\n`);
      return NO_ANSWER;
    }
    return print(found);
  } finally {
    await device.disconnect();
  }
}

function print({ body, status }: DeviceAnswer): number {
  const failed = status === undefined ? isErrorReply(body) : !status.startsWith('2');
  (failed ? process.stderr : process.stdout).write(`${body}\n`);
  return failed ? ERROR_REPLY : 0;
}

/** MQTT 3.1.1 has no properties to say it with. */
function isErrorReply(body: Buffer): boolean {
  try {
    return typeof JSON.parse(body.toString()).error?.code === 'string';
  } catch {
    return false;
  }
}

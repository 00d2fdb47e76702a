import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { IPublishPacket } from 'mqtt';
import * as z from 'zod';
import { topicNameProblem } from '../config/topics';
import { BridgeError } from '../errors';
import { AckGate } from '../mqtt/ack-gate';
import { createRequestClient, openClient } from '../mqtt/client';
import { within } from '../pacing/within';
import { BROKER_FLAGS, BROKER_USAGE, brokerOf, isAmqp } from './broker-flags';
import { positiveNumber } from './request-flags';

export const REPLAY_USAGE = `Usage: edge-inference-bridge replay --broker URL --from TOPIC [--prepare]

Puts requests that ended as dead letters back to where they came from. A letter is taken off when the broker has
accepted its request again. Ends when no more letters come, or when a request of this run has failed again.
Exits with 0 when all letters were put back, else with 1.

From RabbitMQ, with --broker amqp://host or amqps://host, it puts back what is in a parking queue when it begins.

  --from TOPIC          the dead-letter topic, or the parking queue
  --prepare             only ask the broker to keep letters from now on
  --client-id ID        under which the broker keeps letters; default edge-inference-replay
  --quiet SECONDS       how long to wait for another letter; default 3
${BROKER_USAGE}`;

const FLAGS = {
  from: { type: 'string' },
  prepare: { type: 'boolean', default: false },
  'client-id': { type: 'string', default: 'edge-inference-replay' },
  quiet: { type: 'string', default: '3' },
} as const;
/** Marks what is put back, so that a letter about it is known when it comes. */
const MARK = 'replay';
const GOODBYE_MS = 2_000;
const WINDOW = { messages: 100, bytes: 64 * 1024 * 1024 };

const Letter = z.object({
  topic: z.string().refine((topic) => topicNameProblem(topic) === undefined),
  base64OriginalPayload: z.base64(),
  requestId: z.string(),
  responseTopic: z.string().optional(),
  base64CorrelationData: z.base64().optional(),
  userProperties: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
});
type Letter = z.infer<typeof Letter>;

/** @returns the exit code */
export async function replay(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { ...FLAGS, ...BROKER_FLAGS } });
  if (isAmqp(values)) return (await import('./replay-parked.js')).replayParked(values);
  const from = deadLetterTopic(values.from);
  const quietMs = positiveNumber('quiet', values.quiet) * 1000;
  const client = createRequestClient(brokerOf(values, values['client-id']), WINDOW.messages);
  const run = randomUUID();
  const never = new Promise<void>(() => undefined);
  let putBack = 0;
  let onTheirWay = 0;
  let stopped: string | undefined;
  let lastHeard = performance.now();
  const gate = new AckGate(handle, WINDOW, { adopted: () => undefined });
  gate.guard(client);
  const { sessionPresent } = await openClient(client);
  await client.subscribeAsync(from, { qos: 1 });
  if (values.prepare) {
    process.stdout.write(`letters on ${from} are kept from now on\n`);
  } else {
    if (!sessionPresent) process.stderr.write('the broker kept no letters: run it with --prepare first\n');
    const goesOn = () => onTheirWay > 0 || (stopped === undefined && performance.now() - lastHeard < quietMs);
    while (client.connected && goesOn()) await sleep(50);
    if (stopped !== undefined) process.stderr.write(`${stopped}\n`);
    process.stdout.write(`put back ${putBack} request(s)\n`);
  }
  // Not at once: acknowledgements go out before.
  await within(GOODBYE_MS, client.endAsync(false));
  return stopped === undefined ? 0 : 1;

  /** Letters behind one that cannot be put back stay at the broker: acknowledgements keep their order. */
  async function handle(packet: IPublishPacket): Promise<void> {
    lastHeard = performance.now();
    if (stopped !== undefined) return never;
    const letter = readLetter(packet.payload);
    if (typeof letter === 'string') stopped = letter;
    else if (letter.userProperties?.[MARK] === run) stopped = `request ${letter.requestId} has failed again`;
    if (stopped !== undefined || typeof letter === 'string') return never;
    onTheirWay += 1;
    const accepted = await publish(letter).catch((error: Error) => {
      stopped = `request ${letter.requestId} cannot be put back: ${error.message}`;
    });
    onTheirWay -= 1;
    lastHeard = performance.now();
    if (accepted === undefined) return never;
    putBack += 1;
  }

  function publish(letter: Letter) {
    return client.publishAsync(letter.topic, Buffer.from(letter.base64OriginalPayload, 'base64'), {
      qos: 1,
      properties: {
        contentType: 'application/json',
        userProperties: { ...letter.userProperties, [MARK]: run },
        ...(letter.responseTopic !== undefined && { responseTopic: letter.responseTopic }),
        ...(letter.base64CorrelationData !== undefined && {
          correlationData: Buffer.from(letter.base64CorrelationData, 'base64'),
        }),
      },
    });
  }
}

/** The letter, or why it cannot be put back. */
function readLetter(payload: string | Buffer): Letter | string {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString());
  } catch {
    return 'there is something on the topic that is no dead letter; it stays there, and what is behind it';
  }
  const letter = Letter.safeParse(value);
  if (letter.success) return letter.data;
  const problem = letter.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join(', ');
  return `a dead letter cannot be put back (${problem}); it stays there, and what is behind it`;
}

function deadLetterTopic(topic: string | undefined): string {
  const problem = topic === undefined ? 'letters are taken from a topic' : topicNameProblem(topic);
  if (topic !== undefined && !problem) return topic;
  const found = topic === undefined ? 'is missing' : `is "${topic}"`;
  throw new BridgeError('BRIDGE_ERR_CONFIG', `--from ${found}, but ${problem}`);
}

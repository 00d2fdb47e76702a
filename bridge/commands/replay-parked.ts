import type { Channel, SyncMessage } from 'rabbitmq-client';
import { ConfirmChannel } from '../amqp/confirm-channel';
import { openConnection } from '../amqp/connection';
import { originOf, replayable } from '../amqp/parked';
import { amqpNameProblem } from '../config/amqp-names';
import { BridgeError } from '../errors';
import { amqpOf, type BrokerFlags } from './broker-flags';

interface ReplayFlags extends BrokerFlags {
  readonly from?: string;
  readonly prepare?: boolean;
}

/**
 * Puts the messages of a parking queue back to where their requesters published them. Each is taken off when the broker has
 * accepted it again. Those that come to the queue meanwhile stay.
 *
 * @returns the exit code
 */
export async function replayParked({ from, prepare, ...flags }: ReplayFlags): Promise<number> {
  const queue = parkingQueue(from);
  if (prepare) throw new BridgeError('BRIDGE_ERR_CONFIG', '--prepare is for MQTT: a parking queue keeps what is in it');
  const connection = await openConnection(amqpOf(flags), 'replay');
  let putBack = 0;
  let stopped: string | undefined;
  try {
    const channel = await connection.channel();
    const publisher = await ConfirmChannel.open(connection);
    const { messageCount } = await channel.queueDeclare({ queue, passive: true });
    while (stopped === undefined && putBack < messageCount) {
      const message = await channel.basicGet({ queue });
      if (!message) break;
      stopped = await putOneBack(message, channel, publisher);
      if (stopped === undefined) putBack += 1;
    }
  } finally {
    await connection.close();
  }
  if (stopped !== undefined) process.stderr.write(`${stopped}; it stays there, and what is behind it\n`);
  process.stdout.write(`put back ${putBack} request(s)\n`);
  return stopped === undefined ? 0 : 1;
}

/** @returns why it cannot be put back, or nothing */
async function putOneBack(
  message: SyncMessage,
  channel: Channel,
  publisher: ConfirmChannel,
): Promise<string | undefined> {
  const { deliveryTag, correlationId = 'without a correlation id' } = message;
  const origin = originOf(message);
  const problem = origin
    ? await publisher.publish(replayable(message, origin)).then(
        (confirmation) => (confirmation === 'confirmed' ? undefined : `the broker says "${confirmation}"`),
        (error: Error) => error.message,
      )
    : 'nothing in it says where it came from';
  if (problem === undefined) {
    channel.basicAck({ deliveryTag });
    return undefined;
  }
  // Unless the channel ended with it, which puts it back as well.
  if (channel.active) channel.basicNack({ deliveryTag, requeue: true });
  return `request ${correlationId} cannot be put back: ${problem}`;
}

function parkingQueue(queue: string | undefined): string {
  const problem = queue === undefined ? 'requests are taken from a parking queue' : amqpNameProblem(queue);
  if (queue !== undefined && !problem) return queue;
  const found = queue === undefined ? 'is missing' : `is "${queue}"`;
  throw new BridgeError('BRIDGE_ERR_CONFIG', `--from ${found}, but ${problem}`);
}

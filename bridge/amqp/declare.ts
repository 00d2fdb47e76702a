import type { AmqpTopology } from '../config/amqp-topology';
import type { AmqpConnection } from './connection';

export interface DeclareOptions {
  /** Without, it is only seen to that everything is there. */
  readonly declare: boolean;
}

/**
 * Sees to it that exchanges, queues and bindings are there. What is there already, as it should be, stays as it is.
 *
 * @throws TopologyError when the broker refuses, or lacks, one of them
 */
export async function declareTopology(
  connection: AmqpConnection,
  { exchanges, queues, bindings }: AmqpTopology,
  { declare }: DeclareOptions,
): Promise<void> {
  const passive = !declare;
  const channel = await connection.channel();
  try {
    for (const { name, type, durable } of exchanges) {
      await explained(`exchange "${name}"`, channel.exchangeDeclare({ exchange: name, type, durable, passive }));
    }
    for (const { name, durable, arguments: args } of queues) {
      await explained(`queue "${name}"`, channel.queueDeclare({ queue: name, durable, passive, arguments: args }));
    }
    if (passive) return;
    for (const { exchange, queue, routingKey } of bindings) {
      const what = `binding of queue "${queue}" to exchange "${exchange}"`;
      await explained(what, channel.queueBind({ exchange, queue, routingKey }));
    }
  } finally {
    await channel.close();
  }
}

/** Why something that has to be at the broker is not, or not as it has to be. */
export class TopologyError extends Error {
  /** As AMQP calls it. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const FIXES: Record<string, string> = {
  PRECONDITION_FAILED:
    'Somebody declared it with other arguments, which cannot be changed: delete it when it is empty, or use another name',
  NOT_FOUND: 'Whoever declares it for this provider (amqp.declare is false) has not done so, or it was deleted',
  ACCESS_REFUSED: "Let the provider's user configure it, or set amqp.declare to false and declare it yourself",
  RESOURCE_LOCKED: 'Somebody else holds it as an exclusive queue. Use another name',
};

async function explained(what: string, asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    const fix = FIXES[code];
    if (!fix) throw error;
    throw new TopologyError(code, `the broker does not have ${what} as it should be: ${message}. ${fix}`);
  }
}

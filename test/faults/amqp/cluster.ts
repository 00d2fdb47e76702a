import path from 'node:path';
import { RabbitMqProcess } from '../../rabbitmq/rabbitmq-process';

/** After so many seconds without a word a node is taken for one that is gone; 60 where nobody says. */
const NET_TICK_SECONDS = 4;
const CONFIG = [`net_ticktime = ${NET_TICK_SECONDS}`, 'cluster_partition_handling = pause_minority'];

/** Three nodes on this machine that are one cluster. */
export class Cluster {
  readonly nodes: readonly [RabbitMqProcess, RabbitMqProcess, RabbitMqProcess];

  private constructor(first: RabbitMqProcess, second: RabbitMqProcess, third: RabbitMqProcess) {
    this.nodes = [first, second, third];
  }

  static async start(directory: string): Promise<Cluster> {
    const started: RabbitMqProcess[] = [];
    const start = async (name: string, peer?: RabbitMqProcess) => {
      const node = await RabbitMqProcess.start({
        directory: path.join(directory, name),
        config: CONFIG,
        ...(peer && { peer }),
      });
      started.push(node);
      return node;
    };
    try {
      const first = await start('first');
      return new Cluster(first, await start('second', first), await start('third', first));
    } catch (error) {
      for (const node of started.reverse()) await node.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    // The first one last: epmd, which knows where the others are, ends with it.
    for (const node of this.nodes.toReversed()) await node.close();
  }
}

/** The node on which a quorum queue has its leader. */
export async function leaderOf(queue: string, nodes: readonly RabbitMqProcess[]): Promise<RabbitMqProcess> {
  const [first] = nodes;
  const told = JSON.parse((await first?.ctl('list_queues', 'name', 'leader', '--formatter', 'json')) ?? '[]');
  const { leader } = told.find(({ name }: { name: string }) => name === queue) ?? {};
  const node = nodes.find(({ nodename }) => nodename === leader);
  if (!node) throw new Error(`no node leads the queue ${queue}, but ${leader ?? 'nobody'}`);
  return node;
}

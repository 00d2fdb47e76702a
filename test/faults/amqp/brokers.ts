import path from 'node:path';
import { RabbitMqProcess } from '../../rabbitmq/rabbitmq-process';
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../leftovers';
import { Cluster } from './cluster';

/** Brokers for many scenarios, started when the first one needs them: a start takes longer than most scenarios. */
export class Brokers {
  readonly #directory = makeTemporaryDirectory();
  #node: Promise<RabbitMqProcess> | undefined;
  #cluster: Promise<Cluster> | undefined;

  /** The nodes of a single broker, or of a cluster. */
  async nodes(kind: 'single' | 'cluster'): Promise<readonly [RabbitMqProcess, ...RabbitMqProcess[]]> {
    if (kind === 'single') {
      this.#node ??= RabbitMqProcess.start({ directory: path.join(this.#directory, 'single') });
      return [await this.#node];
    }
    this.#cluster ??= Cluster.start(path.join(this.#directory, 'cluster'));
    return (await this.#cluster).nodes;
  }

  async close(): Promise<void> {
    for (const started of [this.#node, this.#cluster]) {
      const broker = await started?.catch(() => undefined);
      await broker?.close();
    }
    removeTemporaryDirectory(this.#directory);
  }
}

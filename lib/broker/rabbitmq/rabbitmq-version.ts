/** Which line of RabbitMQ an image has: what its configuration is written for. */
export class RabbitMqVersion {
  /** The last line with the first way of forming a cluster, and without MQTT's limits of 4.x. */
  static readonly V3_13 = new RabbitMqVersion('3.13', '3.13.7');
  /** The last line whose nodes ask Kubernetes for each other. */
  static readonly V4_0 = new RabbitMqVersion('4.0', '4.0.9');
  static readonly V4_1 = new RabbitMqVersion('4.1', '4.1.8');
  /** The only line that can be upgraded to 4.3 in place. */
  static readonly V4_2 = new RabbitMqVersion('4.2', '4.2.9');
  /** Khepri only: a cluster without its majority stands still, and nothing has to be said of partitions. */
  static readonly V4_3 = new RabbitMqVersion('4.3', '4.3.5');

  readonly name: '3.13' | '4.0' | '4.1' | '4.2' | '4.3';
  /** The official image of this line that is used unless told otherwise. */
  readonly image: string;

  private constructor(name: RabbitMqVersion['name'], release: string) {
    this.name = name;
    this.image = `docker.io/library/rabbitmq:${release}`;
  }

  /**
   * Whether nodes find each other by the API of Kubernetes, for which they need a role. Later ones follow from the name
   * of the StatefulSet, and ignore all that was said of the API.
   *
   * @internal
   */
  get _asksKubernetes(): boolean {
    return this.name === '3.13' || this.name === '4.0';
  }

  /**
   * Whether a node has to be told what to do in a partition. Khepri always does what Raft does.
   *
   * @internal
   */
  get _handlesPartitions(): boolean {
    return this.name !== '4.3';
  }

  /**
   * Whether quorum queues give a message up after 20 deliveries unless told otherwise.
   *
   * @internal
   */
  get _limitsDeliveries(): boolean {
    return this.name !== '3.13';
  }
}

/** What a provider does where its configuration is silent, as far as a bridge of MQTT does something else. */
export const AMQP_DEFAULTS = {
  connectionName: 'edge-inference-{hostname}',
  heartbeatSeconds: 30,
  /** A quorum queue that has just lost its leader confirms within seconds. */
  watchdogSeconds: 60,
  /** RabbitMQ's own. */
  consumerTimeoutSeconds: 1_800,
  queueType: 'quorum',
  /** RabbitMQ's own since 4.0: a request at which this many providers have died is not handed to the next one. */
  deliveryLimit: 20,
  modelTimeoutSeconds: 300,
  /** Longer than a model has, so that a stopping provider leaves no request to the next one. */
  drainTimeoutSeconds: 310,
  /** Where a requester waits that has no queue of a name of its own: direct reply-to, and names the broker made up. */
  allowedReplyTo: ['amq.rabbitmq.reply-to.*', 'amq.gen-*'],
  /** What requests are known by in logs on both sides. */
  passedHeaders: ['RqUID'],
  /** The first delivery, and five more. */
  retryAttempts: 6,
  retryDelaySeconds: 60,
} as const;

/** What is left between the longest call to a model and the broker's patience: for waiting, mapping and publishing. */
export const CONSUMER_TIMEOUT_MARGIN_SECONDS = 60;

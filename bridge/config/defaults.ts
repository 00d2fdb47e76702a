/** What the bridge does where its configuration is silent. The construct library renders against the same values. */
export const BRIDGE_DEFAULTS = {
  /** MQTT 5: reply topics, correlation data, reason codes for refused publishes. 4 is MQTT 3.1.1. */
  protocolVersion: 5,
  keepaliveSeconds: 30,
  connectTimeoutSeconds: 10,
  /** A broker that asks a database who may subscribe answers within seconds. */
  watchdogSeconds: 120,
  /** A week: requests wait at the broker for a bridge that is away over a long weekend. */
  sessionExpirySeconds: 604_800,
  reconnectMinMs: 250,
  reconnectMaxMs: 30_000,
  /** Requests taken from the broker and not yet acknowledged. Acknowledgements keep their order, so this is also
   * how many requests can be answered while the oldest one waits for its model. */
  window: 1024,
  /** Payload of requests that were taken; more of it waits at the broker, which keeps it safer. */
  windowBytes: 64 * 1024 * 1024,
  /** A retained request would be answered anew at every start. */
  retained: 'ignore',
  ordering: 'none',
  /** A bridge that comes back finds its session, and in it what came meanwhile. */
  onStop: 'keep',
  drainTimeoutSeconds: 60,
  qos: 1,
  /** Calls to one model at a time. */
  concurrency: 64,
  modelTimeoutSeconds: 60,
  /** Calls for one request, as long as it has time. A model that scales from zero, or is replaced, refuses a few. */
  retryAttempts: 3,
  retryMinMs: 200,
  retryMaxMs: 5_000,
  /** Failures in a row, with 64 calls at a time: a model that is down shows within milliseconds. */
  breakerFailures: 20,
  breakerOpenSeconds: 2,
  maxReplyBytes: 16 * 1024 * 1024,
  httpHost: '0.0.0.0',
  httpPort: 9464,
  logLevel: 'info',
} as const;

/** Node's timers count milliseconds in signed 32 bits; a longer one would fire at once. */
export const MAX_TIMER_SECONDS = 2_147_483;

import type { Logger } from 'pino';
import { type AnyConfig, isProviderConfig } from './config';
import { startMqttBridge } from './mqtt/mqtt-bridge';
import type { ConfigChanges } from './operations/config-changes';

/** A bridge at work. */
export interface RunningBridge {
  /** Where /livez, /readyz and /metrics are. */
  readonly operationsPort: number;
  /** Resolves when requests can be taken for the first time. */
  readonly connected: Promise<void>;
  /**
   * Takes over another configuration, without a break: connections and the session stay, and what was taken is answered
   * as it would have been. Routes may be others, and `log.level`, `delivery.drainTimeoutSeconds` and `delivery.onStop`.
   *
   * @returns which routes changed, once the broker has accepted new subscriptions
   * @throws BridgeError BRIDGE_ERR_CONFIG, and whatever `read` throws; then nothing has changed. Either is logged already
   */
  reload(read: () => AnyConfig): Promise<ConfigChanges>;
  /**
   * Answers what it has taken, acknowledges it, and disconnects; the broker keeps the session, and in it whatever
   * arrives meanwhile.
   *
   * @returns how many requests were still without an answer after `delivery.drainTimeoutSeconds`; the broker delivers
   * them again to the next bridge
   */
  stop(): Promise<number>;
}

export interface StartOptions {
  /** Takes what waits in the session, and subscribes to nothing: to retire a member of a group that is gone. */
  readonly leaving?: boolean;
}

/**
 * Starts a bridge of MQTT, or a provider, as the configuration says. It resolves as soon as probes are answered; the
 * connections to the broker come and go after that, and /readyz tells.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG when the port for probes is taken
 */
export async function startBridge(config: AnyConfig, log: Logger, options: StartOptions = {}): Promise<RunningBridge> {
  if (!isProviderConfig(config)) return startMqttBridge(config, log, options);
  // Loaded where it is wanted: a bridge of MQTT starts the faster without a client for RabbitMQ.
  const { startProvider } = await import('./amqp/provider.js');
  return startProvider(config, log);
}

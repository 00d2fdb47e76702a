import { BridgeError } from '../errors';
import type { AmqpConfig } from './amqp-connection';
import { checkedBy, parseBridgeConfig, readConfigFile } from './load';
import { amqpPartSchema, type ProviderConfig, providerConfigSchema } from './provider';
import type { BridgeConfig } from './schema';

/** A configuration of any kind of process. */
export type AnyConfig = BridgeConfig | ProviderConfig;

/** The kinds there are, by the key that only their configurations have. The first that is there tells. */
const KINDS: readonly { readonly key: string; readonly parse: (value: unknown, source: string) => AnyConfig }[] = [
  { key: 'amqp', parse: parseProviderConfig },
  { key: 'broker', parse: parseBridgeConfig },
];

/**
 * Reads a configuration file (YAML, of which JSON is a part) of any kind.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem of the file in one message
 */
export function loadConfig(file: string): AnyConfig {
  return parseConfig(readConfigFile(file), file);
}

/**
 * Checks a configuration of any kind and fills in the defaults. What is wrong is said by the rules of its own kind.
 *
 * @param source what to call the configuration in the message
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem in one message
 */
export function parseConfig(value: unknown, source = 'configuration'): AnyConfig {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (keys.includes('gateway')) {
    const problem = `${source} is the configuration of a gateway. Run it with the command gateway`;
    throw new BridgeError('BRIDGE_ERR_CONFIG', problem);
  }
  if (keys.includes('amqp') && keys.includes('broker')) {
    const problem = `${source} has amqp and broker, but one process takes its requests from one broker. Run one for each`;
    throw new BridgeError('BRIDGE_ERR_CONFIG', problem);
  }
  const kind = KINDS.find(({ key }) => keys.includes(key));
  return kind ? kind.parse(value, source) : parseBridgeConfig(value, source);
}

/**
 * Checks a provider's configuration and fills in the defaults.
 *
 * @param source what to call the configuration in the message
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem in one message
 */
export function parseProviderConfig(value: unknown, source = 'configuration'): ProviderConfig {
  return checkedBy(providerConfigSchema, value, 'provider', source);
}

/**
 * Checks the part of a configuration that says where RabbitMQ is, and fills in the defaults.
 *
 * @param source what to call it in the message
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem in one message
 */
export function parseAmqpConfig(value: unknown, source: string): AmqpConfig {
  return checkedBy(amqpPartSchema, { amqp: value }, 'RabbitMQ', source).amqp;
}

export function isProviderConfig(config: AnyConfig): config is ProviderConfig {
  return 'amqp' in config;
}

import type { ParseArgsOptionsConfig } from 'node:util';
import { type AmqpConfig, type BrokerConfig, parseAmqpConfig, parseBrokerConfig } from '../config';

/** Flags of every command that talks to a broker as a client. */
export const BROKER_FLAGS = {
  broker: { type: 'string' },
  username: { type: 'string' },
  'password-file': { type: 'string' },
  'ca-file': { type: 'string' },
  'cert-file': { type: 'string' },
  'key-file': { type: 'string' },
  'mqtt-version': { type: 'string', default: '5' },
} as const satisfies ParseArgsOptionsConfig;

export const BROKER_USAGE = `  --broker URL          mqtt://host:1883, mqtts://, ws:// or wss://
  --username NAME       who to log in as
  --password-file FILE  where the password is
  --ca-file, --cert-file, --key-file FILE
                        certificates in PEM, for TLS
  --mqtt-version 5|3    default 5; 3 is MQTT 3.1.1
`;

/** What the flags say, as far as they were given. */
export interface BrokerFlags {
  readonly broker?: string;
  readonly username?: string;
  readonly 'password-file'?: string;
  readonly 'ca-file'?: string;
  readonly 'cert-file'?: string;
  readonly 'key-file'?: string;
  readonly 'mqtt-version'?: string;
}

/**
 * The broker that flags describe.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG with every problem of the flags
 */
export function brokerOf(flags: BrokerFlags, clientId: string): BrokerConfig {
  const version = flags['mqtt-version'];
  return parseBrokerConfig(
    {
      url: flags.broker,
      clientId,
      username: flags.username,
      passwordFile: flags['password-file'],
      protocolVersion: version === '3' ? 4 : Number(version),
      ...tlsOf(flags),
    },
    'the command line',
  );
}

/** Whether the flags describe a RabbitMQ that AMQP is spoken with. */
export function isAmqp({ broker = '' }: BrokerFlags): boolean {
  return /^amqps?:/.test(broker);
}

/**
 * The RabbitMQ that flags describe.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG with every problem of the flags
 */
export function amqpOf(flags: BrokerFlags): AmqpConfig {
  const { broker: url, username, 'password-file': passwordFile } = flags;
  return parseAmqpConfig({ url, username, passwordFile, ...tlsOf(flags) }, 'the command line');
}

function tlsOf(flags: BrokerFlags) {
  const tls = { caFile: flags['ca-file'], certFile: flags['cert-file'], keyFile: flags['key-file'] };
  return Object.values(tls).some((file) => file !== undefined) ? { tls } : {};
}

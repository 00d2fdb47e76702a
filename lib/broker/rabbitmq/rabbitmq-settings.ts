import { Duration, Size } from 'cdk8s';
import { BRIDGE_DEFAULTS } from '../../../bridge/config/defaults';
import { EdgeError } from '../../errors';
import type { TlsVersion } from '../broker-tls';
import { ClientCertificates } from './client-certificates';
import { listenersOf, type RabbitMqListener } from './rabbitmq-listeners';
import { type RabbitMqBrokerProps, type RabbitMqMqttOptions, SessionQueues } from './rabbitmq-props';
import { RabbitMqVersion } from './rabbitmq-version';

export const DEFAULT_MEMORY = Size.gibibytes(2);
export const DEFAULT_STORAGE = Size.gibibytes(10);
/** More than a majority of seven cannot be waited for with every message. */
const MOST_REPLICAS = 7;
/** RabbitMQ's own limit. MQTT's is at 256 MiB. */
const MOST_MESSAGE_BYTES = 268_435_455;
const MOST_SECONDS = 4_294_967_294;

export interface MqttSettings {
  readonly plaintext: boolean;
  readonly sessionQueues: SessionQueues;
  readonly maxSessionExpirySeconds: number;
}

/** What rabbitmq.conf says, besides where things are. */
export interface RabbitMqSettings {
  readonly version: RabbitMqVersion;
  readonly replicas: number;
  readonly listeners: RabbitMqListener[];
  readonly clientCertificates: ClientCertificates['kind'];
  readonly minimumTlsVersion: TlsVersion;
  readonly vhost: string;
  readonly mqtt: MqttSettings | undefined;
  readonly memoryBytes: number;
  readonly memoryWatermarkPercent: number;
  readonly diskFreeBytes: number;
  readonly maxMessageBytes: number;
  readonly consumerTimeoutMs: number;
}

/**
 * What the props come to.
 *
 * @throws EdgeError EDGE_ERR_VALUE or EDGE_ERR_BROKER_TLS
 */
export function resolveSettings(props: RabbitMqBrokerProps): RabbitMqSettings {
  checkListeners(props);
  const replicas = oddNumber(props.replicas ?? 3);
  const memoryBytes = bytesOf(props.resources?.memory?.limit ?? DEFAULT_MEMORY);
  return {
    version: props.version ?? RabbitMqVersion.V4_3,
    replicas,
    listeners: listenersOf({
      tls: props.tls !== undefined,
      plaintext: props.plaintext ?? false,
      mqtt: props.mqtt !== undefined,
      plaintextMqtt: props.mqtt?.plaintext ?? false,
    }),
    clientCertificates: props.tls ? (props.clientCertificates ?? ClientCertificates.required()).kind : 'none',
    minimumTlsVersion: props.tls?.minimumVersion ?? 'TLSv1.2',
    vhost: validVhost(props.vhost ?? '/'),
    mqtt: props.mqtt && mqttSettings(props.mqtt, replicas),
    memoryBytes,
    memoryWatermarkPercent: wholeNumber('memoryWatermarkPercent', props.memoryWatermarkPercent ?? 60, 10, 80),
    diskFreeBytes: diskFreeBytes(props, memoryBytes),
    maxMessageBytes: wholeNumber('maxMessageBytes', props.maxMessageBytes ?? 16_777_216, 1_024, MOST_MESSAGE_BYTES),
    consumerTimeoutMs: consumerTimeoutMs(props.consumerTimeout ?? Duration.minutes(30)),
  };
}

function checkListeners({ tls, plaintext, clientCertificates }: RabbitMqBrokerProps): void {
  const refuse = (at: string, value: unknown, rule: string, fix: string): never => {
    throw new EdgeError('EDGE_ERR_BROKER_TLS', { at: `RabbitMq.${at}`, value, rule, fix });
  };
  if (!tls && !plaintext) {
    const rule = 'a broker listens with TLS, unless it is told to go without';
    refuse('tls', tls, rule, 'Set tls, or plaintext to true where the network is trusted');
  }
  if (clientCertificates && !tls) {
    const rule = 'certificates are shown in a TLS handshake, for which the broker needs its own';
    refuse('clientCertificates', clientCertificates.kind, rule, 'Set tls');
  }
}

function mqttSettings(options: RabbitMqMqttOptions, replicas: number): MqttSettings {
  const expiry = options.maxSessionExpiry?.toMilliseconds() ?? BRIDGE_DEFAULTS.sessionExpirySeconds * 1_000;
  const sessionQueues = options.sessionQueues ?? (replicas > 1 ? SessionQueues.QUORUM : SessionQueues.CLASSIC);
  return {
    plaintext: options.plaintext ?? false,
    sessionQueues,
    maxSessionExpirySeconds: wholeNumber('mqtt.maxSessionExpiry', expiry / 1_000, 1, MOST_SECONDS),
  };
}

/** An even number of nodes can lose no more of them than the odd one below it. */
function oddNumber(replicas: number): number {
  if (Number.isInteger(replicas) && replicas % 2 === 1 && replicas >= 1 && replicas <= MOST_REPLICAS) return replicas;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'RabbitMq.replicas',
    value: replicas,
    rule: `a majority decides, so it is an odd number from 1 to ${MOST_REPLICAS}`,
    fix: 'Use 3, or 1 where everything may stop for a while',
  });
}

function diskFreeBytes({ diskFreeLimit, storage = DEFAULT_STORAGE }: RabbitMqBrokerProps, memoryBytes: number): number {
  const bytes = diskFreeLimit ? bytesOf(diskFreeLimit) : memoryBytes;
  if (bytes >= 1_048_576 && bytes * 2 <= bytesOf(storage)) return bytes;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'RabbitMq.diskFreeLimit',
    value: `${bytes} bytes`,
    rule: `it is at least a mebibyte, and at most half of the volume, which has ${bytesOf(storage)} bytes`,
    fix: 'Lower it, or raise RabbitMq.storage',
  });
}

function consumerTimeoutMs(timeout: Duration): number {
  const seconds = timeout.toMilliseconds() / 1_000;
  return wholeNumber('consumerTimeout in seconds', seconds, 60, 2_147_483) * 1_000;
}

function validVhost(vhost: string): string {
  if (/^[A-Za-z0-9/._-]{1,128}$/.test(vhost)) return vhost;
  throw new EdgeError('EDGE_ERR_NAME', {
    at: 'RabbitMq.vhost',
    value: vhost,
    rule: 'it has 1 to 128 letters, digits and / . _ -',
    fix: 'Choose another name, or leave it out',
  });
}

function wholeNumber(prop: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: `RabbitMq.${prop}`,
    value,
    rule: `it is a whole number from ${least} to ${most}`,
    fix: 'Choose one',
  });
}

function bytesOf(size: Size): number {
  return size.toKibibytes() * 1_024;
}

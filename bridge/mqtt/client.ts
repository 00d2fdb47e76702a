import { readFileSync } from 'node:fs';
import mqtt, { type IClientOptions, type IConnackPacket, type MqttClient, Store } from 'mqtt';
import { writeToStream } from 'mqtt-packet';
import type { BrokerConfig } from '../config';
import { BridgeError } from '../errors';
import { coalesceWrites } from '../pacing/coalesced-writes';
import { endUnidentified } from './identified-acks';
import { NoStore, publishUnstored } from './unstored-publishes';

/** MQTT.js throws, where nobody can catch it, when it reads a packet behind the end of a store that forgets. */
const LASTING = { clean: false };
// Ready in a buffer each, all numbers of two bytes are the largest thing that a bridge has in memory, and save nothing.
writeToStream.cacheNumbers = false;
const DEFAULT_PORTS: Record<string, number> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 };

/** The connection that takes requests: its session outlives it, so that requests wait for the bridge. */
export function createRequestClient(broker: BrokerConfig, window: number): MqttClient {
  return create(broker, {
    clientId: broker.clientId,
    clean: false,
    properties: { sessionExpiryInterval: broker.sessionExpirySeconds, receiveMaximum: window },
  });
}

/** The connection that publishes answers: it keeps nothing at the broker, every publish is retried by the bridge. */
export function createReplyClient(broker: BrokerConfig): MqttClient {
  const clientId = `${broker.clientId}/replies`;
  return publishUnstored(create(broker, { clientId, clean: true, outgoingStore: new NoStore(), properties: {} }));
}

/** The connection of somebody who asks: it publishes requests and hears their answers, and keeps nothing at the broker. */
export function createAskingClient(broker: BrokerConfig): MqttClient {
  const { clientId } = broker;
  return publishUnstored(create(broker, { clientId, clean: true, outgoingStore: new NoStore(), properties: {} }));
}

/**
 * A connection without a session, for a command that ends with it.
 *
 * @throws Error with what the broker, or the network, said
 */
export async function connectOnce(broker: BrokerConfig): Promise<MqttClient> {
  const client = create(broker, { clientId: broker.clientId, clean: true, properties: {} });
  await openClient(client);
  return client;
}

/**
 * Connects a client that has not connected yet.
 *
 * @throws BridgeError BRIDGE_ERR_BROKER_CONNECTION with what the broker, or the network, said
 */
export async function openClient(client: MqttClient): Promise<IConnackPacket> {
  try {
    const connack = await new Promise<IConnackPacket>((resolve, reject) => {
      client.once('connect', resolve);
      client.once('error', reject);
      client.once('close', () => reject(new Error('the broker closed the connection')));
      client.connect();
    });
    // An error without a listener would end the process; the command sees the connection close.
    client.on('error', () => undefined);
    return connack;
  } catch (error) {
    client.end(true);
    const { protocol, host, port } = client.options;
    const where = `${protocol}://${host}:${port}`;
    throw new BridgeError('BRIDGE_ERR_BROKER_CONNECTION', `no connection to ${where}: ${(error as Error).message}`);
  }
}

/**
 * Refuses an MQTT client library whose acknowledgements could not be withheld.
 *
 * @throws BridgeError BRIDGE_ERR_MQTT_CLIENT
 */
export function assertAcknowledgementHook(client: MqttClient): void {
  if (typeof (client as unknown as { _sendPacket: unknown })._sendPacket === 'function') return;
  throw new BridgeError(
    'BRIDGE_ERR_MQTT_CLIENT',
    'this version of the package "mqtt" has no _sendPacket, and without it requests would be acknowledged before they are answered. Install mqtt 5.16 or a later 5.x',
  );
}

function create(broker: BrokerConfig, specific: IClientOptions): MqttClient {
  const { tls } = broker;
  const { protocol, hostname, port, pathname, search } = new URL(broker.url);
  const client = mqtt.connect({
    incomingStore: new Store(LASTING),
    outgoingStore: new Store(LASTING),
    ...specific,
    protocol: protocol.slice(0, -1) as IClientOptions['protocol'],
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? DEFAULT_PORTS[protocol] : Number(port),
    path: pathname + search,
    properties: broker.protocolVersion === 5 ? specific.properties : undefined,
    manualConnect: true,
    reconnectPeriod: 0,
    resubscribe: false,
    protocolVersion: broker.protocolVersion,
    keepalive: broker.keepaliveSeconds,
    connectTimeout: broker.connectTimeoutSeconds * 1000,
    username: broker.username,
    password: broker.passwordFile === undefined ? undefined : readSecret(broker.passwordFile),
    ca: tls?.caFile && readFileSync(tls.caFile),
    cert: tls?.certFile && readFileSync(tls.certFile),
    key: tls?.keyFile && readFileSync(tls.keyFile),
    servername: tls?.serverName,
  });
  return endUnidentified(client).on('connect', () => coalesceWrites(client.stream));
}

function readSecret(file: string): string {
  return readFileSync(file, 'utf8').replace(/\n+$/, '');
}

import type { Socket } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { NoStore, publishUnstored } from '../../bridge/mqtt/unstored-publishes';
import { coalesceWrites } from '../../bridge/pacing/coalesced-writes';
import { LoadGenerator, request, takeOrders } from './load';

/**
 * The devices: publishes requests over one connection, and hears the answers on another. Where both have the same topic
 * there is nothing but the broker between them.
 */

const REQUEST = request();

async function main([url = '']: string[]): Promise<void> {
  const publisher = await connect(url);
  const listener = await connect(url);
  const generator = new LoadGenerator((number, { topics, qos }, delayMs) => {
    const properties = { correlationData: Buffer.from(String(number)) };
    publisher.publish(topics?.request ?? '', delayMs === undefined ? REQUEST : request(delayMs), { qos, properties });
  });
  listener.on('message', (_topic, _payload, { properties }) =>
    generator.answered(Number(properties?.correlationData?.toString('latin1'))),
  );
  // With QoS 0, which takes least of the time that is there for what is measured.
  await listener.subscribeAsync('answers/#', { qos: 0 });
  takeOrders(generator);
}

/** As light as the bridge's own connections: what the load takes of the machine is not there for what is measured. */
async function connect(url: string): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url, { protocolVersion: 5, clean: true, outgoingStore: new NoStore() });
  (client.stream as Socket).setNoDelay(true);
  coalesceWrites(client.stream);
  return publishUnstored(client);
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

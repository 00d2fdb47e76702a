import mqtt, { type MqttClient } from 'mqtt';
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

async function connect(url: string): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url, { protocolVersion: 5, clean: true });
  const { stream } = client;
  (stream as { setNoDelay?: (on: boolean) => void }).setNoDelay?.(true);
  let corked = false;
  client.on('packetsend', () => {
    if (corked) return;
    corked = true;
    stream.cork();
    setImmediate(() => {
      corked = false;
      stream.uncork();
    });
  });
  return client;
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import mqtt from 'mqtt';
import { Counter, collectDefaultMetrics, register } from 'prom-client';
import { Pool } from 'undici';
import type { BridgeConfigInput } from '../../bridge';

/**
 * The bridge that one writes first: hear a message, call the model, publish the answer.
 *
 * MQTT.js acknowledges a message as soon as it is heard, so whatever is under way when this process, or its connection,
 * ends is lost. It is no straw man otherwise: connections are kept, Nagle's algorithm is off, nothing waits for anything.
 */

const [, configFile = ''] = process.argv.slice(2);
const { broker, routes } = JSON.parse(readFileSync(configFile, 'utf8')) as BridgeConfigInput;
const [route] = routes;
if (!route) throw new Error('there is no route');

collectDefaultMetrics();
const settled = new Counter({ name: 'bridge_messages_settled_total', help: 'Answers published.' });
const { origin, pathname } = new URL(route.model.url);
const pool = new Pool(origin, { connections: 64, pipelining: 1 });
const headers = { 'content-type': 'application/json' };
const client = mqtt.connect(broker.url, {
  clientId: broker.clientId,
  protocolVersion: 5,
  properties: { receiveMaximum: 1_024 },
});

async function handle(payload: Buffer, correlationData: Buffer | undefined): Promise<void> {
  const { body } = await pool.request({ method: 'POST', path: pathname, headers, body: payload });
  const answer = Buffer.from(await body.arrayBuffer());
  await client.publishAsync(route?.reply.topic ?? '', answer, { qos: 1, properties: { correlationData } });
  settled.inc();
}

client.on('message', (_topic, payload, { properties }) => {
  handle(payload, properties?.correlationData).catch((error: Error) => process.stderr.write(`${error.message}\n`));
});
client.on('connect', () => {
  (client.stream as Socket).setNoDelay(true);
  client.subscribe(route.requestTopic, { qos: 1 });
});

const operations = createServer((incoming, response) => {
  if (incoming.url === '/readyz') response.writeHead(client.connected ? 200 : 503).end();
  else register.metrics().then((text) => response.end(text));
});
operations.listen(0, '127.0.0.1', () => {
  process.stdout.write(`{"operationsPort":${(operations.address() as AddressInfo).port}}\n`);
});
process.on('SIGTERM', () => process.exit());

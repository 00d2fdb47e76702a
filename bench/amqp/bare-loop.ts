import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, collectDefaultMetrics, register } from 'prom-client';
import { type AsyncMessage, Connection } from 'rabbitmq-client';
import { Pool } from 'undici';
import { keepBodies } from '../../bridge/amqp/client-internals';
import type { ProviderConfigInput } from '../../bridge/config';

/**
 * The least that loses nothing: take a request, call the model, publish the answer, and acknowledge the request when the
 * broker has confirmed that. On the same client as the provider, with bodies as they came.
 */

const [, configFile = ''] = process.argv.slice(2);
const { amqp, routes } = JSON.parse(readFileSync(configFile, 'utf8')) as ProviderConfigInput;
const [route] = routes;
if (!route) throw new Error('there is no route');

collectDefaultMetrics();
const settled = new Counter({ name: 'bridge_messages_settled_total', help: 'Requests acknowledged.' });
const { origin, pathname } = new URL(route.model.url);
const pool = new Pool(origin, { connections: route.concurrency ?? 64, pipelining: 1 });
const headers = { 'content-type': 'application/json' };
let consuming = false;

async function main(): Promise<void> {
  const { hostname, port } = new URL(amqp.url);
  const password = readFileSync(amqp.passwordFile ?? '', 'utf8');
  const connection = new Connection({ hostname, port, username: amqp.username, password, noDelay: true });
  const requests = keepBodies(await connection.acquire());
  const answers = await connection.acquire();
  await answers.confirmSelect();
  await requests.basicQos({ prefetchCount: route?.concurrency });
  const handle = async ({ body, replyTo, correlationId, deliveryTag }: AsyncMessage) => {
    const answer = await pool.request({ method: 'POST', path: pathname, headers, body });
    const payload = Buffer.from(await answer.body.arrayBuffer());
    const envelope = { routingKey: replyTo, correlationId, contentType: 'application/json', durable: true };
    await answers.basicPublish({ ...envelope, mandatory: true }, payload);
    requests.basicAck({ deliveryTag });
    settled.inc();
  };
  await requests.basicConsume({ queue: route?.queue.name }, (message) => {
    handle(message).catch((error: Error) => process.stderr.write(`${error.message}\n`));
  });
  consuming = true;
}

const operations = createServer((incoming, response) => {
  if (incoming.url === '/readyz') response.writeHead(consuming ? 200 : 503).end();
  else register.metrics().then((text) => response.end(text));
});
operations.listen(0, '127.0.0.1', () => {
  process.stdout.write(`{"operationsPort":${(operations.address() as AddressInfo).port}}\n`);
});
main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

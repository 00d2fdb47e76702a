import { Connection } from 'rabbitmq-client';
import { LoadGenerator, request, takeOrders } from '../bridge/load';

/**
 * Whoever asks over AMQP: publishes requests, and hears the answers in a queue of its own. As light as can be, without
 * confirmations: what the load takes of the machine is not there for what is measured.
 */

const REQUEST = request();

async function main([url = '']: string[]): Promise<void> {
  const connection = new Connection({ url, noDelay: true });
  const publisher = await connection.acquire();
  const listener = await connection.acquire();
  const { queue: replyTo } = await listener.queueDeclare({ exclusive: true });
  const generator = new LoadGenerator((number, { topics }) => {
    const envelope = { replyTo, correlationId: String(number), contentType: 'application/json', durable: true };
    publisher.basicPublish({ ...envelope, exchange: topics?.request, routingKey: 'predict.now' }, REQUEST).catch(fail);
  });
  await listener.basicConsume({ queue: replyTo, noAck: true }, ({ correlationId }) =>
    generator.answered(Number(correlationId)),
  );
  takeOrders(generator);
}

function fail(error: Error): void {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

main(process.argv.slice(2)).catch(fail);

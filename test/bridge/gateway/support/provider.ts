import { type AsyncMessage, type Channel, Connection } from 'rabbitmq-client';
import { onTestFinished } from 'vitest';
import { keepBodies } from '../../../../bridge/amqp/client-internals';

/** What a provider says to a request: a body, and the headers and the type that it comes with. */
export interface ProviderAnswer {
  readonly body: string;
  readonly headers?: Record<string, string>;
  readonly contentType?: string;
}

export interface TestProvider {
  /** All requests so far, with bodies as the bytes that came. */
  readonly requests: AsyncMessage[];
  readonly channel: Channel;
  /** Answers a request, once more perhaps. */
  answer(request: Pick<AsyncMessage, 'replyTo' | 'correlationId'>, answer: ProviderAnswer): Promise<void>;
}

export interface ProviderOptions {
  readonly exchange?: string;
  readonly bindingKey?: string;
  readonly queue?: string;
  readonly queueArguments?: Record<string, unknown>;
}

/**
 * Stands in for a provider: consumes the queue that the binding leads to, and answers as a test says; with nothing, not at
 * all.
 */
export async function startProvider(
  url: string,
  answer: (request: AsyncMessage) => ProviderAnswer | undefined | Promise<ProviderAnswer | undefined>,
  { exchange = 'ML.MQ', bindingKey = 'predict.*', queue = 'fib', queueArguments }: ProviderOptions = {},
): Promise<TestProvider> {
  const connection = new Connection(url);
  connection.on('error', () => undefined);
  const channel = keepBodies(await connection.acquire());
  onTestFinished(async () => {
    connection.unsafeDestroy();
  });
  await channel.exchangeDeclare({ exchange, type: 'topic', durable: true });
  await channel.queueDeclare({ queue, durable: true, ...(queueArguments && { arguments: queueArguments }) });
  await channel.queuePurge({ queue });
  await channel.queueBind({ queue, exchange, routingKey: bindingKey });
  const requests: AsyncMessage[] = [];
  const provider: TestProvider = {
    requests,
    channel,
    answer: async (
      { replyTo, correlationId },
      { body, headers = { status: '200' }, contentType = 'application/json' },
    ) => {
      const envelope = { routingKey: replyTo ?? '', correlationId, headers, contentType, mandatory: true };
      await channel.basicPublish(envelope, Buffer.from(body));
    },
  };
  await channel.basicConsume({ queue }, async (request) => {
    requests.push(request);
    channel.basicAck({ deliveryTag: request.deliveryTag });
    const found = await answer(request);
    if (found) await provider.answer(request, found);
  });
  return provider;
}

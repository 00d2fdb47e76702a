import { expect, it } from 'vitest';
import { json } from '../bridge/support/http';
import { startStage } from './provider-stage';
import { describeWithBroker } from './with-broker';

const ASKED = '{"data": "[29, 29]"}';
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describeWithBroker('a provider at a real RabbitMQ', (broker) => {
  it.each(['classic', 'quorum'] as const)(
    'answers a request of a %s queue in the queue that it names',
    async (type) => {
      const { requester, to, model } = await startStage(broker(), { route: { queue: { type } } });

      const answer = await requester.ask({ ...to, correlationId: 'c-1' }, ASKED);

      expect(JSON.parse(answer.body.toString())).toEqual({ result: 500_938 });
      expect(answer).toMatchObject({
        correlationId: 'c-1',
        headers: { status: '200' },
        contentType: 'application/json',
      });
      expect(answer.durable).toBe(true);
      expect(model.requests[0]).toMatchObject({ method: 'POST', url: '/predict', body: ASKED });
    },
  );

  it('answers in the queue of the route where the request names none', async () => {
    const { requester, to, name } = await startStage(broker(), { route: { reply: { queue: 'responses' } } });

    await requester.publish({ ...to, correlationId: name }, ASKED);

    await expect(requester.next('responses')).resolves.toMatchObject({ correlationId: name, durable: true });
  });

  it('answers to the exchange of the route where the request names no queue', async () => {
    const { requester, to } = await startStage(broker(), {
      route: { reply: { exchange: 'amq.topic', routingKey: 'answers.fib' } },
    });
    await requester.connection.queueDeclare({ queue: 'answers', durable: true });
    await requester.connection.queueBind({ exchange: 'amq.topic', queue: 'answers', routingKey: 'answers.*' });

    await requester.publish({ ...to, correlationId: 'c-1' }, ASKED);

    await expect(requester.next('answers')).resolves.toMatchObject({ correlationId: 'c-1' });
  });

  it('answers directly, without a queue, whoever asks so', async () => {
    const { requester, to } = await startStage(broker());
    const channel = await requester.connection.acquire();
    const answered = new Promise((resolve) => {
      void channel
        .basicConsume({ queue: 'amq.rabbitmq.reply-to', noAck: true }, resolve)
        .then(() =>
          channel.basicPublish({ ...to, correlationId: 'c-1', replyTo: 'amq.rabbitmq.reply-to' }, Buffer.from(ASKED)),
        );
    });

    await expect(answered).resolves.toMatchObject({ correlationId: 'c-1', body: { result: 500_938 } });
  });

  it.each(['application/json', 'text/plain', 'application/octet-stream'])(
    'hands bodies of %s on byte by byte, both ways',
    async (contentType) => {
      const asked = '{"id": 10000000000000000001,  "x": 1.0, "x": 2e0, "é": "\\u00e9"}';
      const said = '{"y":1.50, "y": 10000000000000000001}\n';
      const { requester, to, model } = await startStage(broker(), {
        answer: (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(said),
        route: { reply: { queue: 'raw-answers' } },
      });

      await requester.publish({ ...to, contentType, correlationId: 'c-1' }, asked);

      const answer = await requester.next('raw-answers');
      expect(answer.body.toString()).toBe(said);
      expect(model.requests[0]?.body).toBe(asked);
    },
  );

  it('finds the model by words of the routing key', async () => {
    const { requester, to, model } = await startStage(broker(), {
      route: { queue: { bindingKeys: ['predict.{model}.{version}'] } },
      path: '/v2/models/{model}/versions/{version}/infer',
    });

    await requester.ask({ ...to, routingKey: 'predict.fib.3' }, ASKED);
    const answer = await requester.ask({ ...to, routingKey: 'predict.a%2fb.3' }, ASKED);

    expect(model.requests.map(({ url }) => url)).toEqual(['/v2/models/fib/versions/3/infer']);
    expect(answer.headers).toMatchObject({ status: '400', code: 'BRIDGE_ERR_REQUEST_TOPIC' });
  });

  it('passes the trace of a request on to the model and with the answer', async () => {
    const { requester, to, model } = await startStage(broker());

    const answer = await requester.ask({ ...to, headers: { traceparent: TRACEPARENT } }, ASKED);

    expect(model.requests[0]?.headers.traceparent).toBe(TRACEPARENT);
    expect(answer.headers.traceparent).toBe(TRACEPARENT);
  });

  it('tells its model and its logs apart by the correlation id', async () => {
    const { requester, to, model } = await startStage(broker());

    await requester.ask({ ...to, correlationId: 'c-42' }, ASKED);

    expect(model.requests[0]?.headers['x-request-id']).toBe('c-42');
  });

  it('gives a request the time that its expiration says, and the answer what is left of it', async () => {
    const { requester, to, name } = await startStage(broker(), {
      route: { model: { timeoutSeconds: 60 } },
      answer: (response, { body }) => {
        if (!body.includes('slow')) json(response, {});
      },
    });

    const quick = await requester.ask({ ...to, expiration: '60000' }, ASKED);
    const late = await requester.ask({ ...to, expiration: '500' }, '"slow"');

    expect(Number(quick.expiration)).toBeGreaterThan(1_000);
    expect(Number(quick.expiration)).toBeLessThanOrEqual(60_000);
    expect(late.headers).toMatchObject({ status: '504', code: 'BRIDGE_ERR_MODEL_TIMEOUT' });
    await expect(requester.next(`${name}.parked`)).resolves.toMatchObject({ body: Buffer.from('"slow"') });
  });

  it.each([
    ['no correlation_id', { replyTo: 'nobody' }, 'BRIDGE_ERR_UNANSWERABLE', 400],
    ['no reply_to', { correlationId: 'c-1' }, 'BRIDGE_ERR_UNANSWERABLE', 400],
    ['a reply_to that is not allowed', { correlationId: 'c-1', replyTo: 'payroll' }, 'BRIDGE_ERR_RESPONSE_TOPIC', 403],
    [
      'a body that is compressed',
      { correlationId: 'c-1', replyTo: 'nobody', contentEncoding: 'gzip' },
      'BRIDGE_ERR_REQUEST_INVALID',
      400,
    ],
    ['no JSON', { correlationId: 'c-1', replyTo: 'nobody' }, 'BRIDGE_ERR_REQUEST_INVALID', 400],
    ['a body that is too large', { correlationId: 'c-1', replyTo: 'nobody' }, 'BRIDGE_ERR_REQUEST_TOO_LARGE', 413],
  ])('parks a request with %s at once, with the reason, and asks no model', async (what, envelope, code, status) => {
    const { requester, to, model, name } = await startStage(broker(), {
      route: { request: { schema: { type: 'object' }, maxPayloadBytes: 100 }, reply: { allowedReplyTo: ['nobody'] } },
    });
    const bodies: Record<string, string> = {
      'no JSON': '{"data": ',
      'a body that is too large': `"${'x'.repeat(100)}"`,
    };
    const body = bodies[what] ?? '{}';

    await requester.publish({ ...to, ...envelope }, body);

    const parked = await requester.next(`${name}.parked`);
    expect(parked.body.toString()).toBe(body);
    expect(parked.headers).toMatchObject({
      'x-error-code': code,
      'x-error-status': status,
      'x-route': name,
      'x-original-exchange': to.exchange,
      'x-original-routing-key': to.routingKey,
      'x-deliveries': 1,
    });
    expect(model.requests).toEqual([]);
    expect(await requester.count(name)).toBe(0);
  });

  it('tells a requester what is wrong with its request', async () => {
    const { requester, to } = await startStage(broker(), { route: { request: { schema: { type: 'object' } } } });

    const answer = await requester.ask(to, '[1]');

    expect(answer.headers).toMatchObject({ status: '400', code: 'BRIDGE_ERR_REQUEST_INVALID' });
    expect(JSON.parse(answer.body.toString()).error).toMatchObject({ status: 400, retryable: false, attempts: 0 });
  });

  it('lets no requester have its answer in a queue of requests', async () => {
    const { requester, to, name } = await startStage(broker(), {
      route: { reply: { allowedReplyTo: ['amq.gen-*'] } },
    });

    await requester.publish({ ...to, correlationId: 'c-1', replyTo: name }, ASKED);

    const { headers } = await requester.next(`${name}.parked`);
    expect(headers['x-error-code']).toBe('BRIDGE_ERR_RESPONSE_TOPIC');
  });

  it('counts an answer that nobody is there for, parks its request, and goes on', async () => {
    const { requester, to, name, metric } = await startStage(broker());

    await requester.publish({ ...to, correlationId: 'c-1', replyTo: 'amq.gen-gone' }, ASKED);

    const { headers } = await requester.next(`${name}.parked`);
    expect(headers).toMatchObject({ 'x-error-code': 'BRIDGE_ERR_REPLY_REFUSED', 'x-attempts': 1 });
    expect(await metric(`bridge_replies_unroutable_total{route="${name}"}`)).toBe(1);
    await expect(requester.ask(to, ASKED)).resolves.toMatchObject({ headers: { status: '200' } });
  });

  it('counts what it receives and what becomes of it', async () => {
    const { requester, to, name, metric } = await startStage(broker());

    await requester.ask(to, ASKED);

    expect(await metric(`bridge_messages_received_total{route="${name}",qos="1",dup="false"}`)).toBe(1);
    await expect
      .poll(() => metric(`bridge_messages_settled_total{route="${name}",outcome="reply"}`), { timeout: 5_000 })
      .toBe(1);
    expect(await metric(`bridge_inflight{route="${name}"}`)).toBe(0);
    expect(await metric('bridge_window_limit')).toBe(8);
  });

  it('is ready when it takes requests', async () => {
    const { get } = await startStage(broker());

    await expect.poll(() => get('/readyz'), { timeout: 5_000 }).toEqual({ status: 200, text: 'ok\n' });
  });

  it('answers what it has taken before it stops, and leaves the rest in the queue', async () => {
    const held: (() => void)[] = [];
    const { requester, to, name, provider, model } = await startStage(broker(), {
      route: { concurrency: 1, reply: { queue: 'last-answers' } },
      answer: (response) => held.push(() => json(response, {})),
    });
    await requester.publish({ ...to, correlationId: 'first' }, ASKED);
    await requester.publish({ ...to, correlationId: 'second' }, ASKED);
    await expect.poll(() => held.length, { timeout: 10_000 }).toBe(1);

    const stopped = provider.stop();
    await new Promise((resolve) => setTimeout(resolve, 200));
    held[0]?.();

    await expect(stopped).resolves.toBe(0);
    await expect(requester.next('last-answers')).resolves.toMatchObject({ correlationId: 'first' });
    expect(model.requests).toHaveLength(1);
    expect(await requester.count(name)).toBe(1);
  });

  it('takes over another model without a break, and refuses other queues', async () => {
    const { requester, to, provider, config, model } = await startStage(broker());

    await provider.reload(() => config({ model: { url: `${model.origin}/other` } }));
    await requester.ask(to, ASKED);

    expect(model.requests[0]?.url).toBe('/other');
    await expect(provider.reload(() => config({ concurrency: 9, reply: { queue: 'others' } }))).rejects.toThrow(
      /restart|Restart/,
    );
  });
});

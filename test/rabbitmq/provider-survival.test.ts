import { expect, it } from 'vitest';
import { json } from '../bridge/support/http';
import { startStage } from './provider-stage';
import { describeWithBroker } from './with-broker';

const ASKED = '{"data": "[29, 29]"}';

describeWithBroker('a provider goes on when', (broker) => {
  it('its queue is deleted: it declares it again', async () => {
    const { requester, to, name, log } = await startStage(broker());

    const again = log.next({ msg: 'takes requests' });
    await requester.connection.queueDelete({ queue: name });
    await again;

    await expect(requester.ask(to, ASKED)).resolves.toMatchObject({ headers: { status: '200' } });
  });

  it('its parking and delay queues are deleted: it declares them again before it acknowledges', async () => {
    const { requester, to, name } = await startStage(broker(), {
      route: { retry: { attempts: 2, delaySeconds: 1 } },
      answer: (response) => json(response, {}, 503),
    });
    for (const queue of [`${name}.parked`, `${name}.delay-1s`]) await requester.connection.queueDelete({ queue });

    const answer = await requester.ask(to, ASKED);

    expect(answer.headers.status).toBe('503');
    await expect(requester.next(`${name}.parked`)).resolves.toMatchObject({ body: Buffer.from(ASKED) });
  });

  it('its exchange is deleted and declared again by a restart of its consumer', async () => {
    const { requester, to, name, log } = await startStage(broker());

    await requester.connection.exchangeDelete({ exchange: to.exchange });
    const again = log.next({ msg: 'takes requests' });
    await requester.connection.queueDelete({ queue: name });
    await again;

    await expect(requester.ask(to, ASKED)).resolves.toMatchObject({ headers: { status: '200' } });
  });

  it('its connections are closed while requests are under way: each is answered, and asked once', async () => {
    const held: (() => void)[] = [];
    const { requester, to, name, model, log, metric } = await startStage(broker(), {
      route: { reply: { queue: 'closed-answers' } },
      answer: (response) => held.push(() => json(response, {})),
    });
    for (const correlationId of ['c-1', 'c-2', 'c-3']) await requester.publish({ ...to, correlationId }, ASKED);
    await expect.poll(() => held.length, { timeout: 10_000 }).toBe(3);

    const again = log.next({ msg: 'takes requests' });
    await broker().ctl('close_all_connections', 'test');
    // One is answered while there is no connection.
    held[0]?.();
    await again;
    held[1]?.();
    held[2]?.();

    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push((await requester.next('closed-answers')).correlationId);
    expect(answers.sort()).toEqual(['c-1', 'c-2', 'c-3']);
    expect(model.requests).toHaveLength(3);
    await expect.poll(() => metric(`bridge_adopted_total{route="${name}"}`), { timeout: 10_000 }).toBe(3);
    await expect.poll(() => requester.count(name), { timeout: 10_000 }).toBe(0);
    expect(await requester.get('closed-answers')).toBeUndefined();
  }, 60_000);

  it('one answer cannot be published, because its exchange is gone: the request is parked', async () => {
    const { requester, to, name } = await startStage(broker(), {
      route: { reply: { exchange: 'gone-exchange', routingKey: 'answers' } },
    });

    await requester.publish({ ...to, correlationId: 'c-1' }, ASKED);

    const parked = await requester.next(`${name}.parked`);
    expect(parked.headers).toMatchObject({ 'x-error-code': 'BRIDGE_ERR_REPLY_REFUSED' });
    expect(parked.headers['x-error-message']).toContain("no exchange 'gone-exchange'");
    await expect(requester.ask(to, ASKED)).resolves.toMatchObject({ headers: { status: '200' } });
  });

  it('a queue for answers is full: the request is parked, and others are answered', async () => {
    const { requester, to, name } = await startStage(broker(), {
      route: { reply: { allowedReplyTo: ['full', 'amq.gen-*'] } },
    });
    await requester.connection.queueDeclare({
      queue: 'full',
      durable: true,
      arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
    });
    await requester.publish({ routingKey: 'full' }, 'one').catch(() => undefined);

    await requester.publish({ ...to, correlationId: 'c-1', replyTo: 'full' }, ASKED);
    const answer = await requester.ask(to, ASKED);

    expect(answer.headers.status).toBe('200');
    const parked = await requester.next(`${name}.parked`, 60_000);
    expect(parked.headers['x-error-message']).toContain('takes no more messages');
  }, 90_000);

  it('its user may not declare anything, and everything is there', async () => {
    const { provider, config, requester, to, name, model } = await startStage(broker(), {
      route: { retry: { attempts: 2 } },
    });
    await provider.stop();
    await broker().ctl('add_user', 'least', 'guest');
    await broker().ctl('set_permissions', 'least', '^$', '^amq\\.default$', `^${name}$`);

    await startStage(broker(), {
      route: { ...config().routes[0], name },
      amqp: { username: 'least', declare: false },
    });

    await expect(requester.ask(to, ASKED)).resolves.toMatchObject({ headers: { status: '200' } });
    expect(model.requests).toHaveLength(1);
  });

  it('its queue is not there yet, and is not its own to declare', async () => {
    const { requester, log, to, name } = await startStage(broker(), { amqp: { declare: false }, ready: false });
    const missing = await log.line({ level: 'error' });
    const { connection } = requester;

    const again = log.next({ msg: 'takes requests' });
    await connection.exchangeDeclare({ exchange: to.exchange, type: 'topic', durable: true });
    for (const queue of [name, `${name}.parked`]) await connection.queueDeclare({ queue, durable: true });
    await connection.queueBind({ exchange: to.exchange, queue: name, routingKey: 'predict.*' });
    await again;

    expect(missing.msg).toContain('amqp.declare is false');
    await expect(requester.ask(to, ASKED)).resolves.toMatchObject({ headers: { status: '200' } });
  });

  it('a body of several megabytes goes both ways', async () => {
    const large = JSON.stringify({ data: 'x'.repeat(3_000_000) });
    const { requester, to, model } = await startStage(broker(), {
      answer: (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(large),
    });

    const answer = await requester.ask(to, large);

    expect(answer.body.length).toBe(large.length);
    expect(model.requests[0]?.body).toBe(large);
  });
});

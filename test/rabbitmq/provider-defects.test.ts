import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startBridge } from '../../bridge';
import { amqpTopology, parseProviderConfig } from '../../bridge/config';
import { json } from '../bridge/support/http';
import { CapturedLog } from '../bridge/support/log';
import { startStage } from './provider-stage';
import type { RabbitMqProcess } from './rabbitmq-process';
import { describeWithBroker } from './with-broker';

const ASKED = '{"data": "[29, 29]"}';

/** How many messages of a queue are with somebody who has not acknowledged them. */
async function unacknowledged(broker: RabbitMqProcess, queue: string): Promise<number> {
  const listed = await broker.ctl('list_queues', 'name', 'messages_unacknowledged');
  const line = listed.split('\n').find((line) => line.startsWith(`${queue}\t`));
  return Number(line?.split('\t')[1] ?? Number.NaN);
}

describeWithBroker('defects of the system before, at the provider', (broker) => {
  it('B-1: acknowledges a request when the broker has confirmed its answer, and not before', async () => {
    const held: (() => void)[] = [];
    const { requester, to, name, metric } = await startStage(broker(), {
      route: { reply: { queue: 'b1-answers' } },
      answer: (response) => held.push(() => json(response, { result: 1 })),
    });
    await requester.publish({ ...to, correlationId: 'c-1' }, ASKED);
    await requester.publish({ ...to, correlationId: 'c-2' }, ASKED);
    await expect.poll(() => held.length, { timeout: 10_000 }).toBe(2);

    // Short of memory, the broker reads nothing more from whoever publishes, and so confirms nothing.
    await broker().ctl('set_vm_memory_high_watermark', '0.00001');
    held[0]?.();
    await expect.poll(() => metric('bridge_broker_blocked{connection="replies"}'), { timeout: 20_000 }).toBe(1);
    held[1]?.();
    await expect.poll(() => metric(`bridge_http_requests_total{route="${name}",code="200"}`)).toBe(2);
    const before = await unacknowledged(broker(), name);
    await broker().ctl('set_vm_memory_high_watermark', '0.4');

    expect(before).toBe(2);
    await expect(requester.next('b1-answers')).resolves.toMatchObject({ durable: true });
    await expect(requester.next('b1-answers')).resolves.toMatchObject({ durable: true });
    await expect.poll(() => unacknowledged(broker(), name), { timeout: 20_000 }).toBe(0);
    expect(await metric('bridge_broker_blocked{connection="replies"}')).toBe(0);
  }, 90_000);

  it('B-1: declares durable queues, quorum queues unless told otherwise', async () => {
    const { name } = await startStage(broker(), { route: { queue: { type: undefined } } });

    const listed = await broker().ctl('list_queues', 'name', 'type', 'durable');

    expect(listed.split('\n').filter((line) => line.startsWith(name))).toEqual([
      `${name}\tquorum\ttrue`,
      `${name}.parked\tquorum\ttrue`,
    ]);
  });

  it('B-2: asks the model as many requests at a time as the route says, and takes no more', async () => {
    const held: (() => void)[] = [];
    const { requester, to, name, metric } = await startStage(broker(), {
      route: { concurrency: 3, reply: { queue: 'b2-answers' } },
      answer: (response) => held.push(() => json(response, {})),
    });

    for (let i = 0; i < 10; i += 1) await requester.publish({ ...to, correlationId: `c-${i}` }, ASKED);
    await expect.poll(() => held.length, { timeout: 10_000 }).toBe(3);

    expect(await unacknowledged(broker(), name)).toBe(3);
    expect(await metric('bridge_unacked')).toBe(3);
    expect(await requester.count(name)).toBe(7);
    for (let answered = 0; answered < 10; answered += 1) {
      await expect.poll(() => held.length, { timeout: 10_000 }).toBeGreaterThan(answered);
      expect(held.length - answered).toBeLessThanOrEqual(3);
      held[answered]?.();
      await requester.next('b2-answers');
    }
  });

  it('B-3: takes requests again after the broker was gone, and has lost none', async () => {
    const held: (() => void)[] = [];
    const stage = await startStage(broker(), {
      route: { reply: { queue: 'b3-answers' } },
      answer: (response) => held.push(() => json(response, { result: 1 })),
    });
    const { requester, to, name, model, log, get } = stage;
    await requester.publish({ ...to, correlationId: 'before' }, ASKED);
    await expect.poll(() => held.length, { timeout: 10_000 }).toBe(1);

    await broker().stop('SIGKILL');
    await expect.poll(async () => (await get('/readyz')).status, { timeout: 10_000 }).toBe(503);
    const again = log.next({ msg: 'takes requests', route: name });
    await broker().startAgain();
    await again;
    held[0]?.();
    const first = await requester.next('b3-answers');
    await requester.publish({ ...to, correlationId: 'after' }, ASKED);
    await expect.poll(() => held.length, { timeout: 10_000 }).toBe(2);
    held[1]?.();

    expect(first.correlationId).toBe('before');
    await expect(requester.next('b3-answers')).resolves.toMatchObject({ correlationId: 'after' });
    // It came again, was known, and was not handed to the model twice.
    expect(model.requests).toHaveLength(2);
    expect(await stage.metric(`bridge_adopted_total{route="${name}"}`)).toBe(1);
    await expect.poll(async () => (await get('/readyz')).status, { timeout: 10_000 }).toBe(200);
    await expect.poll(() => requester.count(name), { timeout: 10_000 }).toBe(0);
  }, 120_000);

  it('B-7: tells the requester of a model that refuses, and parks the request', async () => {
    const { requester, to, name, model } = await startStage(broker(), {
      route: { retry: { attempts: 3, delaySeconds: 1 } },
      answer: (response) => json(response, { error: 'no such thing' }, 422),
    });

    const answer = await requester.ask({ ...to, correlationId: 'c-1' }, ASKED);

    expect(answer).toMatchObject({
      correlationId: 'c-1',
      headers: { status: '422', code: 'BRIDGE_ERR_MODEL_REJECTED' },
    });
    expect(model.requests).toHaveLength(1);
    const parked = await requester.next(`${name}.parked`);
    expect(parked.body.toString()).toBe(ASKED);
    expect(parked.headers).toMatchObject({ 'x-error-status': 422, 'x-attempts': 1, 'x-deliveries': 1 });
  });

  it.each(['classic', 'quorum'] as const)(
    'B-7, B-T1: retries end with an error reply and a parked message (%s queues)',
    async (type) => {
      const { requester, to, name, model, metric } = await startStage(broker(), {
        route: { queue: { type }, retry: { attempts: 3, delaySeconds: 1 } },
        answer: (response) => json(response, { error: 'loading' }, 503),
      });

      const answer = await requester.ask({ ...to, correlationId: 'c-1', messageId: 'm-1' }, ASKED);

      expect(answer).toMatchObject({ correlationId: 'c-1', headers: { status: '503', code: 'BRIDGE_ERR_MODEL_BUSY' } });
      expect(JSON.parse(answer.body.toString()).error).toMatchObject({ retryable: true, attempts: 3 });
      expect(model.requests.map(({ body }) => body)).toEqual([ASKED, ASKED, ASKED]);
      const parked = await requester.next(`${name}.parked`);
      expect(parked).toMatchObject({ body: Buffer.from(ASKED), correlationId: 'c-1', contentType: 'application/json' });
      expect(parked.headers).toMatchObject({
        'x-error-code': 'BRIDGE_ERR_MODEL_BUSY',
        'x-attempts': 3,
        'x-deliveries': 3,
        'x-original-exchange': to.exchange,
        'x-original-routing-key': 'predict.now',
      });
      expect(await metric(`bridge_messages_settled_total{route="${name}",outcome="delayed"}`)).toBe(2);
      expect(await metric(`bridge_messages_settled_total{route="${name}",outcome="error"}`)).toBe(1);
      for (const queue of [name, `${name}.delay-1s`, `${name}.parked`]) expect(await requester.count(queue)).toBe(0);
    },
    60_000,
  );

  it('B-7: a model that works again answers a request that was put off', async () => {
    const { requester, to, name, model } = await startStage(broker(), {
      route: { retry: { attempts: 3, delaySeconds: 1 } },
      answer: (response) => (model.requests.length < 2 ? json(response, {}, 503) : json(response, { result: 2 })),
    });

    const answer = await requester.ask(to, ASKED);

    expect(JSON.parse(answer.body.toString())).toEqual({ result: 2 });
    expect(await requester.count(`${name}.parked`)).toBe(0);
  });

  it('B-7: puts no request off whose requester would not wait so long', async () => {
    const { requester, to, model } = await startStage(broker(), {
      route: { retry: { attempts: 3, delaySeconds: 60 } },
      answer: (response) => json(response, {}, 503),
    });

    const answer = await requester.ask({ ...to, expiration: '30000' }, ASKED);

    expect(answer.headers.status).toBe('503');
    expect(model.requests).toHaveLength(1);
  });

  it('B-7: a request that nobody survives is parked by the broker after as many deliveries as the queue allows', async () => {
    const { requester, to, name, provider } = await startStage(broker(), {
      route: { queue: { type: 'quorum', deliveryLimit: 1 } },
    });
    await provider.stop();
    await requester.publish({ ...to, correlationId: 'c-1' }, ASKED);

    for (let crashes = 0; crashes < 2; crashes += 1) {
      const channel = await requester.connection.acquire();
      await expect.poll(() => channel.basicGet({ queue: name }), { timeout: 10_000 }).toBeDefined();
      await channel.close();
    }

    const parked = await requester.next(`${name}.parked`);
    expect(parked).toMatchObject({ body: Buffer.from(ASKED), correlationId: 'c-1' });
    expect(parked.headers['x-first-death-reason']).toBe('delivery_limit');
  });

  it('B-12, B-T3: declares nothing that another, who reads the same topology, has declared differently', async () => {
    const { requester, config, provider, name } = await startStage(broker(), {
      route: { queue: { type: 'quorum', maxLength: 1_000 }, retry: { attempts: 3 }, reply: { queue: 'b12-answers' } },
    });
    await provider.stop();
    const { exchanges, queues, bindings } = amqpTopology(config().routes);

    const { connection } = requester;
    for (const { name: exchange, type, durable } of exchanges)
      await connection.exchangeDeclare({ exchange, type, durable });
    for (const { name: queue, durable, arguments: args } of queues) {
      await connection.queueDeclare({ queue, durable, arguments: args });
    }
    for (const binding of bindings) await connection.queueBind(binding);

    expect(queues.map(({ name }) => name)).toEqual([name, `${name}.delay-60s`, `${name}.parked`, 'b12-answers']);
  });

  it('B-12: says what differs in a queue that somebody declared otherwise, is not ready, and goes on when it is gone', async () => {
    const { requester, name, log, get, to } = await startStage(broker(), {
      route: { queue: { name: 'b12-other', type: 'quorum' } },
      amqp: { reconnect: { minMs: 50, maxMs: 2_000 } },
      ready: false,
    });
    const { connection } = requester;
    await log.line({ msg: 'takes requests' });
    await connection.queueDelete({ queue: 'b12-other' });
    await connection.queueDeclare({ queue: 'b12-other', durable: true, arguments: { 'x-queue-type': 'classic' } });

    const refused = await log.next({ level: 'error', route: name });
    await expect
      .poll(async () => (await get('/readyz')).text, { timeout: 10_000 })
      .toMatch(/inequivalent arg 'x-[a-z-]+' for queue 'b12-other'.* received .* but current is none.*delete it/);
    const again = log.next({ msg: 'takes requests' });
    await connection.queueDelete({ queue: 'b12-other' });
    await again;

    expect(refused.msg).toContain('no requests are taken');
    await expect(requester.ask(to, ASKED)).resolves.toMatchObject({ headers: { status: '200' } });
    expect((await get('/readyz')).status).toBe(200);
  }, 60_000);

  it('B-15: says who is refused, and nowhere with which password', async () => {
    const passwordFile = path.join(broker().directory, 'wrong-password');
    writeFileSync(passwordFile, 'correct horse battery');
    const { config } = await startStage(broker());
    const { amqp, routes, http } = config();
    const log = new CapturedLog();
    const provider = await startBridge({ ...config(), amqp: { ...amqp, passwordFile }, routes, http }, log.logger);

    const line = await log.line({ code: 'BRIDGE_ERR_BROKER_LOGIN' });
    await provider.stop();

    expect(line.msg).toContain('refuses user "guest"');
    expect(line.msg).toContain('amqp.passwordFile');
    expect(JSON.stringify(log.lines)).not.toContain('horse');
    const withPassword = { url: 'amqp://guest:horse@localhost', username: 'guest', passwordFile };
    expect(() => parseProviderConfig({ amqp: withPassword, routes: [] })).toThrow(
      /amqp.username and amqp.passwordFile/,
    );
    expect(() => parseProviderConfig({ amqp: withPassword, routes: [] })).not.toThrow(/horse/);
  });

  it('B-15: reads the password again when it connects again', async () => {
    const passwordFile = path.join(broker().directory, 'rotated-password');
    writeFileSync(passwordFile, 'old');
    await broker().ctl('add_user', 'rotated', 'old');
    await broker().ctl('set_permissions', 'rotated', '.*', '.*', '.*');
    const { log, requester, to } = await startStage(broker(), { amqp: { username: 'rotated', passwordFile } });

    await broker().ctl('change_password', 'rotated', 'new');
    writeFileSync(passwordFile, 'new');
    const again = log.next({ msg: 'takes requests' }).then(() => true);
    // A connection that is quite new, RabbitMQ may not know by its user yet.
    do await broker().ctl('close_all_user_connections', 'rotated', 'rotated');
    while (!(await Promise.race([again, sleep(2_000, false)])));

    await expect(requester.ask(to, ASKED)).resolves.toMatchObject({ headers: { status: '200' } });
    expect(log.lines.filter(({ code }) => code === 'BRIDGE_ERR_BROKER_LOGIN')).toEqual([]);
  });

  it('B-16, B-T9: passes on the headers that the route lists, and no others', async () => {
    const { requester, to, model, name } = await startStage(broker(), {
      route: {
        headers: { toModel: ['RqUID', 'X-Tenant'], toReply: ['RqUID'], fromModel: ['X-Model-Version'] },
        request: { schema: { type: 'object' } },
      },
      answer: (response) => {
        response.setHeader('x-model-version', '3');
        response.setHeader('set-cookie', 'session=1');
        json(response, {});
      },
    });
    const headers = {
      rquid: 'r-1',
      'x-tenant': 7,
      Authorization: 'Bearer secret',
      Cookie: 'session=secret',
      CC: ['b16-copies'],
      'X-Other': 'other',
    };
    await requester.connection.queueDeclare({ queue: 'b16-copies', durable: true });

    const answer = await requester.ask({ ...to, headers }, ASKED);
    await requester.get('b16-copies');
    await requester.ask({ ...to, headers }, 'no JSON');
    await requester.get('b16-copies');

    const [asked] = model.requests;
    expect(asked?.headers).toMatchObject({ rquid: 'r-1', 'x-tenant': '7' });
    expect(Object.keys(asked?.headers ?? {}).sort()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'host',
      'rquid',
      'x-request-id',
      'x-tenant',
    ]);
    expect(answer.headers).toEqual({ RqUID: 'r-1', 'X-Model-Version': '3', status: '200' });
    const parked = await requester.next(`${name}.parked`);
    expect(parked.headers).toMatchObject({ rquid: 'r-1', 'X-Other': 'other' });
    for (const secret of ['Authorization', 'Cookie', 'CC']) expect(parked.headers).not.toHaveProperty(secret);
    // What a requester copies to others is its own business; what comes of it is not copied.
    expect(await requester.count('b16-copies')).toBe(0);
  });
});

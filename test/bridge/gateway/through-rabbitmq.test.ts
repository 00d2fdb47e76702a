import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AsyncMessage } from 'rabbitmq-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startBridge } from '../../../bridge';
import { parseConfig } from '../../../bridge/config/any';
import type { GatewayConfigInput } from '../../../bridge/config/gateway';
import { RabbitMqProcess, rabbitMqProblem } from '../../rabbitmq/rabbitmq-process';
import { type FakeModel, json, startModel } from '../support/http';
import { CapturedLog } from '../support/log';
import { gatewayInput, throughRabbitMq } from './support/config';
import { runGateway, type TestGateway } from './support/gateway';
import { type ProviderAnswer, startProvider } from './support/provider';

const problem = rabbitMqProblem();
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const PREDICTION: ProviderAnswer = { body: '{"result": 500938}' };

describe.skipIf(problem)(`a gateway in front of RabbitMQ${problem ? ` (skipped: ${problem})` : ''}`, () => {
  let folder: string;
  let rabbit: RabbitMqProcess;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gateway-rabbitmq-'));
    writeFileSync(join(folder, 'password'), 'guest\n');
    rabbit = await RabbitMqProcess.start({ directory: join(folder, 'node') });
  }, 150_000);

  afterAll(async () => {
    await rabbit?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function config(gateway: Parameters<typeof gatewayInput>[0] = {}, amqp: object = {}): GatewayConfigInput {
    return gatewayInput(gateway, {
      amqp: {
        url: `amqp://127.0.0.1:${rabbit.port}`,
        username: 'guest',
        passwordFile: join(folder, 'password'),
        reconnect: { minMs: 10, maxMs: 100 },
        ...amqp,
      },
    });
  }

  async function started(gateway?: Parameters<typeof gatewayInput>[0], amqp?: object): Promise<TestGateway> {
    const found = await runGateway(config(gateway, amqp));
    await found.ready();
    return found;
  }

  it('hands a request on, and the answer back', async () => {
    const provider = await startProvider(rabbit.url(), () => PREDICTION);
    const gateway = await started({ headers: { request: ['x-tenant'], answer: [] } });

    const answer = await gateway.post({
      headers: { RqUID: 'initiator-7', traceparent: TRACEPARENT, 'x-tenant': 'blue', authorization: 'Bearer secret' },
    });

    expect([answer.status, answer.text]).toStrictEqual([200, '{"result": 500938}']);
    expect(answer.headers).toMatchObject({
      rquid: 'initiator-7',
      traceparent: TRACEPARENT,
      'content-type': 'application/json',
    });
    const [request] = provider.requests;
    expect(request).toMatchObject({
      exchange: 'ML.MQ',
      routingKey: 'predict.now',
      contentType: 'application/json',
      deliveryMode: 2,
      replyTo: expect.stringMatching(/^amq\.gen-/),
      body: Buffer.from('{"data":"[29, 29]"}'),
    });
    expect(request?.headers).toStrictEqual({ RqUID: 'initiator-7', traceparent: TRACEPARENT, 'x-tenant': 'blue' });
    expect(Number(request?.expiration)).toBeGreaterThan(300_000);
    expect(Number(request?.expiration)).toBeLessThanOrEqual(305_000);
  });

  it('tells the provider which span asks it', async () => {
    const provider = await startProvider(rabbit.url(), () => PREDICTION);
    const gateway = await runGateway({ ...config(), tracing: { sampleRatio: 0 } });
    await gateway.ready();

    const { headers } = await gateway.post();

    const told = String(provider.requests[0]?.headers?.traceparent);
    expect(told).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect([told.slice(0, 35), told]).toStrictEqual([
      String(headers.traceparent).slice(0, 35),
      expect.not.stringContaining(String(headers.traceparent)),
    ]);
  });

  it('hands bodies of several frames on, and back', async () => {
    const body = JSON.stringify({ data: 'x'.repeat(3_000_000) });
    await startProvider(rabbit.url(), (request) => ({ body: String(request.body) }));
    const gateway = await started();

    const answers = await Promise.all(Array.from({ length: 8 }, () => gateway.post({ body })));

    expect(answers.map(({ status, text }) => [status, text === body])).toStrictEqual(answers.map(() => [200, true]));
  });

  it('asks the broker for no routing key that the route does not take', async () => {
    const provider = await startProvider(rabbit.url(), () => PREDICTION, { bindingKey: '#', queue: 'all' });
    const gateway = await started({
      routes: [throughRabbitMq({ amqp: { exchange: 'ML.MQ', routingKeys: ['predict.*', 'score.#'] } })],
    });
    const keys = ['predict.now', 'score.a.b', 'manage.now', 'predict.now.then', 'predict.#'];

    const answers = await Promise.all(keys.map((key) => gateway.post({ headers: { 'routing-key': key } })));

    expect(answers.map(({ status, code }) => [status, code])).toStrictEqual([
      [200, undefined],
      [200, undefined],
      [404, 'BRIDGE_ERR_UNROUTABLE'],
      [404, 'BRIDGE_ERR_UNROUTABLE'],
      [404, 'BRIDGE_ERR_UNROUTABLE'],
    ]);
    expect(new Set(provider.requests.map(({ routingKey }) => routingKey))).toStrictEqual(new Set(keys.slice(0, 2)));
    await provider.channel.queueDelete({ queue: 'all' });
  });

  it('hands bodies on as they were written, and back', async () => {
    const body = '{ "data" : 1.0, "data": 12345678901234567890 }';
    const provider = await startProvider(rabbit.url(), () => ({ body }));
    const gateway = await started();

    const answer = await gateway.post({ body });

    expect([String(provider.requests[0]?.body), answer.text]).toStrictEqual([body, body]);
  });

  it('B-4, B-5, B-T4: two replicas, all requests with one RqUID: everybody gets their own answer', async () => {
    const provider = await startProvider(rabbit.url(), async ({ body }) => {
      await sleep(Math.random() * 50);
      return { body: JSON.stringify({ of: JSON.parse(String(body)).data }) };
    });
    const replicas = [await started(), await started()];
    const numbers = Array.from({ length: 400 }, (_, i) => i);

    const answers = await Promise.all(
      numbers.map((i) => replicas[i % 2]?.post({ headers: { RqUID: 'the-same' }, body: JSON.stringify({ data: i }) })),
    );

    expect(answers.map((answer) => answer?.text)).toStrictEqual(numbers.map((i) => JSON.stringify({ of: i })));
    expect(answers.every((answer) => answer?.headers.rquid === 'the-same')).toBe(true);
    const ids = provider.requests.map(({ correlationId }) => correlationId);
    expect(new Set(ids).size).toBe(400);
    for (const id of ids) expect(id).toMatch(UUID);
    expect(new Set(provider.requests.map(({ replyTo }) => replyTo)).size).toBe(2);
  });

  it('B-5: takes no correlation id from a requester', async () => {
    const provider = await startProvider(rabbit.url(), () => PREDICTION);
    const gateway = await started();

    await gateway.post({ headers: { 'correlation-id': 'mine', correlation_id: 'mine', 'x-correlation-id': 'mine' } });

    expect(provider.requests[0]?.correlationId).toMatch(UUID);
    expect(JSON.stringify(provider.requests[0]?.headers)).not.toContain('mine');
  });

  it.each([
    ['BRIDGE_ERR_MODEL_REJECTED', '400', 422],
    ['BRIDGE_ERR_MODEL_BUSY', '503', 502],
    ['BRIDGE_ERR_MODEL_UNREACHABLE', '503', 502],
    ['BRIDGE_ERR_MODEL_TIMEOUT', '504', 504],
    ['BRIDGE_ERR_EXPIRED', '504', 504],
  ])('B-7, B-T5: an error reply with %s is no 200', async (code, status, expected) => {
    const error = { code, status: Number(status), message: 'so it was', retryable: false, attempts: 6 };
    await startProvider(rabbit.url(), () => ({ body: JSON.stringify({ error }), headers: { status, code } }));
    const gateway = await started();

    const answer = await gateway.post();

    expect(answer.status).toBe(expected);
    expect(JSON.parse(answer.text)).toStrictEqual({ error: { ...error, status: expected } });
  });

  it('B-17, B-T6: says at once that a routing key leads nowhere', async () => {
    await startProvider(rabbit.url(), () => PREDICTION);
    const gateway = await started();

    const answers = await Promise.all([
      gateway.post({ headers: { 'routing-key': 'predikt.now' } }),
      gateway.post(),
      gateway.post({ headers: { 'routing-key': '' } }),
    ]);

    expect(answers.map(({ status, code }) => [status, code])).toStrictEqual([
      [404, 'BRIDGE_ERR_UNROUTABLE'],
      [200, undefined],
      [400, 'BRIDGE_ERR_REQUEST_HEADER'],
    ]);
  });

  it('leads models of KServe where their routes say, whatever routing key a request names', async () => {
    const provider = await startProvider(rabbit.url(), () => PREDICTION);
    const amqp = { exchange: 'ML.MQ', routingKey: 'predict.{model}' };
    const gateway = await started({ routes: [throughRabbitMq({ path: '/v1/models/{model}:predict', amqp })] });

    await gateway.post({ path: '/v1/models/iris:predict', headers: { 'routing-key': 'manage.now' } });

    expect(provider.requests[0]?.routingKey).toBe('predict.iris');
  });

  it('B-6: tells requesters that there was no answer, and lets the request expire', async () => {
    const gateway = await started({
      routes: [throughRabbitMq({ amqp: { exchange: 'ML.MQ', modelTimeoutSeconds: 0.1 }, timeoutSeconds: 5.2 })],
    });
    const away = await startProvider(rabbit.url(), () => undefined, { queue: 'away', bindingKey: 'away.*' });
    await away.channel.close();
    const before = performance.now();

    const answer = await gateway.post({ headers: { 'routing-key': 'away.now' } });

    expect([answer.status, answer.code]).toStrictEqual([504, 'BRIDGE_ERR_ANSWER_TIMEOUT']);
    expect(performance.now() - before).toBeGreaterThanOrEqual(5_200);
    const back = await startProvider(rabbit.url(), () => PREDICTION, { queue: 'back', bindingKey: 'back.*' });
    await expect
      .poll(async () => (await back.channel.queueDeclare({ queue: 'away', passive: true })).messageCount)
      .toBe(0);
  });

  it('counts answers for which nobody waits: unasked, a second time, too late', async () => {
    const kept: AsyncMessage[] = [];
    const provider = await startProvider(rabbit.url(), (request) => {
      kept.push(request);
      return kept.length === 1 ? undefined : PREDICTION;
    });
    const gateway = await started();
    const leaving = new AbortController();
    const left = gateway.post({ signal: leaving.signal }).catch(() => 'left');
    await expect.poll(() => kept.length).toBe(1);
    leaving.abort();
    await left;
    await expect.poll(() => gateway.metric('gateway_waiting{connection="amqp"}')).toBe(0);

    const { replyTo } = kept[0] as AsyncMessage;
    await provider.answer(kept[0] as AsyncMessage, PREDICTION);
    await provider.answer({ replyTo, correlationId: 'spoofed' }, PREDICTION);
    await provider.answer({ replyTo, correlationId: undefined }, PREDICTION);
    const { status } = await gateway.post();
    await provider.answer(kept[1] as AsyncMessage, PREDICTION);

    expect(status).toBe(200);
    await expect.poll(() => gateway.metric('gateway_stray_answers_total{connection="amqp"}')).toBe(4);
  });

  it('answers 503 when the queue takes no more', async () => {
    const full = await startProvider(rabbit.url(), () => undefined, {
      queue: 'full',
      bindingKey: 'full.*',
      queueArguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
    });
    await full.channel.close();
    const gateway = await started();
    const leaving = new AbortController();
    const first = gateway.post({ headers: { 'routing-key': 'full.now' }, signal: leaving.signal }).catch(() => 'left');
    await expect.poll(() => gateway.metric('gateway_waiting{connection="amqp"}')).toBe(1);

    await expect
      .poll(async () => (await gateway.post({ headers: { 'routing-key': 'full.now' } })).code)
      .toBe('BRIDGE_ERR_UNCONFIRMED');

    leaving.abort();
    expect(await first).toBe('left');
  });

  it('is not ready without its exchange, says which, and is as soon as there is one', async () => {
    const gateway = await runGateway(config({ routes: [throughRabbitMq({ amqp: { exchange: 'ML.LATER' } })] }));

    const line = await gateway.log.line({ level: 'warn', code: 'BRIDGE_ERR_BROKER_CONNECTION' });
    expect(line.msg).toContain('there is no exchange "ML.LATER"');
    expect((await gateway.operations('/readyz')).status).toBe(503);
    const answer = await gateway.post();
    expect(answer).toMatchObject({ status: 503, code: 'BRIDGE_ERR_BROKER_CONNECTION' });
    expect(answer.text).not.toContain('127.0.0.1');

    await startProvider(rabbit.url(), () => PREDICTION, { exchange: 'ML.LATER', queue: 'later' });
    await gateway.ready();
    expect((await gateway.post()).status).toBe(200);
  });

  it('goes on when its exchange goes while others wait for their answers', async () => {
    const release = Promise.withResolvers<ProviderAnswer>();
    const provider = await startProvider(rabbit.url(), () => release.promise);
    await startProvider(rabbit.url(), () => PREDICTION, { exchange: 'ML.GOES', queue: 'goes' });
    const other = throughRabbitMq({ name: 'goes', path: '/v1/goes', amqp: { exchange: 'ML.GOES' } });
    const gateway = await started({ routes: [throughRabbitMq(), other] });
    const waiting = gateway.post();
    await expect.poll(() => provider.requests.length).toBe(1);

    await provider.channel.exchangeDelete({ exchange: 'ML.GOES' });
    const lost = await gateway.post({ path: '/v1/goes' });
    const next = gateway.post();
    await expect.poll(() => provider.requests.length).toBe(2);
    release.resolve(PREDICTION);

    expect([lost.status, lost.code]).toStrictEqual([503, 'BRIDGE_ERR_UNCONFIRMED']);
    expect([(await waiting).status, (await next).status]).toStrictEqual([200, 200]);
  });

  it('needs no more rights than to write to the exchange and to have queues that the broker names', async () => {
    await startProvider(rabbit.url(), () => PREDICTION);
    await rabbit.ctl('add_user', 'least', 'secret');
    await rabbit.ctl('set_permissions', 'least', '^amq\\.gen-.*$', '^ML\\.MQ$', '^amq\\.gen-.*$');
    writeFileSync(join(folder, 'least'), 'secret');

    const gateway = await started({}, { username: 'least', passwordFile: join(folder, 'least') });

    expect((await gateway.post()).status).toBe(200);
  });

  it('tells its log, and no requester, whom the broker does not let publish', async () => {
    await startProvider(rabbit.url(), () => PREDICTION);
    await rabbit.ctl('add_user', 'reader', 'secret');
    await rabbit.ctl('set_permissions', 'reader', '^amq\\.gen-.*$', '^$', '^amq\\.gen-.*$');
    writeFileSync(join(folder, 'reader'), 'secret');
    const gateway = await started({}, { username: 'reader', passwordFile: join(folder, 'reader') });

    const answer = await gateway.post();

    expect([answer.status, answer.code]).toStrictEqual([503, 'BRIDGE_ERR_UNCONFIRMED']);
    expect(answer.text).not.toContain('reader');
    const line = await gateway.log.line({ level: 'warn', code: 'BRIDGE_ERR_BROKER_CONNECTION' });
    expect(line.msg).toContain("refused for user 'reader'");
  });

  it('says who is refused when the password is wrong, and never the password', async () => {
    writeFileSync(join(folder, 'wrong'), 'sesame');
    const gateway = await runGateway(config({}, { passwordFile: join(folder, 'wrong') }));

    const line = await gateway.log.line({ code: 'BRIDGE_ERR_BROKER_LOGIN' });

    expect(line.level).toBe('error');
    expect((await gateway.operations('/healthz')).text).toContain(`no connection to amqp://127.0.0.1:${rabbit.port}`);
    expect(JSON.stringify(gateway.log.lines)).not.toContain('sesame');
  });

  it('answers what it has taken before it stops, and says first that it does', async () => {
    const release = Promise.withResolvers<ProviderAnswer>();
    const provider = await startProvider(rabbit.url(), () => release.promise);
    const gateway = await started();
    const waiting = gateway.post();
    await expect.poll(() => provider.requests.length).toBe(1);

    const stopped = gateway.stop();
    expect((await gateway.operations('/readyz')).text).toBe('the gateway is stopping\n');
    await expect.poll(async () => (await gateway.post()).code).toBe('BRIDGE_ERR_STOPPING');
    release.resolve(PREDICTION);

    expect((await waiting).status).toBe(200);
    expect(await stopped).toBe(0);
  });

  it('tells whoever it has no time for', async () => {
    const provider = await startProvider(rabbit.url(), () => undefined);
    const gateway = await started({ drain: { delaySeconds: 0, timeoutSeconds: 0.1 } });
    const waiting = gateway.post();
    await expect.poll(() => provider.requests.length).toBe(1);

    expect(await gateway.stop()).toBe(1);

    expect(await waiting).toMatchObject({ status: 503, code: 'BRIDGE_ERR_STOPPING' });
  });

  describe('with a provider behind it', () => {
    /** A provider from the queue `models` to a model that answers what a test says. */
    async function provided(answer: (response: ServerResponse, body: string) => void): Promise<FakeModel> {
      const model = await startModel((response, { body }) => answer(response, body));
      onTestFinished(() => model.close());
      const provider = await startBridge(
        parseConfig({
          amqp: config().amqp,
          routes: [
            {
              name: 'models',
              queue: { name: 'models', exchange: 'ML.MODELS', bindingKeys: ['models.*'] },
              model: { url: `${model.origin}/predict`, timeoutSeconds: 2, retry: { attempts: 1 } },
              retry: { attempts: 1 },
            },
          ],
          http: { host: '127.0.0.1', port: 0 },
        }),
        new CapturedLog().logger,
      );
      onTestFinished(async () => {
        await provider.stop();
      });
      await provider.connected;
      return model;
    }

    const amqp = { exchange: 'ML.MODELS', modelTimeoutSeconds: 2 };
    const now = { 'routing-key': 'models.now' };

    it('hands requests to its model, and the answers back', async () => {
      const model = await provided((response, body) => json(response, { of: JSON.parse(body).data }));
      const gateway = await started({ routes: [throughRabbitMq({ amqp })] });

      const answer = await gateway.post({ headers: { ...now, RqUID: 'seven', traceparent: TRACEPARENT } });

      expect([answer.status, answer.text]).toStrictEqual([200, '{"of":"[29, 29]"}']);
      expect(answer.headers).toMatchObject({ rquid: 'seven', 'content-type': 'application/json' });
      expect(model.requests[0]).toMatchObject({
        body: '{"data":"[29, 29]"}',
        headers: { rquid: 'seven', traceparent: TRACEPARENT },
      });
    });

    it('B-4, B-T4: two replicas and one RqUID: everybody gets their own answer', async () => {
      await provided((response, body) => {
        setTimeout(() => json(response, { of: JSON.parse(body).data }), Math.random() * 20);
      });
      const replicas = [
        await started({ routes: [throughRabbitMq({ amqp })] }),
        await started({ routes: [throughRabbitMq({ amqp })] }),
      ];
      const numbers = Array.from({ length: 200 }, (_, i) => i);

      const answers = await Promise.all(
        numbers.map((i) =>
          replicas[i % 2]?.post({ headers: { ...now, RqUID: 'the-same' }, body: JSON.stringify({ data: i }) }),
        ),
      );

      expect(answers.map((answer) => answer?.text)).toStrictEqual(numbers.map((i) => JSON.stringify({ of: i })));
    });

    it.each([
      ['answers 400', (response: ServerResponse) => json(response, {}, 400), 422, 'BRIDGE_ERR_MODEL_REJECTED'],
      ['answers 500', (response: ServerResponse) => json(response, {}, 500), 502, 'BRIDGE_ERR_MODEL_BUSY'],
      ['hangs up', (response: ServerResponse) => response.destroy(), 502, 'BRIDGE_ERR_MODEL_UNREACHABLE'],
      ['does not answer', () => undefined, 504, 'BRIDGE_ERR_MODEL_TIMEOUT'],
    ])('B-7, B-T5: says so when its model %s', async (_what, answer, status, code) => {
      await provided(answer);
      const gateway = await started({ routes: [throughRabbitMq({ amqp })] });

      expect(await gateway.post({ headers: now })).toMatchObject({ status, code });
    });
  });

  describe('that fails', () => {
    it('is given another queue for answers when somebody deletes the one there is', async () => {
      const provider = await startProvider(rabbit.url(), () => undefined);
      const gateway = await started();
      const waiting = gateway.post();
      await expect.poll(() => provider.requests.length).toBe(1);

      await rabbit.ctl('delete_queue', String(provider.requests[0]?.replyTo));

      expect(await waiting).toMatchObject({ status: 503, code: 'BRIDGE_ERR_ANSWER_LOST' });
      await provider.channel.close();
      await startProvider(rabbit.url(), () => PREDICTION);
      await gateway.ready();
      expect((await gateway.post()).status).toBe(200);
    });

    it('is refused requests at once while it takes none, and gets them again', async () => {
      await startProvider(rabbit.url(), () => PREDICTION);
      const gateway = await started();
      try {
        await rabbit.ctl('set_vm_memory_high_watermark', '0.00000001');
        await expect
          .poll(async () => (await gateway.post()).code, { timeout: 20_000 })
          .toBe('BRIDGE_ERR_BROKER_CONNECTION');
        expect((await gateway.operations('/readyz')).text).toContain('takes no messages');
      } finally {
        await rabbit.ctl('set_vm_memory_high_watermark', '0.4');
      }

      await gateway.ready();
      expect((await gateway.post()).status).toBe(200);
    });

    it('leaves nobody waiting whose answer can come no more, and is found again', async () => {
      const provider = await startProvider(rabbit.url(), () => undefined);
      const gateway = await started();
      const waiting = gateway.post();
      await expect.poll(() => provider.requests.length).toBe(1);

      await rabbit.stop('SIGKILL');
      expect(await waiting).toMatchObject({ status: 503, code: 'BRIDGE_ERR_ANSWER_LOST' });
      expect(await gateway.post()).toMatchObject({
        status: 503,
        code: 'BRIDGE_ERR_BROKER_CONNECTION',
        headers: { 'retry-after': '5' },
      });
      expect((await gateway.operations('/healthz')).status).toBe(503);

      await rabbit.startAgain();
      await startProvider(rabbit.url(), () => PREDICTION);
      await gateway.ready();
      expect((await gateway.post()).status).toBe(200);
    }, 150_000);
  });
});

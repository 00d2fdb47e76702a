import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { askGateway } from '../../apps/provider-mq/local/gateway-request';
import { type LocalSystem, startLocalSystem } from '../../apps/provider-mq/local/local-system';
import { rabbitMqPrograms } from '../../apps/provider-mq/local/rabbitmq-programs';
import { predict, UnreadableData } from '../../apps/provider-mq/model/arithmetic';
import { startSampleModel } from '../../apps/provider-mq/model/sample-model';
import { ROOT } from '../lib/support/folders';
import { thrownBy } from '../lib/support/refusals';

/** Erlang starts slowly, and other tests want the machine too. */
const PATIENCE_MS = 300_000;
const QUESTION = '{"data": "[29, 29]"}';
const problem = problemOf();

function problemOf(): string | undefined {
  try {
    rabbitMqPrograms();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the example model', () => {
  it('gives the one answer that is known of the original', () => {
    expect(predict('[29, 29]')).toBe(500_938);
    expect(predict([29, 29])).toBe(500_938);
  });

  it.each([['{"a": 1}'], ['29, 29'], [29], [['29']], [null]])('cannot read %j', (data) => {
    expect(thrownBy(() => predict(data))).toBeInstanceOf(UnreadableData);
  });

  it.each([
    ['GET', '/health', undefined, 200, { status: 'OK' }],
    ['POST', '/predict', QUESTION, 200, { result: 500_938 }],
    ['POST', '/predict', '{"data": ', 400, { error: 'the body is no JSON object' }],
    ['POST', '/predict', '[29, 29]', 400, { error: 'the body is no JSON object' }],
    ['POST', '/predict', '{"data": "?"}', 400, { error: 'data is a list of numbers, or the text of one' }],
    ['POST', '/predict', '{"dat": [29]}', 404, { error: 'the body has no data' }],
    ['GET', '/predict', undefined, 404, { error: 'there is no GET /predict' }],
  ])('%s %s with %s is answered with %i', async (method, url, body, status, answer) => {
    const model = await startSampleModel();
    onTestFinished(() => model.close());

    const response = await fetch(model.url + url, { method, body, headers: { RqUID: '7' } });

    expect([response.status, await response.json()]).toStrictEqual([status, answer]);
  });
});

describe('without RabbitMQ', () => {
  it('says how to get it, in one line, and ends with exit code 1', async () => {
    const tsx = createRequire(__filename).resolve('tsx/cli');
    const start = path.join(ROOT, 'apps', 'provider-mq', 'start.ts');

    const ended = promisify(execFile)(process.execPath, [tsx, start], { env: { PATH: '/nowhere' } });

    await expect(ended).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^This needs RabbitMQ: .*apt-get install rabbitmq-server.*\n$/),
    });
  });
});

describe.skipIf(problem)(
  `the whole of system B at work on this machine${problem ? ` (skipped: ${problem})` : ''}`,
  () => {
    let system: LocalSystem;
    const ask = (headers: Record<string, string>, body = QUESTION) => askGateway(system.requester, headers, body);

    beforeAll(async () => {
      system = await startLocalSystem();
    }, PATIENCE_MS);
    afterAll(() => system?.stop());

    it('answers a question through gateway, queue, provider and model', async () => {
      const { status, body } = await ask({ RqUID: 'check-1', 'routing-key': 'predict.now' });

      expect([status, body]).toStrictEqual([200, '{"result":500938}']);
      expect(system.model.requestIds.at(-1)).toBe('check-1');
    });

    it('B-T4: gives each of many requesters its own answer, also under one RqUID', async () => {
      const numbers = Array.from({ length: 50 }, (_, i) => i);

      const answers = await Promise.all(
        numbers.map((n) => ask({ RqUID: 'same', 'routing-key': 'predict.now' }, JSON.stringify({ data: [n] }))),
      );

      expect(answers.map(({ body }) => JSON.parse(body).result)).toStrictEqual(numbers.map((n) => predict([n])));
    });

    it('B-T6: says at once that a routing key leads nowhere', async () => {
      expect((await ask({ 'routing-key': 'predict.too.deep' })).status).toBeGreaterThanOrEqual(400);
      expect((await ask({ 'routing-key': 'predict.too.deep' })).status).not.toBe(504);
    });

    it('B-17: refuses a request that names no routing key', async () => {
      expect((await ask({})).status).toBe(400);
    });

    it('B-T5: passes on that the model refuses a question', async () => {
      const { status } = await ask({ 'routing-key': 'predict.now' }, '{"data": "?"}');

      expect(status).toBe(422);
    });

    it('B-8: does not speak to who has no certificate', async () => {
      const stranger = { ...system.requester, own: undefined };

      await expect(askGateway(stranger, { 'routing-key': 'predict.now' }, QUESTION)).rejects.toThrow();
    });

    it('B-13: has metrics of provider and gateway', async () => {
      const metrics = (port: number) => fetch(`http://127.0.0.1:${port}/metrics`).then((response) => response.text());

      expect(await metrics(system.operationsPorts.gateway)).toMatch(
        /^gateway_requests_total\{route="fib",status="200"/m,
      );
      expect(await metrics(system.operationsPorts.provider)).toMatch(/route="fib"/);
    });
  },
);

describe('a system that does not start', () => {
  it('leaves nothing behind', async () => {
    const temporary = mkdtempSync(path.join(tmpdir(), 'provider-mq-test-'));
    onTestFinished(() => rmSync(temporary, { recursive: true, force: true }));
    const env = { ...process.env, TMPDIR: temporary, PATH: '/nowhere' };
    const tsx = createRequire(__filename).resolve('tsx/cli');

    await promisify(execFile)(process.execPath, [tsx, path.join(ROOT, 'apps', 'provider-mq', 'start.ts')], {
      env,
    }).catch(() => undefined);

    expect(readdirSync(temporary).filter((name) => name.startsWith('provider-mq-'))).toStrictEqual([]);
  });
});

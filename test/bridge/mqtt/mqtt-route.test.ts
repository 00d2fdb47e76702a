import type { IPublishPacket } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PublishResult } from '../../../bridge/delivery/publish-result';
import { type Failure, failure } from '../../../bridge/errors';
import type { Answer } from '../../../bridge/model/model-client';
import { Models } from '../../../bridge/model/models';
import type { Message } from '../../../bridge/mqtt/message';
import { MqttRoute } from '../../../bridge/mqtt/mqtt-route';
import { routeConfig } from '../support/config';
import { isPending, settle } from '../support/deferred';
import { message } from '../support/fake-client';

vi.mock('node:timers/promises', () => import('../support/sleep.js'));

const ACCEPTED: PublishResult = { accepted: true };
const REFUSED: PublishResult = { accepted: false, why: 'refused', message: 'not authorized (reason code 135)' };
const PREDICTION = '{"predictions":[1]}';

interface Conditions {
  readonly config?: Parameters<typeof routeConfig>[0];
  readonly answer?: Answer;
  /** Calls that the answer took. */
  readonly attempts?: number;
  /** What the broker says to a message. */
  readonly broker?: (message: Message) => PublishResult;
}

function routeUnder({ config, answer, attempts = 1, broker = () => ACCEPTED }: Conditions = {}) {
  const published: Message[] = [];
  const asked: { url: string; body: string; requestId: string; expiresAt?: number }[] = [];
  const failures: { requestId: string; failure: Failure }[] = [];
  const parsed = routeConfig(config);
  const models = new Models(parsed.model.url, (url) => ({
    predict: async ({ body, requestId, expiresAt }) => {
      asked.push({ url, body: body.toString(), requestId, ...(expiresAt !== undefined && { expiresAt }) });
      const prediction: Answer = { ok: true, body: Buffer.from(PREDICTION), contentType: 'application/json' };
      return { ...(answer ?? prediction), attempts };
    },
    retire: async () => undefined,
    close: async () => undefined,
  }));
  const route = new MqttRoute(parsed, {
    models,
    publish: async (sent) => {
      published.push(sent);
      return broker(sent);
    },
    failed: (requestId, why) => failures.push({ requestId, failure: why }),
  });
  return {
    route,
    asked,
    failures,
    codes: () => failures.map(({ failure: { code } }) => code),
    topics: () => published.map(({ topic }) => topic),
    /** The one message published to a topic. */
    sentTo: (topic: string) => {
      const [only, ...others] = published.filter((sent) => sent.topic === topic);
      expect(others, `more than one message for ${topic}`).toEqual([]);
      if (!only) throw new Error(`no message for ${topic}`);
      return { ...only, body: JSON.parse(only.payload.toString()) };
    },
  };
}

const request = (properties?: IPublishPacket['properties'], payload = '{"instances":[]}') =>
  message(1, { payload: Buffer.from(payload), properties });

const unreachable: Answer = { ok: false, failure: failure('BRIDGE_ERR_MODEL_UNREACHABLE', 'no model') };

describe('MqttRoute', () => {
  describe('a prediction', () => {
    it('goes to the configured topic, with status 200', async () => {
      const { route, sentTo, topics } = routeUnder();

      await expect(route.deliver(request())).resolves.toBe('reply');

      expect(topics()).toEqual(['iris/output']);
      expect(sentTo('iris/output').payload.toString()).toBe(PREDICTION);
      expect(sentTo('iris/output').options).toStrictEqual({
        qos: 1,
        properties: { contentType: 'application/json', userProperties: { status: '200' } },
      });
    });

    it('carries the correlation data of its request, whatever bytes they are', async () => {
      const { route, sentTo } = routeUnder();
      const correlationData = Buffer.from([0x00, 0xff, 0x10]);

      await route.deliver(request({ correlationData }));

      expect(sentTo('iris/output').options.properties?.correlationData).toEqual(correlationData);
    });

    it.each([1, 2] as const)('is published with QoS %i where the route says so', async (qos) => {
      const { route, sentTo } = routeUnder({ config: { reply: { qos } } });

      await route.deliver(request());

      expect(sentTo('iris/output').options.qos).toBe(qos);
    });

    it('is asked for with the payload as it came', async () => {
      const { route, asked } = routeUnder();

      await route.deliver(request(undefined, '{"instances" : [[1]]}'));

      expect(asked.map(({ body }) => body)).toEqual(['{"instances" : [[1]]}']);
    });
  });

  describe('the request id', () => {
    it('is the correlation data where that is readable', async () => {
      const { route, asked } = routeUnder();

      await route.deliver(request({ correlationData: Buffer.from('order-17') }));

      expect(asked[0]?.requestId).toBe('order-17');
    });

    it.each([
      ['none', undefined],
      ['empty', Buffer.alloc(0)],
      ['binary', Buffer.from([0x00, 0xff])],
      ['of two lines', Buffer.from('a\r\nx-admin: 1')],
      ['longer than 64 characters', Buffer.from('a'.repeat(65))],
    ])('is a fresh one where the correlation data are %s', async (_what, correlationData) => {
      const { route, asked } = routeUnder();

      await route.deliver(request({ correlationData }));

      expect(asked[0]?.requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    });
  });

  describe('a response topic', () => {
    const config = { reply: { allowedResponseTopics: ['clients/+/answers'] } };

    it('is honoured when a filter of the route allows it', async () => {
      const { route, topics } = routeUnder({ config });

      await expect(route.deliver(request({ responseTopic: 'clients/7/answers' }))).resolves.toBe('reply');

      expect(topics()).toEqual(['clients/7/answers']);
    });

    it('is honoured when it is the reply topic itself', async () => {
      const { route, topics } = routeUnder();

      await route.deliver(request({ responseTopic: 'iris/output' }));

      expect(topics()).toEqual(['iris/output']);
    });

    it.each(['elsewhere', 'clients/7/8/answers', 'clients/+/answers', 'clients/#', '$SYS/answers', ''])(
      'such as %j is refused with one error reply and one dead letter',
      async (responseTopic) => {
        const { route, topics, sentTo, asked, codes } = routeUnder({ config });

        await expect(route.deliver(request({ responseTopic }))).resolves.toBe('error');

        expect(asked).toEqual([]);
        expect(topics()).toEqual(['iris/output', 'iris/dead']);
        expect(sentTo('iris/output').body.error).toStrictEqual({
          code: 'BRIDGE_ERR_RESPONSE_TOPIC',
          status: 403,
          message: `the response topic "${responseTopic}" is not one of: iris/output, clients/+/answers`,
          retryable: false,
          attempts: 0,
        });
        expect(codes()).toEqual(['BRIDGE_ERR_RESPONSE_TOPIC']);
      },
    );

    it('with $ is refused even where # is allowed', async () => {
      const { route, sentTo } = routeUnder({ config: { reply: { allowedResponseTopics: ['$SYS/#'] } } });

      await route.deliver(request({ responseTopic: '$SYS/broker/load' }));

      expect(sentTo('iris/output').body.error.code).toBe('BRIDGE_ERR_RESPONSE_TOPIC');
    });

    it('gets the error reply too when the model fails', async () => {
      const { route, topics } = routeUnder({ config, answer: unreachable });

      await route.deliver(request({ responseTopic: 'clients/7/answers' }));

      expect(topics()).toEqual(['clients/7/answers', 'iris/dead']);
    });
  });

  describe('a model that fails', () => {
    it('gives one error reply, with its status and the correlation data', async () => {
      const { route, sentTo } = routeUnder({ answer: unreachable });
      const correlationData = Buffer.from('order-17');

      await expect(route.deliver(request({ correlationData }))).resolves.toBe('error');

      const reply = sentTo('iris/output');
      expect(reply.body).toStrictEqual({
        error: { code: 'BRIDGE_ERR_MODEL_UNREACHABLE', status: 503, message: 'no model', retryable: true, attempts: 1 },
      });
      expect(reply.options.properties).toStrictEqual({
        contentType: 'application/json',
        userProperties: { status: '503', code: 'BRIDGE_ERR_MODEL_UNREACHABLE' },
        correlationData,
      });
    });

    it('gives one dead letter, with the original payload', async () => {
      const { route, sentTo } = routeUnder({ answer: unreachable });
      const payload = Buffer.from([0x00, 0xff, 0x7b]);

      await route.deliver(message(1, { payload, properties: { correlationData: Buffer.from('order-17') } }));

      const letter = sentTo('iris/dead');
      expect(Buffer.from(letter.body.base64OriginalPayload, 'base64')).toEqual(payload);
      expect(letter.body).toMatchObject({
        ruleName: 'iris',
        topic: 'iris/input',
        requestId: 'order-17',
        failures: [{ failedResource: 'http://iris.example/v1/models/iris:predict', errorMessage: 'no model' }],
      });
      expect(letter.options.qos).toBe(1);
    });

    it('is reported once, under the request id', async () => {
      const { route, failures } = routeUnder({ answer: unreachable });

      await route.deliver(request({ correlationData: Buffer.from('order-17') }));

      expect(failures).toEqual([
        { requestId: 'order-17', failure: expect.objectContaining({ code: 'BRIDGE_ERR_MODEL_UNREACHABLE' }) },
      ]);
    });
  });

  describe('a broker that will not take an answer', () => {
    const refusing =
      (...topics: string[]) =>
      ({ topic }: Message) =>
        topics.includes(topic) ? REFUSED : ACCEPTED;

    it('leaves the request to the dead letter when the reply topic is refused', async () => {
      const { route, sentTo, codes } = routeUnder({ broker: refusing('iris/output') });

      await expect(route.deliver(request())).resolves.toBe('dead');

      expect(sentTo('iris/dead').body.failures).toEqual([
        {
          failedAction: 'predict',
          failedResource: 'http://iris.example/v1/models/iris:predict',
          errorCode: 'BRIDGE_ERR_REPLY_REFUSED',
          errorMessage: 'the broker does not take a message for "iris/output": not authorized (reason code 135)',
        },
      ]);
      expect(codes()).toContain('BRIDGE_ERR_REPLY_REFUSED');
    });

    it('counts the request as answered when only the dead letter is refused, and reports that', async () => {
      const { route, failures } = routeUnder({ answer: unreachable, broker: refusing('iris/dead') });

      await expect(route.deliver(request())).resolves.toBe('error');

      expect(failures.map(({ failure: { message: text } }) => text)).toEqual([
        'no model',
        'the broker does not take a message for "iris/dead": not authorized (reason code 135)',
      ]);
    });

    it('gives an error reply in place of a prediction that is too large for it', async () => {
      const broker = ({ payload }: Message): PublishResult =>
        payload.toString() === PREDICTION
          ? { accepted: false, why: 'too large', message: 'about 300 bytes, but the broker takes 256' }
          : ACCEPTED;
      const { route, topics, codes } = routeUnder({ broker });

      await expect(route.deliver(request())).resolves.toBe('error');

      expect(topics()).toEqual(['iris/output', 'iris/output', 'iris/dead']);
      expect(codes()).toEqual(['BRIDGE_ERR_REPLY_TOO_LARGE']);
    });

    describe('and no dead letter either', () => {
      beforeEach(() => {
        vi.useFakeTimers();
      });
      afterEach(() => {
        vi.useRealTimers();
      });

      it('keeps the request unanswered, hence unacknowledged, for as long as that lasts', async () => {
        const { route } = routeUnder({ broker: () => REFUSED });

        const delivered = route.deliver(request());
        await vi.advanceTimersByTimeAsync(24 * 3_600_000);

        expect(await isPending(delivered)).toBe(true);
      });

      it('tries again at intervals of at most a minute', async () => {
        const { route, topics } = routeUnder({ broker: () => REFUSED });
        void route.deliver(request());
        await vi.advanceTimersByTimeAsync(3_600_000);
        const before = topics().length;

        await vi.advanceTimersByTimeAsync(60_000);

        expect(topics().length).toBeGreaterThanOrEqual(before + 2);
        expect(before).toBeLessThan(2 * 3_600);
      });

      it.each([
        ['iris/output', 'error'],
        ['iris/dead', 'dead'],
      ])('ends as soon as %s is taken', async (topic, outcome) => {
        const refused = new Set(['iris/output', 'iris/dead']);
        const { route } = routeUnder({ broker: (sent) => (refused.has(sent.topic) ? REFUSED : ACCEPTED) });
        const delivered = route.deliver(request());
        await vi.advanceTimersByTimeAsync(1_000);

        refused.delete(topic);
        await vi.advanceTimersByTimeAsync(60_000);

        await expect(delivered).resolves.toBe(outcome);
      });
    });
  });

  describe('a topic with names', () => {
    const config = {
      requestTopic: '{namespace}/{model}/input',
      captures: { namespace: ['staging', 'prod'] },
      model: { url: 'http://{model}.{namespace}.svc/v1/models/{model}:predict' },
      reply: { topic: '{namespace}/{model}/output' },
      deadLetter: { topic: '{namespace}/dead' },
    };
    const to = (topic: string) => message(1, { topic, payload: Buffer.from('{}') });

    it('leads to the model and the reply topic that it names', async () => {
      const { route, asked, topics } = routeUnder({ config });

      await route.deliver(to('staging/iris/input'));

      expect([asked.map(({ url }) => url), topics()]).toStrictEqual([
        ['http://iris.staging.svc/v1/models/iris:predict'],
        ['staging/iris/output'],
      ]);
    });

    it('leads dead letters to the topic that it names', async () => {
      const { route, sentTo } = routeUnder({ config, answer: unreachable });

      await route.deliver(to('prod/iris/input'));

      expect(sentTo('prod/dead').body.failures[0].failedResource).toBe('http://iris.prod.svc/v1/models/iris:predict');
    });

    it.each([
      ['what cannot be in a URL', 'staging/..%2f/input', 'becomes part of a URL'],
      ['what the route does not allow', 'dev/iris/input', '{namespace} is none of: staging, prod'],
    ])('is refused with %s, and nobody is asked', async (_, topic, reason) => {
      const { route, asked, codes, failures } = routeUnder({ config });

      await expect(route.deliver(to(topic))).resolves.toBe('error');

      expect([asked, codes()]).toStrictEqual([[], ['BRIDGE_ERR_REQUEST_TOPIC']]);
      expect(failures[0]?.failure.message).toContain(reason);
    });
  });

  describe('message expiry', () => {
    it('is when the model need not answer any more', async () => {
      const { route, asked } = routeUnder();
      const before = performance.now();

      await route.deliver(request({ messageExpiryInterval: 30 }));

      const left = (asked[0]?.expiresAt ?? 0) - before;
      expect(left).toBeGreaterThan(29_000);
      expect(left).toBeLessThan(31_000);
    });

    it('passes to the reply, as far as it is left', async () => {
      const { route, sentTo } = routeUnder();

      await route.deliver(request({ messageExpiryInterval: 30 }));

      expect(sentTo('iris/output').options.properties?.messageExpiryInterval).toBe(30);
    });

    it('is none for a reply to a request without one', async () => {
      const { route, sentTo } = routeUnder();

      await route.deliver(request());

      expect(sentTo('iris/output').options.properties).not.toHaveProperty('messageExpiryInterval');
    });
  });

  describe('user properties', () => {
    it('pass to the reply when the route names them, and no others; the bridge has the last word', async () => {
      const { route, sentTo } = routeUnder({ config: { reply: { userProperties: ['device', 'status', 'absent'] } } });

      await route.deliver(request({ userProperties: { device: 'cam-7', tenant: 'a', status: '999' } }));

      expect(sentTo('iris/output').options.properties?.userProperties).toStrictEqual({
        device: 'cam-7',
        status: '200',
      });
    });
  });

  describe('ordering', () => {
    async function begun(ordering: 'none' | 'topic' | { userProperty: string }, devices: string[]): Promise<number> {
      const parsed = routeConfig({ ordering });
      let calls = 0;
      const models = new Models(parsed.model.url, () => ({
        predict: () => {
          calls += 1;
          return new Promise(() => undefined);
        },
        retire: async () => undefined,
        close: async () => undefined,
      }));
      const route = new MqttRoute(parsed, { models, publish: async () => ACCEPTED, failed: () => undefined });
      for (const device of devices) void route.deliver(request({ userProperties: { device } }));
      await settle();
      return calls;
    }

    it.each([
      ['none', 'all requests at a time', 3],
      ['topic', 'one request of a topic at a time', 1],
    ] as const)('%s has %s', async (ordering, _, calls) => {
      expect(await begun(ordering, ['a', 'a', 'b'])).toBe(calls);
    });

    it('by a user property has one request of each of its values at a time', async () => {
      expect(await begun({ userProperty: 'device' }, ['a', 'a', 'b'])).toBe(2);
    });
  });

  describe('mapping', () => {
    it('asks the model with what the route makes of a request, and answers with what it makes of the prediction', async () => {
      const { route, asked, sentTo } = routeUnder({
        config: { request: { as: 'v1', rows: 'one' }, reply: { body: { path: '$.predictions[0]' } } },
      });

      await route.deliver(request(undefined, '[6.8,2.8]'));

      expect(asked[0]?.body).toBe('{"instances":[[6.8,2.8]]}');
      expect(sentTo('iris/output').body).toBe(1);
    });

    it('asks nobody with a request that cannot be mapped, and keeps it in the dead letter as it came', async () => {
      const { route, asked, codes, sentTo } = routeUnder({ config: { request: { as: 'v1' } } });

      await expect(route.deliver(request(undefined, 'no JSON'))).resolves.toBe('error');

      const letter = sentTo('iris/dead').body;
      expect([asked, codes()]).toStrictEqual([[], ['BRIDGE_ERR_REQUEST_INVALID']]);
      expect([Buffer.from(letter.base64OriginalPayload, 'base64').toString(), letter.attempts]).toStrictEqual([
        'no JSON',
        0,
      ]);
    });

    it('fails a request whose prediction does not have what the route picks', async () => {
      const { route, codes } = routeUnder({ config: { reply: { body: { path: '$.outputs' } } } });

      await expect(route.deliver(request())).resolves.toBe('error');

      expect(codes()).toStrictEqual(['BRIDGE_ERR_REPLY_MAPPING']);
    });
  });
});

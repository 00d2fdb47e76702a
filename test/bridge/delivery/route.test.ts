import type { IPublishPacket } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message, PublishResult } from '../../../bridge/delivery/message';
import { Route } from '../../../bridge/delivery/route';
import { type Failure, failure } from '../../../bridge/errors';
import type { Answer } from '../../../bridge/model/model-client';
import { routeConfig } from '../support/config';
import { isPending } from '../support/deferred';
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
  const asked: { body: string; requestId: string; expiresAt?: number }[] = [];
  const failures: { requestId: string; failure: Failure }[] = [];
  const route = new Route(routeConfig(config), {
    predict: async ({ body, requestId, expiresAt }) => {
      asked.push({ body: body.toString(), requestId, ...(expiresAt !== undefined && { expiresAt }) });
      const prediction: Answer = { ok: true, body: Buffer.from(PREDICTION), contentType: 'application/json' };
      return { ...(answer ?? prediction), attempts };
    },
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

describe('Route', () => {
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
});

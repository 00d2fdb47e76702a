import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BatchConfig } from '../../../../bridge/config/batch';
import { BATCH_DEFAULTS } from '../../../../bridge/config/batch-defaults';
import { failure } from '../../../../bridge/errors';
import { Batcher } from '../../../../bridge/model/batching/batcher';
import type { Answer, ModelCall } from '../../../../bridge/model/model-client';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A model that says of each instance what it is, and what it does with all of them first. */
type Behaviour = (instances: unknown[], call: ModelCall) => Answer | undefined | Promise<Answer | undefined>;

interface Asked {
  readonly body: string;
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly at: number;
}

function batcherWith(options: Partial<BatchConfig> = {}, behaviour: Behaviour = () => undefined) {
  const asked: Asked[] = [];
  const started = performance.now();
  const call = async (call: ModelCall, timeoutMs: number): Promise<Answer> => {
    const body = call.body.toString();
    asked.push({ body, requestId: call.requestId, timeoutMs, at: performance.now() - started });
    const instances = instancesIn(body);
    return (await behaviour(instances, call)) ?? prediction({ predictions: instances });
  };
  return { batcher: new Batcher(call, { ...BATCH_DEFAULTS, ...options }), asked };
}

function instancesIn(body: string): unknown[] {
  try {
    return JSON.parse(body).instances;
  } catch {
    return [];
  }
}

function prediction(value: unknown): Answer {
  return { ok: true, body: Buffer.from(JSON.stringify(value)), contentType: 'application/json' };
}

function request(instances: unknown, requestId = 'r'): ModelCall {
  return { body: Buffer.from(JSON.stringify({ instances })), requestId };
}

const REJECTED: Answer = { ok: false, failure: failure('BRIDGE_ERR_MODEL_REJECTED', 'the model answered 400', 400) };
const BUSY: Answer = { ok: false, failure: failure('BRIDGE_ERR_MODEL_BUSY', 'the model answered 503', 503) };
const BROKEN: Answer = { ok: false, failure: failure('BRIDGE_ERR_MODEL_BUSY', 'the model answered 500', 500) };
const MINUTE = 60_000;

/** Lets time pass until all answers are there. */
async function inTime<T>(...answers: Promise<T>[]): Promise<T[]> {
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  return Promise.all(answers);
}

function said(answer: Answer): unknown {
  return answer.ok ? JSON.parse(answer.body.toString()) : answer.failure.code;
}

describe('Batcher', () => {
  describe('what goes together', () => {
    it('is what arrives while the first request waits', async () => {
      const { batcher, asked } = batcherWith({ maxDelayMs: 5 });

      const first = batcher.predict(request([1], 'a'), MINUTE);
      await vi.advanceTimersByTimeAsync(4);
      const second = batcher.predict(request([2, 3], 'b'), MINUTE);
      const answers = await inTime(first, second);

      expect(answers.map(said)).toStrictEqual([{ predictions: [1] }, { predictions: [2, 3] }]);
      expect(asked).toStrictEqual([{ body: '{"instances":[1,2,3]}', requestId: 'a,b', timeoutMs: MINUTE - 1, at: 5 }]);
    });

    it('is not what arrives later', async () => {
      const { batcher, asked } = batcherWith({ maxDelayMs: 5 });

      const first = batcher.predict(request([1]), MINUTE);
      await vi.advanceTimersByTimeAsync(5);
      await inTime(first, batcher.predict(request([2]), MINUTE));

      expect(asked.map(({ body, at }) => ({ body, at }))).toStrictEqual([
        { body: '{"instances":[1]}', at: 5 },
        { body: '{"instances":[2]}', at: 10 },
      ]);
    });

    it('is, with a delay of 0, what is asked in one turn of the event loop', async () => {
      const { batcher, asked } = batcherWith({ maxDelayMs: 0 });

      const together = [batcher.predict(request([1]), MINUTE), batcher.predict(request([2]), MINUTE)];
      await vi.advanceTimersByTimeAsync(0);
      await inTime(...together, batcher.predict(request([3]), MINUTE));

      expect(asked.map(({ body }) => body)).toStrictEqual(['{"instances":[1,2]}', '{"instances":[3]}']);
      expect(asked[0]?.at).toBe(0);
    });

    it('does not wait any longer when there are maxItems instances', async () => {
      const { batcher, asked } = batcherWith({ maxItems: 3 });

      await inTime(batcher.predict(request([1]), MINUTE), batcher.predict(request([2, 3]), MINUTE));

      expect(asked).toMatchObject([{ body: '{"instances":[1,2,3]}', at: 0 }]);
    });

    it('does not become more than maxItems instances', async () => {
      const { batcher, asked } = batcherWith({ maxItems: 3 });

      await inTime(batcher.predict(request([1, 2]), MINUTE), batcher.predict(request([3, 4]), MINUTE));

      expect(asked.map(({ body }) => body)).toStrictEqual(['{"instances":[1,2]}', '{"instances":[3,4]}']);
    });

    it.each([
      { maxBytes: 36, calls: 1 },
      { maxBytes: 35, calls: 2 },
    ])('has maxBytes at most: of $maxBytes, two requests of 18 become $calls', async ({ maxBytes, calls }) => {
      const { batcher, asked } = batcherWith({ maxBytes });

      await inTime(batcher.predict(request([12]), MINUTE), batcher.predict(request([34]), MINUTE));

      expect(asked).toHaveLength(calls);
    });

    it('is of one kind', async () => {
      const tensor = (name: string) => ({ name, shape: [1], datatype: 'INT8', data: [1] });
      const { batcher, asked } = batcherWith();
      const v2 = (name: string) => ({ body: Buffer.from(JSON.stringify({ inputs: [tensor(name)] })), requestId: 'r' });

      await inTime(
        ...[request([1]), v2('a'), v2('b'), request([2]), v2('a')].map((call) => batcher.predict(call, 1e5)),
      );

      expect(asked.map(({ body }) => JSON.parse(body))).toStrictEqual([
        { instances: [1, 2] },
        { inputs: [{ name: 'a', shape: [2], datatype: 'INT8', data: [1, 1] }] },
        { inputs: [tensor('b')] },
      ]);
    });
  });

  describe('what goes alone, at once and as it is', () => {
    it.each([
      ['something that is no JSON', 'instances'],
      ['JSON that is cut off', '{"instances":[1'],
      [
        'bytes that are no UTF-8',
        Buffer.concat([Buffer.from('{"instances":["'), Buffer.from([0xff]), Buffer.from('"]}')]),
      ],
      ['more than instances', '{"instances":[1],"signature_name":"s"}'],
      ['instances that are no list', '{"instances":{"a":[1]}}'],
      ['no instance', '{"instances":[]}'],
      ['as many instances as a batch has', '{"instances":[1,2,3]}'],
      ['as many bytes as a batch has', `{"instances":["${'x'.repeat(200)}"]}`],
    ])('%s', async (_what, body) => {
      const { batcher, asked } = batcherWith({ maxItems: 3, maxBytes: 200 }, () => prediction('as it was'));
      const call = { body: Buffer.from(body), requestId: 'r' };

      const answers = await inTime(batcher.predict(call, MINUTE), batcher.predict(call, MINUTE));

      expect(asked).toMatchObject([{ timeoutMs: MINUTE, at: 0 }, { at: 0 }]);
      expect(answers.map(said)).toStrictEqual(['as it was', 'as it was']);
    });

    it('a request with headers of its own, which say how to read it', async () => {
      const { batcher, asked } = batcherWith();
      const call = { ...request([1]), headers: { 'content-type': 'application/octet-stream' } };

      await inTime(batcher.predict(call, MINUTE), batcher.predict(call, MINUTE));

      expect(asked).toHaveLength(2);
    });

    it('a request that found no company, with its own request id', async () => {
      const { batcher, asked } = batcherWith({ maxDelayMs: 5 }, () => prediction({ predictions: 'of any form' }));

      const [answer] = await inTime(batcher.predict(request([1], 'only'), MINUTE));

      expect(asked).toStrictEqual([{ body: '{"instances":[1]}', requestId: 'only', timeoutMs: MINUTE - 5, at: 5 }]);
      expect(answer && said(answer)).toStrictEqual({ predictions: 'of any form' });
    });
  });

  describe('one bad request', () => {
    it.each([
      ['rejected', REJECTED],
      ['answered 500, as KServe does for what a model cannot read', BROKEN],
      ['larger as an answer than the route takes', { ok: false, failure: failure('BRIDGE_ERR_REPLY_TOO_LARGE', '') }],
    ] as [string, Answer][])('fails alone when its batch is %s', async (_what, refusal) => {
      const { batcher, asked } = batcherWith({}, (instances) => (instances.includes('bad') ? refusal : undefined));

      const answers = await inTime(...[1, 'bad', 3].map((instance) => batcher.predict(request([instance]), MINUTE)));

      expect(answers.map(said)).toStrictEqual([
        { predictions: [1] },
        refusal.ok || refusal.failure.code,
        { predictions: [3] },
      ]);
      expect(asked.map(({ body }) => body)).toStrictEqual([
        '{"instances":[1,"bad",3]}',
        '{"instances":[1]}',
        '{"instances":["bad"]}',
        '{"instances":[3]}',
      ]);
    });

    it('does not make the others unreadable with an answer that is no JSON', async () => {
      const nan: Answer = { ok: true, body: Buffer.from('{"predictions":[NaN]}'), contentType: 'application/json' };
      const { batcher } = batcherWith({}, (instances) => (instances.includes('bad') ? nan : undefined));

      const [good, bad] = await inTime(
        batcher.predict(request([1]), MINUTE),
        batcher.predict(request(['bad']), MINUTE),
      );

      expect(good && said(good)).toStrictEqual({ predictions: [1] });
      expect(bad).toStrictEqual(nan);
    });

    it('leaves the others the time that they have', async () => {
      const takesASecond = async (instances: unknown[]) => {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        return instances.length > 1 ? REJECTED : undefined;
      };
      const { batcher, asked } = batcherWith({ maxDelayMs: 5 }, takesASecond);

      const answers = await inTime(batcher.predict(request([1]), MINUTE), batcher.predict(request([2]), 800));

      expect(asked.map(({ timeoutMs }) => timeoutMs)).toStrictEqual([MINUTE - 5, MINUTE - 1_005]);
      expect(answers.map(said)).toStrictEqual([{ predictions: [1] }, 'BRIDGE_ERR_MODEL_TIMEOUT']);
    });
  });

  describe('a failure that has nothing to do with what was asked', () => {
    it.each([
      ['the model is busy', { ...BUSY, retryAfterMs: 7_000 }],
      ['the model cannot be reached', { ok: false, failure: failure('BRIDGE_ERR_MODEL_UNREACHABLE', '') }],
      ['the model takes too long', { ok: false, failure: failure('BRIDGE_ERR_MODEL_TIMEOUT', '') }],
      ['there is no login', { ok: false, failure: { ...failure('BRIDGE_ERR_MODEL_LOGIN', ''), retryable: false } }],
    ] as [string, Answer][])('is told to all, after one call: %s', async (_what, answer) => {
      const { batcher, asked } = batcherWith({}, () => answer);

      const answers = await inTime(batcher.predict(request([1]), MINUTE), batcher.predict(request([2]), MINUTE));

      expect(answers).toStrictEqual([answer, answer]);
      expect(asked).toHaveLength(1);
    });
  });

  describe('an answer that cannot be divided', () => {
    it.each([
      ['too few', { predictions: [1] }, 'it has 1 predictions, but was asked about 2 instances'],
      ['too many', { predictions: [1, 2, 3] }, 'it has 3 predictions, but was asked about 2 instances'],
      ['none', { outputs: [] }, 'it has no array "predictions"'],
      ['one for all', { predictions: 0.5 }, 'it has no array "predictions"'],
      [
        'something of each beside them',
        { predictions: [1, 2], scores: [0.1, 0.2] },
        'it has "scores", of which nobody knows whose it is',
      ],
    ])('is nobody’s: %s', async (_what, value, problem) => {
      const { batcher, asked } = batcherWith({}, () => prediction(value));

      const answers = await inTime(batcher.predict(request([1]), MINUTE), batcher.predict(request([2]), MINUTE));

      const message = `the model answered 2 requests at once, but ${problem}. Leave batch out of the route, or let the model answer each`;
      const failed = { ok: false, failure: failure('BRIDGE_ERR_MODEL_ANSWER', message) };
      expect(answers).toStrictEqual([failed, failed]);
      expect(asked).toHaveLength(1);
    });
  });

  describe('time', () => {
    it('is not spent waiting for company by a request that has little of it', async () => {
      const { batcher, asked } = batcherWith({ maxDelayMs: 100 });

      const patient = batcher.predict(request([1]), MINUTE);
      const hurried = batcher.predict(request([2]), 200);
      await inTime(patient, hurried);

      expect(asked).toMatchObject([{ body: '{"instances":[1,2]}', at: 20 }]);
    });

    it('of an impatient request does not end the call of the others', async () => {
      const slow = async () => {
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        return undefined;
      };
      const { batcher, asked } = batcherWith({ maxDelayMs: 5 }, slow);

      const impatient = batcher.predict(request([1]), 1_000);
      const patient = batcher.predict(request([2]), MINUTE);
      await vi.advanceTimersByTimeAsync(1_000);

      expect(said(await impatient)).toBe('BRIDGE_ERR_MODEL_TIMEOUT');
      expect((await inTime(patient)).map(said)).toStrictEqual([{ predictions: [2] }]);
      expect(asked).toMatchObject([{ timeoutMs: MINUTE - 5 }]);
    });

    it('that passed while the bridge was busy leaves nothing to ask', async () => {
      const { batcher, asked } = batcherWith({ maxDelayMs: 5 });

      const late = batcher.predict(request([1]), 20);
      const early = batcher.predict(request([2]), MINUTE);
      // The event loop is held up: the timer is late.
      vi.setSystemTime(Date.now() + 30);
      vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 30);
      const answers = await inTime(late, early);

      expect(answers.map(said)).toStrictEqual(['BRIDGE_ERR_MODEL_TIMEOUT', { predictions: [2] }]);
      expect(asked.map(({ body }) => body)).toStrictEqual(['{"instances":[2]}']);
    });
  });

  it('says which requests are in a call, as far as a header has room', async () => {
    const { batcher, asked } = batcherWith({ maxItems: 100 });
    const ids = Array.from({ length: 30 }, (_, i) => `${i}`.padStart(49, 'x'));

    await inTime(...ids.map((id) => batcher.predict(request([1], id), MINUTE)));

    expect(asked.map(({ requestId }) => requestId)).toStrictEqual([`${ids.slice(0, 20).join(',')},+10`]);
  });

  it('marks a call in the trace of each request, and tells the model of one', async () => {
    const ended: string[] = [];
    const trace = (id: string, traceparent?: string) => ({
      callModel: () => ({
        fields: traceparent === undefined ? {} : { traceparent },
        end: (result?: string) => ended.push(`${id} ${result}`),
      }),
    });
    const told: unknown[] = [];
    const { batcher } = batcherWith({}, (_instances, call) => {
      const step = call.trace?.callModel('http://iris.example');
      told.push(step?.fields);
      step?.end('200');
      return undefined;
    });

    await inTime(
      batcher.predict({ ...request([1]), trace: trace('a') }, MINUTE),
      batcher.predict({ ...request([2]), trace: trace('b', '00-b-b-01') }, MINUTE),
      batcher.predict(request([3]), MINUTE),
    );

    expect(told).toStrictEqual([{ traceparent: '00-b-b-01' }]);
    expect(ended).toStrictEqual(['a 200', 'b 200']);
  });
});

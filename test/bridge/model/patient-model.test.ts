import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../../../bridge/errors';
import type { Answer, ModelCall } from '../../../bridge/model/model-client';
import { type PatienceOptions, PatientModel } from '../../../bridge/model/patient-model';
import { CircuitBreaker } from '../../../bridge/pacing/circuit-breaker';

const BUSY: Answer = { ok: false, failure: failure('BRIDGE_ERR_MODEL_BUSY', 'the model answered 503', 503) };
const REJECTED: Answer = { ok: false, failure: failure('BRIDGE_ERR_MODEL_REJECTED', 'the model answered 400', 400) };
const PREDICTION: Answer = { ok: true, body: Buffer.from('{}'), contentType: 'application/json' };
const REQUEST: ModelCall = { body: Buffer.from('{}'), requestId: 'r-1' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Setting extends Partial<PatienceOptions> {
  /** What the model says, call by call; the last answer stays. */
  readonly answers: (Answer | Promise<Answer>)[];
  readonly breakerFailures?: number;
}

function modelWith({ answers, breakerFailures = 1_000, ...options }: Setting) {
  const budgets: number[] = [];
  const retried = vi.fn();
  const breaker = new CircuitBreaker({ failures: breakerFailures, openMs: 1_000, changed: () => undefined });
  const call = async (_call: ModelCall, timeoutMs: number) => {
    const answer = answers[Math.min(budgets.length, answers.length - 1)] as Answer;
    budgets.push(timeoutMs);
    return answer;
  };
  const limits = { timeoutMs: 60_000, concurrency: 64, attempts: 3, minMs: 100, maxMs: 1_000, retried };
  return { model: new PatientModel(call, breaker, { ...limits, ...options }), breaker, budgets, retried };
}

/** Lets time pass until the answer is there. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(120_000);
  return work;
}

describe('PatientModel', () => {
  it('asks once when the model answers', async () => {
    const { model, budgets, retried } = modelWith({ answers: [PREDICTION] });

    expect(await inTime(model.predict(REQUEST))).toStrictEqual({ ...PREDICTION, attempts: 1 });
    expect([budgets, retried.mock.calls.length]).toStrictEqual([[60_000], 0]);
  });

  it('asks again when the model may work later', async () => {
    const { model, retried } = modelWith({ answers: [BUSY, BUSY, PREDICTION] });

    expect(await inTime(model.predict(REQUEST))).toStrictEqual({ ...PREDICTION, attempts: 3 });
    expect(retried).toHaveBeenCalledTimes(2);
  });

  it('asks as often as it may, and then says what the model said last', async () => {
    const { model, budgets } = modelWith({ answers: [BUSY] });

    expect(await inTime(model.predict(REQUEST))).toStrictEqual({ ...BUSY, attempts: 3 });
    expect(budgets).toHaveLength(3);
  });

  it('does not ask again when the answer would be the same', async () => {
    const { model } = modelWith({ answers: [REJECTED] });

    expect(await inTime(model.predict(REQUEST))).toStrictEqual({ ...REJECTED, attempts: 1 });
  });

  it('gives a later call only the time that is left', async () => {
    const { model, budgets } = modelWith({ answers: [{ ...BUSY, retryAfterMs: 20_000 }, PREDICTION] });

    await inTime(model.predict(REQUEST));

    expect(budgets).toStrictEqual([60_000, 40_000]);
  });

  it('waits as long as the model asks it to', async () => {
    const { model, budgets } = modelWith({ answers: [{ ...BUSY, retryAfterMs: 5_000 }, PREDICTION] });

    const answer = model.predict(REQUEST);
    await vi.advanceTimersByTimeAsync(4_999);
    const before = budgets.length;

    expect([before, (await inTime(answer)).attempts]).toStrictEqual([1, 2]);
  });

  it('does not wait longer than the request has time', async () => {
    const { model, budgets } = modelWith({ answers: [{ ...BUSY, retryAfterMs: 60_001 }] });

    expect((await model.predict(REQUEST)).ok).toBe(false);
    expect(budgets).toHaveLength(1);
  });

  it('gives a request no more time than until it expires', async () => {
    const { model, budgets } = modelWith({ answers: [PREDICTION] });

    await model.predict({ ...REQUEST, expiresAt: performance.now() + 3_000 });

    expect(budgets).toStrictEqual([3_000]);
  });

  it('does not ask for a request that has expired', async () => {
    const { model, budgets } = modelWith({ answers: [PREDICTION] });

    const answer = await model.predict({ ...REQUEST, expiresAt: performance.now() });

    expect(budgets).toStrictEqual([]);
    expect(answer).toMatchObject({ ok: false, failure: { code: 'BRIDGE_ERR_EXPIRED' } });
  });

  it('makes no more calls at a time than it may, and the next when one is answered', async () => {
    const first = Promise.withResolvers<Answer>();
    const { model, budgets } = modelWith({ concurrency: 2, answers: [first.promise, new Promise(() => undefined)] });

    for (let i = 0; i < 5; i += 1) void model.predict(REQUEST);
    await vi.advanceTimersByTimeAsync(1);
    const before = budgets.length;
    first.resolve(PREDICTION);
    await vi.advanceTimersByTimeAsync(1);

    expect([before, budgets.length]).toStrictEqual([2, 3]);
  });

  it('lets others call while one waits to ask again', async () => {
    const { model, budgets } = modelWith({ concurrency: 1, answers: [{ ...BUSY, retryAfterMs: 30_000 }, PREDICTION] });

    const patient = model.predict(REQUEST);
    const quick = await model.predict(REQUEST);
    const before = budgets.length;

    expect([quick.ok, before, (await inTime(patient)).ok]).toStrictEqual([true, 2, true]);
  });

  it('does not count the time in which a request waits for its turn', async () => {
    const first = Promise.withResolvers<Answer>();
    const { model, budgets } = modelWith({ concurrency: 1, answers: [first.promise, PREDICTION] });

    void model.predict(REQUEST);
    const second = model.predict(REQUEST);
    await vi.advanceTimersByTimeAsync(50_000);
    first.resolve(PREDICTION);
    await second;

    expect(budgets).toStrictEqual([60_000, 60_000]);
  });

  describe('while the model keeps failing', () => {
    it('holds requests back, and asks for all of them when it answers again', async () => {
      const { model, budgets } = modelWith({ breakerFailures: 1, attempts: 1, answers: [BUSY, PREDICTION] });
      await model.predict(REQUEST);

      const held = [model.predict(REQUEST), model.predict(REQUEST), model.predict(REQUEST)];
      await vi.advanceTimersByTimeAsync(900);
      const before = budgets.length;
      const answers = await inTime(Promise.all(held));

      expect([before, answers.map(({ ok }) => ok)]).toStrictEqual([1, [true, true, true]]);
    });

    it('gives up on a request when its time is over, and says why', async () => {
      const { model } = modelWith({ breakerFailures: 1, attempts: 1, timeoutMs: 500, answers: [BUSY] });
      await model.predict(REQUEST);

      const answer = await inTime(model.predict(REQUEST));

      expect(answer).toStrictEqual({
        ok: false,
        attempts: 0,
        failure: failure(
          'BRIDGE_ERR_MODEL_BUSY',
          'the model keeps failing and is being spared; the last time: the model answered 503',
          503,
        ),
      });
    });

    it('does not take requests that are refused for a failing model', async () => {
      const { model, budgets } = modelWith({ breakerFailures: 1, answers: [REJECTED] });

      for (let i = 0; i < 5; i += 1) await model.predict(REQUEST);

      expect(budgets).toHaveLength(5);
    });

    it.each([
      ['for which gRPC has no form', failure('BRIDGE_ERR_REQUEST_INVALID', 'the request has no inputs')],
      ['for which there is no login', { ...failure('BRIDGE_ERR_MODEL_LOGIN', 'no'), retryable: false }],
    ])('does not take a request %s, and that never reached it, for a model that works again', async (_, why) => {
      const answers: Answer[] = [BUSY, { ok: false, failure: why }, PREDICTION];
      const { model, breaker } = modelWith({ breakerFailures: 1, attempts: 1, answers });
      await model.predict(REQUEST);

      const unasked = await inTime(model.predict(REQUEST));
      const stillSpared = breaker.isOpen;
      const answered = await inTime(model.predict(REQUEST));

      expect([unasked.ok, stillSpared, answered.ok, breaker.isOpen]).toStrictEqual([false, true, true, false]);
    });

    it('does not begin to count anew because of a request that never reached it', async () => {
      const unasked: Answer = {
        ok: false,
        failure: failure('BRIDGE_ERR_REQUEST_INVALID', 'the request has no inputs'),
      };
      const { model, breaker } = modelWith({ breakerFailures: 2, attempts: 1, answers: [BUSY, unasked, BUSY] });

      for (let i = 0; i < 3; i += 1) await model.predict(REQUEST);

      expect(breaker.isOpen).toBe(true);
    });
  });
});

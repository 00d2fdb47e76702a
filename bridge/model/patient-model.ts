import { type Failure, failure } from '../errors';
import { fullJitter } from '../pacing/backoff';
import type { CircuitBreaker } from '../pacing/circuit-breaker';
import { Slots } from '../pacing/slots';
import type { Answer, ModelCall } from './model-client';

export interface PatienceOptions {
  /** For a request in all, from its first call on. */
  readonly timeoutMs: number;
  /** Calls at a time. */
  readonly concurrency: number;
  /** Calls for one request. */
  readonly attempts: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** Told before a call is made again. */
  readonly retried: () => void;
}

/** What became of a request, and how many calls it took. */
export type PatientAnswer = Answer & { readonly attempts: number };

/** What says nothing about the model, as it heard nothing: gRPC has no form for the request, or there is no login. */
const NOT_ASKED: ReadonlySet<Failure['code']> = new Set(['BRIDGE_ERR_REQUEST_INVALID', 'BRIDGE_ERR_MODEL_LOGIN']);

/** Makes one call, which takes at most so many milliseconds. */
export type Call = (call: ModelCall, timeoutMs: number) => Promise<Answer>;

/**
 * Asks a model again when it may work later, for as long as the request has time.
 *
 * A request waits for its turn without a limit, so that a backlog is worked off and not timed out; its time begins with
 * its first call, or when there would have been one had the model not been failing.
 */
export class PatientModel {
  readonly #call: Call;
  readonly #breaker: CircuitBreaker;
  readonly #options: PatienceOptions;
  readonly #slots: Slots;
  #lastFailure: Failure | undefined;

  constructor(call: Call, breaker: CircuitBreaker, options: PatienceOptions) {
    this.#call = call;
    this.#breaker = breaker;
    this.#options = options;
    this.#slots = new Slots(options.concurrency);
  }

  async predict(call: ModelCall): Promise<PatientAnswer> {
    const clock = new RequestClock(this.#options.timeoutMs, call.expiresAt);
    for (let attempts = 1; ; attempts += 1) {
      if (this.#breaker.isOpen && !(await this.#breaker.allows(clock.remaining()))) {
        return { ...this.#heldBack(), attempts: attempts - 1 };
      }
      if (!this.#slots.take()) await this.#slots.wait();
      let answer: Answer;
      try {
        const remaining = clock.remaining();
        answer = remaining > 0 ? await this.#call(call, remaining) : { ok: false, failure: clock.expired() };
        if (remaining > 0) this.#learn(answer);
      } finally {
        this.#slots.free();
      }
      if (answer.ok || !answer.failure.retryable || attempts >= this.#options.attempts) return { ...answer, attempts };
      const { minMs, maxMs } = this.#options;
      const waitMs = Math.max(answer.retryAfterMs ?? 0, fullJitter(attempts - 1, minMs, maxMs));
      if (waitMs >= clock.remaining()) return { ...answer, attempts };
      this.#options.retried();
      await sleep(waitMs);
    }
  }

  #learn(answer: Answer): void {
    if (!answer.ok && answer.failure.retryable) {
      this.#lastFailure = answer.failure;
      this.#breaker.failed();
    } else if (answer.ok || !NOT_ASKED.has(answer.failure.code)) {
      this.#breaker.succeeded();
    }
  }

  #heldBack(): Answer {
    const last = this.#lastFailure;
    const message = `the model keeps failing and is being spared; the last time: ${last?.message}`;
    return { ok: false, failure: failure(last?.code ?? 'BRIDGE_ERR_MODEL_BUSY', message, last?.status) };
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The time that one request has. */
class RequestClock {
  readonly #timeoutMs: number;
  readonly #expiresAt: number;
  #started: number | undefined;

  constructor(timeoutMs: number, expiresAt = Number.POSITIVE_INFINITY) {
    this.#timeoutMs = timeoutMs;
    this.#expiresAt = expiresAt;
  }

  /** Milliseconds that are left; asking for the first time starts the clock. */
  remaining(): number {
    const now = performance.now();
    this.#started ??= now;
    return Math.min(this.#started + this.#timeoutMs, this.#expiresAt) - now;
  }

  expired(): Failure {
    if (performance.now() >= this.#expiresAt) {
      return failure('BRIDGE_ERR_EXPIRED', 'the message expired before the model could be asked');
    }
    return failure('BRIDGE_ERR_MODEL_TIMEOUT', `the model did not answer within ${this.#timeoutMs / 1000} s`);
  }
}

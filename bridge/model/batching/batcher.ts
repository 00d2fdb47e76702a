import type { BatchConfig } from '../../config/batch';
import { type Failure, failure } from '../../errors';
import { Mismatch } from '../../payload/mismatch';
import type { Answer, ModelCall, Prediction } from '../model-client';
import type { Call } from '../patient-model';
import { OpenBatch } from './open-batch';
import type { Part } from './part';
import { jsonOf, partOf } from './read-part';
import { sharedTrace } from './shared-trace';

/** A request waits for company at most for this share of the time that it has. */
const PATIENCE = 0.1;
/** In the header of a batch, which proxies take up to some kilobytes. */
const MAX_IDS_LENGTH = 1_000;

/** A request in a batch. */
interface Item {
  readonly call: ModelCall;
  readonly part: Part;
  /** When its time is over, in terms of `performance.now()`. */
  readonly deadline: number;
  /** What is said first counts. */
  readonly settle: (answer: Answer | Promise<Answer>) => void;
}

/**
 * Lets requests to one model share calls, and gives each its own answer.
 *
 * A batch is asked once. Where the answer may be about one of its requests only, each of them is asked alone at once, so
 * that the wrong one fails and the others do not. What may work later is told to all of them, and each is asked again on
 * its own account, in whatever company there is then.
 */
export class Batcher {
  readonly #call: Call;
  readonly #options: BatchConfig;
  readonly #open = new Map<string, OpenBatch<Item>>();

  constructor(call: Call, options: BatchConfig) {
    this.#call = call;
    this.#options = options;
  }

  predict(call: ModelCall, timeoutMs: number): Promise<Answer> {
    const part = this.#partOf(call);
    if (!part) return this.#call(call, timeoutMs);
    return new Promise((settle) => {
      const deadline = performance.now() + timeoutMs;
      this.#add({ call, part, deadline, settle }, Math.min(this.#options.maxDelayMs, timeoutMs * PATIENCE));
    });
  }

  /** Nothing for a request that fills a batch by itself, or that nothing may be added to. */
  #partOf({ body, headers }: ModelCall): Part | undefined {
    if (headers || body.length >= this.#options.maxBytes) return undefined;
    const part = partOf(body);
    return part && part.rows < this.#options.maxItems ? part : undefined;
  }

  #add(item: Item, waitMs: number): void {
    const { kind, rows } = item.part;
    const { maxItems, maxBytes } = this.#options;
    const bytes = item.call.body.length;
    let batch = this.#open.get(kind);
    if (batch && (batch.rows + rows > maxItems || batch.bytes + bytes > maxBytes)) {
      batch.close();
      batch = undefined;
    }
    if (!batch) {
      const fresh = new OpenBatch<Item>((items) => {
        this.#open.delete(kind);
        void this.#send(items);
      });
      batch = fresh;
      this.#open.set(kind, fresh);
    }
    batch.add(item, { rows, bytes, waitMs });
    if (batch.rows === maxItems) batch.close();
  }

  async #send(items: readonly Item[]): Promise<void> {
    const [first, ...others] = items.filter((item) => timeLeft(item) > 0 || expire(item));
    if (!first) return;
    if (others.length === 0) return this.#askAlone(first);
    const all = [first, ...others];
    const body = first.part.protocol.merge(all.map(({ part }) => part));
    const trace = sharedTrace(all.map(({ call }) => call));
    const answer = await this.#askTogether(all, { body, requestId: idsOf(all), trace });
    if (answer.ok) return this.#divide(answer, all);
    for (const item of all) {
      if (mayBeAboutOne(answer.failure)) this.#askAlone(item);
      else item.settle(answer);
    }
  }

  /** The call takes as long as the most patient of them waits; who is less patient does not take the others along. */
  async #askTogether(items: readonly Item[], call: ModelCall): Promise<Answer> {
    const latest = Math.max(...items.map(({ deadline }) => deadline));
    const impatient = items.filter(({ deadline }) => latest - deadline > this.#options.maxDelayMs);
    const timers = impatient.map((item) => setTimeout(() => expire(item), timeLeft(item)));
    const answer = await this.#call(call, latest - performance.now());
    for (const timer of timers) clearTimeout(timer);
    return answer;
  }

  #askAlone(item: Item): void {
    const left = timeLeft(item);
    if (left > 0) item.settle(this.#call(item.call, left));
    else expire(item);
  }

  #divide(answer: Prediction, items: readonly Item[]): void {
    const json = jsonOf(answer.body);
    if (!json) {
      // A number that JSON has not, in one prediction, makes all of it unreadable; as it is, it could be handed on.
      for (const item of items) this.#askAlone(item);
      return;
    }
    const rows = items.map(({ part }) => part.rows);
    try {
      const bodies = (items[0] as Item).part.protocol.split(json, rows);
      for (const [i, item] of items.entries()) item.settle({ ...answer, body: bodies[i] as Buffer });
    } catch (error) {
      const failed = undividable(error as Error, items.length);
      for (const item of items) item.settle({ ok: false, failure: failed });
    }
  }
}

/** The same call, which requests share where the route says how. */
export function batched(call: Call, options: BatchConfig | undefined): Call {
  if (!options) return call;
  const batcher = new Batcher(call, options);
  return (request, timeoutMs) => batcher.predict(request, timeoutMs);
}

/**
 * Whether the failure of a batch may be the fault of one request in it. KServe's own servers answer 500 to what a model
 * cannot read.
 */
function mayBeAboutOne({ code, retryable, status }: Failure): boolean {
  return code !== 'BRIDGE_ERR_MODEL_LOGIN' && (!retryable || status === 500);
}

function undividable(error: Error, requests: number): Failure {
  const subject = (error instanceof Mismatch && error.subject) || 'it';
  const message = `the model answered ${requests} requests at once, but ${subject} ${error.message}. Leave batch out of the route, or let the model answer each`;
  return failure('BRIDGE_ERR_MODEL_ANSWER', message);
}

function timeLeft({ deadline }: Item): number {
  return deadline - performance.now();
}

/** @returns false, as there is nothing left to do */
function expire({ settle }: Item): false {
  settle({ ok: false, failure: failure('BRIDGE_ERR_MODEL_TIMEOUT', 'the model did not answer in the time left') });
  return false;
}

function idsOf(items: readonly Item[]): string {
  const ids = items.map(({ call }) => call.requestId);
  let length = 0;
  const fit = ids.filter((id) => {
    length += id.length + 1;
    return length <= MAX_IDS_LENGTH;
  });
  return fit.length === ids.length ? ids.join(',') : `${fit.join(',')},+${ids.length - fit.length}`;
}

import { randomUUID } from 'node:crypto';
import type { Answer } from './answer';

export interface ResultLimits {
  /** After the answer. */
  readonly ttlSeconds: number;
  /** Answers that are kept. */
  readonly maxResults: number;
  readonly maxBytes: number;
}

/** What there is to say of a result. */
export type Found =
  | { readonly state: 'pending' }
  | { readonly state: 'done'; readonly requestId: string; readonly answer: Answer }
  /** It was here, or was never anywhere. */
  | { readonly state: 'gone' }
  /** Another replica gave out this name. */
  | { readonly state: 'elsewhere'; readonly replica: string };

interface Kept {
  readonly requestId: string;
  readonly answer: Answer;
  readonly bytes: number;
  readonly expiry: NodeJS.Timeout;
}

/** A replica, and what nobody guesses. */
const NAME = /^(?<replica>[\w.-]{1,253})~[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Answers that somebody comes back for, in the memory of this replica alone.
 *
 * Whoever knows the name of a result may read it; names cannot be guessed. What is pending is bounded by the requests that
 * the gateway takes at a time, and what is done by number, size and age: the oldest go first.
 */
export class Results {
  readonly #replica: string;
  readonly #limits: ResultLimits;
  readonly #evicted: () => void;
  readonly #pending = new Set<string>();
  /** In the order they came. */
  readonly #done = new Map<string, Kept>();
  #bytes = 0;

  /**
   * @param replica part of the names, so that others know that a result is not theirs
   * @param evicted told of each result that went before its time
   */
  constructor(replica: string, limits: ResultLimits, evicted: () => void) {
    this.#replica = replica.replace(/[^\w.-]/g, '-');
    this.#limits = limits;
    this.#evicted = evicted;
  }

  get size(): { readonly pending: number; readonly done: number } {
    return { pending: this.#pending.size, done: this.#done.size };
  }

  /** @returns the name of what will be the answer */
  expect(requestId: string, answer: Promise<Answer>): string {
    const name = `${this.#replica}~${randomUUID()}`;
    this.#pending.add(name);
    void answer.then((found) => this.#keep(name, requestId, found));
    return name;
  }

  find(name: string): Found {
    if (this.#pending.has(name)) return { state: 'pending' };
    const kept = this.#done.get(name);
    if (kept) return { state: 'done', requestId: kept.requestId, answer: kept.answer };
    const replica = NAME.exec(name)?.groups?.replica ?? this.#replica;
    return replica === this.#replica ? { state: 'gone' } : { state: 'elsewhere', replica };
  }

  close(): void {
    for (const name of [...this.#done.keys()]) this.#forget(name);
  }

  #keep(name: string, requestId: string, answer: Answer): void {
    const { ttlSeconds, maxResults, maxBytes } = this.#limits;
    const bytes = answer.ok ? answer.body.length : 0;
    this.#pending.delete(name);
    const expiry = setTimeout(() => this.#forget(name), ttlSeconds * 1000).unref();
    this.#done.set(name, { requestId, answer, bytes, expiry });
    this.#bytes += bytes;
    while (this.#done.size > maxResults || this.#bytes > maxBytes) {
      const [oldest = name] = this.#done.keys();
      this.#forget(oldest);
      this.#evicted();
    }
  }

  #forget(name: string): void {
    const kept = this.#done.get(name);
    if (!kept) return;
    clearTimeout(kept.expiry);
    this.#done.delete(name);
    this.#bytes -= kept.bytes;
  }
}

import { type Answer, refusal } from './answer';

interface Waiter {
  readonly resolve: (answer: Answer) => void;
  readonly over: () => void;
  /** Whether the broker has said that it has the question. */
  confirmed: boolean;
}

/**
 * Those who wait for answers that come on another way than their questions went, by correlation id.
 *
 * Each is told exactly once: the answer, that the time is over, or what has happened instead. Nobody is handed the answer
 * of somebody else, for ids are made up by the gateway and never come from a requester.
 */
export class Waiters {
  readonly #waiting = new Map<string, Waiter>();

  get size(): number {
    return this.#waiting.size;
  }

  has(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** @param gone aborted when whoever waits has left */
  wait(id: string, ms: number, gone: AbortSignal): Promise<Answer> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.settle(id, this.#late(id)), ms);
      const leave = () => this.settle(id, refusal('BRIDGE_ERR_ANSWER_LOST', 'the requester did not wait'));
      const over = () => {
        clearTimeout(timer);
        gone.removeEventListener('abort', leave);
      };
      this.#waiting.set(id, { resolve, over, confirmed: false });
      gone.addEventListener('abort', leave, { once: true });
      if (gone.aborted) leave();
    });
  }

  /** The broker has the question; from here on it is the answer that is missing. */
  confirm(id: string): void {
    const waiter = this.#waiting.get(id);
    if (waiter) waiter.confirmed = true;
  }

  /** @returns whether somebody was waiting for it: an answer may come late, twice, or unasked */
  settle(id: string | undefined, answer: Answer): boolean {
    const waiter = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || !waiter) return false;
    this.#waiting.delete(id);
    waiter.over();
    waiter.resolve(answer);
    return true;
  }

  settleAll(answer: Answer): void {
    for (const id of [...this.#waiting.keys()]) this.settle(id, answer);
  }

  #late(id: string): Answer {
    if (this.#waiting.get(id)?.confirmed) {
      return refusal('BRIDGE_ERR_ANSWER_TIMEOUT', 'no answer came within the time that the route has');
    }
    return refusal('BRIDGE_ERR_UNCONFIRMED', 'the broker has not said that it has the request');
  }
}

import { within } from './within';

export interface BreakerOptions {
  /** Failures in a row after which calls are held back. */
  readonly failures: number;
  /** How long they are held back before one is let through to see. */
  readonly openMs: number;
  /** Told when calls begin to be held back, and when no longer. */
  readonly changed: (open: boolean) => void;
}

/**
 * Spares something that does not work at the moment.
 *
 * After a number of failures in a row it holds calls back, and lets a single one through from time to time; when that one
 * succeeds, it lets all of them through again. Those held back are not refused: they wait.
 */
export class CircuitBreaker {
  readonly #options: BreakerOptions;
  #failuresInARow = 0;
  #open: Open | undefined;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Resolves with true when a call may be made, with false when that takes longer than `patienceMs`. */
  async allows(patienceMs: number): Promise<boolean> {
    const until = performance.now() + patienceMs;
    while (this.#open && !this.#open.mayProbe()) {
      const left = until - performance.now();
      if (left <= 0) return false;
      await this.#open.change(left);
    }
    return true;
  }

  succeeded(): void {
    this.#failuresInARow = 0;
    if (!this.#open) return;
    const { wake } = this.#open;
    this.#open = undefined;
    this.#options.changed(false);
    wake();
  }

  failed(): void {
    this.#failuresInARow += 1;
    if (this.#failuresInARow < this.#options.failures) return;
    const before = this.#open;
    this.#open = new Open(this.#options.openMs);
    if (!before) this.#options.changed(true);
    before?.wake();
  }
}

/** A time during which calls are held back. */
class Open {
  readonly #openMs: number;
  readonly #changed = Promise.withResolvers<void>();
  #nextProbe: number;
  readonly wake = () => this.#changed.resolve();

  constructor(openMs: number) {
    this.#openMs = openMs;
    this.#nextProbe = performance.now() + openMs;
  }

  /** Whether the one call that looks may be made, by whoever asks; another one may when nothing is heard of it. */
  mayProbe(): boolean {
    const now = performance.now();
    if (now < this.#nextProbe) return false;
    this.#nextProbe = now + this.#openMs;
    return true;
  }

  /** Resolves when there is something new to know, at the latest after some time. */
  async change(patienceMs: number): Promise<void> {
    const untilProbe = Math.max(0, this.#nextProbe - performance.now());
    await within(Math.min(patienceMs, untilProbe) + 1, this.#changed.promise);
  }
}

/** There was no more time. */
export class TimeoutError extends Error {}

/**
 * The end of the time that something has, one step after another.
 *
 * It does what an AbortSignal would; the events of one cost as much as all else that a message costs in this process
 * outside of its libraries.
 */
export class Deadline {
  readonly #timer: NodeJS.Timeout;
  #over = false;
  #giveUp: ((reason: TimeoutError) => void) | undefined;

  constructor(ms: number) {
    this.#timer = setTimeout(() => this.#end(), Math.ceil(ms));
  }

  /** Begins a step: `giveUp` is called when the time is over before the step is, at once when it is over already. */
  begin(giveUp: (reason: TimeoutError) => void): void {
    this.#giveUp = giveUp;
    if (this.#over) this.#end();
  }

  /** Waits for something that cannot be given up; it goes on by itself. */
  wait<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.begin(reject);
      work.then(resolve, reject);
    });
  }

  /** All that was to be done is done. */
  lift(): void {
    clearTimeout(this.#timer);
    this.#giveUp = undefined;
  }

  #end(): void {
    this.#over = true;
    this.#giveUp?.(new TimeoutError('there was no more time'));
  }
}

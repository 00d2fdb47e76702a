export interface Limits {
  readonly requests: number;
  readonly bytes: number;
}

/** How many requests are under way, and how many more may be. */
export class Admission {
  readonly #limits: Limits;
  readonly #emptied: (() => void)[] = [];
  #requests = 0;
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get requests(): number {
    return this.#requests;
  }

  /**
   * @param bytes what the body may have at most, as far as is known before it comes
   * @returns what to call once when the request is over; nothing when there is no room for it
   */
  enter(bytes: number): (() => void) | undefined {
    if (this.#requests >= this.#limits.requests || this.#bytes + bytes > this.#limits.bytes) return undefined;
    this.#requests += 1;
    this.#bytes += bytes;
    return () => {
      this.#requests -= 1;
      this.#bytes -= bytes;
      if (this.#requests > 0) return;
      for (const tell of this.#emptied.splice(0)) tell();
    };
  }

  /** Resolves when nothing is under way. */
  empty(): Promise<void> {
    if (this.#requests === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }
}

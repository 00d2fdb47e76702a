/** Counts by id what is seen: nothing is lost when every id is there, nothing doubled when each is there once. */
export class Ledger {
  readonly #times = new Map<string, number>();
  #entries = 0;

  enter(id: string): void {
    this.#entries += 1;
    this.#times.set(id, (this.#times.get(id) ?? 0) + 1);
  }

  /** How often something was seen. */
  get entries(): number {
    return this.#entries;
  }

  /** How many different ids were seen. */
  get distinct(): number {
    return this.#times.size;
  }

  has(id: string): boolean {
    return this.#times.has(id);
  }

  ids(): string[] {
    return [...this.#times.keys()];
  }
}

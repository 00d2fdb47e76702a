/** What a request adds to a batch, and how long it waits in it. */
export interface Addition {
  readonly rows: number;
  readonly bytes: number;
  readonly waitMs: number;
}

/** A batch that is still filling up. It closes by itself when the first of its items has waited long enough. */
export class OpenBatch<T> {
  rows = 0;
  bytes = 0;
  readonly #items: T[] = [];
  readonly #closed: (items: readonly T[]) => void;
  #closesAt = Number.POSITIVE_INFINITY;
  #cancel: () => void = () => undefined;

  /** @param closed told once, with all that was added */
  constructor(closed: (items: readonly T[]) => void) {
    this.#closed = closed;
  }

  add(item: T, { rows, bytes, waitMs }: Addition): void {
    this.#items.push(item);
    this.rows += rows;
    this.bytes += bytes;
    const closesAt = performance.now() + waitMs;
    if (closesAt >= this.#closesAt) return;
    this.#closesAt = closesAt;
    this.#cancel();
    this.#cancel = later(waitMs, () => this.close());
  }

  close(): void {
    this.#cancel();
    this.#closed(this.#items);
  }
}

/** @returns a function that prevents it */
function later(ms: number, work: () => void): () => void {
  if (ms < 1) {
    const immediate = setImmediate(work);
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}

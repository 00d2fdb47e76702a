import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Load, Order, Report } from './order';

const PATIENCE_MS = 10_000;
/** More requests than are ever under way. */
const PLACES = 1 << 20;

/** Sends one request, and sees to it that `answered` is called with its number. */
export type Send = (number: number, order: Order, delayMs: number | undefined) => void;

/** Puts a load on something, and measures how fast it is answered; the same for everything that is measured. */
export class LoadGenerator {
  readonly #send: Send;
  readonly #startedAt = new Float64Array(PLACES);
  readonly #latency = createHistogram();
  #order: Order | undefined;
  #sending = false;
  #straggler: number | undefined;
  #sent = 0;
  #answered = 0;

  constructor(send: Send) {
    this.#send = send;
  }

  /** To be called for every answer. */
  answered(number: number): void {
    const tookMs = performance.now() - (this.#startedAt[number % PLACES] ?? 0);
    if (number !== this.#straggler) this.#latency.record(Math.max(1, Math.round(tookMs * 1000)));
    this.#answered += 1;
    if (this.#sending && this.#order && 'window' in this.#order.load) this.#sendNext();
  }

  async carryOut(order: Order, report: (report: Report) => void): Promise<void> {
    const { load, warmUpMs, measureMs } = order;
    this.#order = order;
    this.#sending = true;
    if ('window' in load) for (let i = 0; i < load.window; i += 1) this.#sendNext();
    else void this.#pace(load);
    await sleep(warmUpMs);

    const before = this.#answered;
    const cpuBefore = process.cpuUsage();
    const started = performance.now();
    this.#latency.reset();
    report({ at: 'warm' });
    const straggling = setTimeout(() => {
      this.#straggler = this.#sent;
      this.#sendNext(order.stragglerMs);
    }, measureMs / 10);
    if (order.stragglerMs === undefined) clearTimeout(straggling);
    await sleep(measureMs);

    const answers = this.#answered - before;
    const { user, system } = process.cpuUsage(cpuBefore);
    report({
      at: 'measured',
      perSecond: (answers * 1000) / (performance.now() - started),
      p50Ms: this.#latency.percentile(50) / 1000,
      p99Ms: this.#latency.percentile(99) / 1000,
      worstMs: this.#latency.max / 1000,
      cpuMicrosecondsEach: (user + system) / answers,
      rssBytes: process.memoryUsage.rss(),
    });
    this.#sending = false;
    const deadline = performance.now() + PATIENCE_MS;
    while (this.#answered < this.#sent && performance.now() < deadline) await sleep(5);
    report({ at: 'idle', unanswered: this.#sent - this.#answered });
  }

  /** Sends what is due about every millisecond: Node's timers are no finer. */
  async #pace({ perSecond }: Load & { perSecond: number }): Promise<void> {
    const started = performance.now();
    for (let due = 0; this.#sending; await sleep(1)) {
      const now = ((performance.now() - started) * perSecond) / 1000;
      for (; due < now; due += 1) this.#sendNext();
    }
  }

  #sendNext(delayMs?: number): void {
    const number = this.#sent;
    this.#sent += 1;
    this.#startedAt[number % PLACES] = performance.now();
    this.#send(number, this.#order as Order, delayMs);
  }
}

/** A request of 256 bytes as a KServe model takes it. */
export function request(delayMs?: number): Buffer {
  const bare = JSON.stringify({ instances: [''], delayMs });
  return Buffer.from(JSON.stringify({ instances: ['x'.repeat(256 - bare.length)], delayMs }));
}

/** Lives to carry out orders, one after another, until the benchmark is over. */
export function takeOrders(generator: LoadGenerator): void {
  const report = (message: Report) => process.send?.(message);
  process.on('message', (order: Order) => void generator.carryOut(order, report));
  process.on('disconnect', () => process.exit());
  report({ at: 'ready' });
}

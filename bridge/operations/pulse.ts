/** How much longer than anything may take silence has to last before it counts as a standstill. */
const MARGIN_MS = 120_000;

/** The longest that single steps of the bridge's work may take without a word. */
export interface LongestSteps {
  readonly modelTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly reconnectMs: number;
  readonly watchdogMs: number;
}

/**
 * Tells a bridge that has come to a standstill from one that has nothing to do, or waits for somebody else.
 *
 * While something is to be done - connections to be made, requests to be answered - each step of it ends in time, if
 * only by failing, and somebody hears of it. When nothing is heard for longer than all those steps together, waiting
 * will not help, and a restart will: the broker delivers again what was not answered. A broker or a model that is away
 * is no standstill: each attempt in vain is a sign of life.
 */
export class Pulse {
  #longestSilenceMs: number;
  #last = performance.now();

  constructor(steps: LongestSteps) {
    this.#longestSilenceMs = longestSilence(steps);
  }

  set steps(steps: LongestSteps) {
    this.#longestSilenceMs = longestSilence(steps);
  }

  /** Something has happened. */
  beat(): void {
    this.#last = performance.now();
  }

  /** @returns what is wrong, or nothing */
  standstill(work: { readonly connected: boolean; readonly inflight: number }): string | undefined {
    if (work.connected && work.inflight === 0) return undefined;
    const silenceMs = performance.now() - this.#last;
    if (silenceMs <= this.#longestSilenceMs) return undefined;
    const what = work.connected ? `${work.inflight} requests are under way` : 'there is no connection to the broker';
    return `nothing has happened for ${Math.round(silenceMs / 1000)} s, although ${what}`;
  }
}

function longestSilence({ modelTimeoutMs, connectTimeoutMs, reconnectMs, watchdogMs }: LongestSteps): number {
  return modelTimeoutMs + 2 * connectTimeoutMs + reconnectMs + watchdogMs + MARGIN_MS;
}

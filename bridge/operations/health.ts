import type { Health } from './http-server';
import { type LongestSteps, Pulse } from './pulse';

export type ConnectionName = 'requests' | 'replies';

const CONNECTIONS = ['requests', 'replies'] as const;

/** What probes are told: whether a restart would help, whether requests are taken, and whether they ever were. */
export class BridgeHealth implements Health {
  readonly #broker: string;
  readonly #working: () => number;
  readonly #pulse: Pulse;
  readonly #open = new Set<ConnectionName>();
  readonly #obstacles = new Map<string, string>();
  #started = false;
  #stopping = false;

  /** @param working how many requests are being worked on */
  constructor(broker: string, working: () => number, steps: LongestSteps) {
    this.#broker = broker;
    this.#working = working;
    this.#pulse = new Pulse(steps);
  }

  set steps(steps: LongestSteps) {
    this.#pulse.steps = steps;
  }

  /** Something has happened. */
  beat(): void {
    this.#pulse.beat();
  }

  opened(connection: ConnectionName): void {
    this.#open.add(connection);
    this.#started ||= this.#missing().length === 0;
  }

  closed(connection: ConnectionName): void {
    this.#open.delete(connection);
  }

  /** Something besides a connection keeps requests from being taken. */
  obstructed(what: string, problem: string): void {
    this.#obstacles.set(what, problem);
  }

  cleared(what: string): void {
    this.#obstacles.delete(what);
    this.#started ||= this.#missing().length === 0;
  }

  stopping(): void {
    this.#stopping = true;
  }

  notAlive(): string[] {
    const connected = CONNECTIONS.every((connection) => this.#open.has(connection));
    const problem = this.#pulse.standstill({ connected, inflight: this.#working() });
    return problem === undefined ? [] : [problem];
  }

  notReady(): string[] {
    return this.#stopping ? ['the bridge is stopping'] : this.#missing();
  }

  notStarted(): string[] {
    return this.#started ? [] : this.#missing();
  }

  #missing(): string[] {
    const closed = CONNECTIONS.filter((connection) => !this.#open.has(connection));
    return [
      ...closed.map((connection) => `no connection for ${connection} to ${this.#broker}`),
      ...this.#obstacles.values(),
    ];
  }
}

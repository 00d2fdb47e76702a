import type { Health } from '../../operations/http-server';

/** What probes are told: whether requests can be handed on, and whether they ever could. */
export class GatewayHealth implements Health {
  readonly #missing: () => string[];
  #started = false;
  #stopping = false;

  /** @param missing what keeps requests from being handed on, as texts */
  constructor(missing: () => string[]) {
    this.#missing = missing;
  }

  get ready(): boolean {
    return this.notReady().length === 0;
  }

  stopping(): void {
    this.#stopping = true;
  }

  /** Each request ends by itself, and connections are made again by themselves: who answers this is alive. */
  notAlive(): string[] {
    return [];
  }

  notReady(): string[] {
    return this.#stopping ? ['the gateway is stopping'] : this.#missing();
  }

  notStarted(): string[] {
    if (this.#started) return [];
    const missing = this.#missing();
    this.#started = missing.length === 0;
    return missing;
  }
}

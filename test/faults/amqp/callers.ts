import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { type Amount, atPace } from '../amount';
import { answered } from '../answered';
import type { BridgeProcess } from '../bridge-process';
import type { Witness } from '../count';
import { Ledger } from '../ledger';
import { replyOf, request } from '../messages';
import { Metrics } from '../metrics';

const MOST_AT_A_TIME = 64;
const LOOK_EVERY_MS = 50;
/** The same for all: answers are not told apart by what requesters write. */
const HEADERS = { 'content-type': 'application/json', 'routing-key': 'predict.now', RqUID: 'the-same-for-all' };

interface Replica {
  readonly gateway: BridgeProcess;
  readonly origin: string;
}

/**
 * Whoever asks over HTTP, one gateway after the other, as a Service hands connections out: none to a replica that is not
 * ready. A request whose connection breaks is sent again, and counted.
 */
export class Callers implements Witness {
  readonly predictions = new Ledger();
  readonly errors = new Ledger();
  readonly deadLetters = new Ledger();
  readonly #codes = new Map<string, number>();
  readonly #replicas: readonly Replica[];
  readonly #silenceMs: number;
  readonly #heard = new EventEmitter();
  readonly #agent = new Agent({ connections: MOST_AT_A_TIME });
  readonly #ready = new Set<Replica>();
  readonly #broken = new Map<Replica, number>();
  #astray = 0;
  #over = false;

  /** @param silenceMs without an answer for so long, no more are expected */
  constructor(replicas: readonly Replica[], silenceMs: number) {
    this.#replicas = replicas;
    this.#silenceMs = silenceMs;
  }

  get settled(): number {
    return this.predictions.distinct + this.errors.distinct;
  }

  get codes(): Record<string, number> {
    return Object.fromEntries(this.#codes);
  }

  isSettled(id: string): boolean {
    return this.predictions.has(id) || this.errors.has(id);
  }

  answered(requests: number): Promise<boolean> {
    return answered(this.#heard, this.#silenceMs, () => this.settled >= requests);
  }

  async flush(): Promise<void> {
    // Nobody asks any more, and who asked was told.
  }

  /** Resolves when everybody has an answer. */
  async ask(amount: Amount): Promise<void> {
    const looking = this.#keepLooking();
    await atPace(amount, MOST_AT_A_TIME, (id) => this.#askOne(id));
    this.#over = true;
    await looking;
  }

  /** What they have seen besides, as the bridge tells its own numbers. */
  readonly metrics = async (): Promise<Metrics> => {
    const broken = this.#replicas.map(
      (replica, i) => `faults_broken_total{replica="${i}"} ${this.#broken.get(replica) ?? 0}`,
    );
    return new Metrics([`faults_astray_total ${this.#astray}`, ...broken].join('\n'));
  };

  async close(): Promise<void> {
    this.#over = true;
    await this.#agent.destroy();
  }

  /** At each replica, as the kubelet does. */
  async #keepLooking(): Promise<void> {
    while (!this.#over) {
      await Promise.all(this.#replicas.map((replica) => this.#look(replica)));
      await sleep(LOOK_EVERY_MS);
    }
  }

  async #look(replica: Replica): Promise<void> {
    const ready = replica.gateway.running && (await replica.gateway.isReady());
    if (ready) this.#ready.add(replica);
    else this.#ready.delete(replica);
  }

  async #askOne(id: number): Promise<void> {
    for (let turn = id; ; turn += 1) {
      const ready = this.#replicas.filter((replica) => this.#ready.has(replica));
      const replica = ready[turn % ready.length];
      if (replica && (await this.#askAt(replica, String(id)))) return;
      if (!replica) await sleep(LOOK_EVERY_MS);
    }
  }

  /** @returns false when there was nobody, or the connection broke before there was an answer */
  async #askAt(replica: Replica, id: string): Promise<boolean> {
    const { origin } = replica;
    try {
      const options = { origin, path: '/v1/predict', method: 'POST', headers: HEADERS, body: request(id) } as const;
      const { body } = await this.#agent.request(options);
      this.#hear(id, await body.json());
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === 'ECONNREFUSED') this.#ready.delete(replica);
      else this.#broken.set(replica, (this.#broken.get(replica) ?? 0) + 1);
      return false;
    }
  }

  #hear(id: string, body: unknown): void {
    const reply = replyOf(body);
    if ('code' in reply) {
      this.#codes.set(reply.code, (this.#codes.get(reply.code) ?? 0) + 1);
      this.errors.enter(id);
    } else {
      if (reply.id !== id) this.#astray += 1;
      this.predictions.enter(reply.id);
    }
    this.#heard.emit('answer');
  }
}

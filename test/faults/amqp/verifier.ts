import { EventEmitter, once } from 'node:events';
import type { AsyncMessage, Connection, Consumer } from 'rabbitmq-client';
import { answered } from '../answered';
import type { Witness } from '../count';
import { Ledger } from '../ledger';
import { answer, replyOf } from '../messages';
import { Metrics } from '../metrics';

const FLUSH_MS = 60_000;
const PREFETCH = 500;
const LAST_ANSWER = 'nothing comes after this';

/** The queues that requests end in. */
export interface Ends {
  readonly answers: string;
  readonly parked: string;
}

/** Keeps the ledgers of what comes out of the queues for answers and for parked requests. */
export class Verifier implements Witness {
  readonly predictions = new Ledger();
  readonly errors = new Ledger();
  readonly deadLetters = new Ledger();
  readonly #codes = new Map<string, number>();
  readonly #settled = new Set<string>();
  readonly #connection: Connection;
  readonly #ends: Ends;
  readonly #consumers: readonly Consumer[];
  readonly #silenceMs: number;
  readonly #heard = new EventEmitter();
  #astray = 0;

  /** @param silenceMs without an answer for so long, no more are expected */
  constructor(connection: Connection, ends: Ends, silenceMs: number) {
    this.#connection = connection;
    this.#ends = ends;
    this.#silenceMs = silenceMs;
    this.#consumers = [
      this.#consume(ends.answers, (message) => this.#hearAnswer(message)),
      this.#consume(ends.parked, (message) => this.#settle(this.deadLetters, message.messageId ?? '', message)),
    ];
  }

  get settled(): number {
    return this.#settled.size;
  }

  get codes(): Record<string, number> {
    return Object.fromEntries(this.#codes);
  }

  isSettled(id: string): boolean {
    return this.#settled.has(id);
  }

  answered(requests: number): Promise<boolean> {
    return answered(this.#heard, this.#silenceMs, () => this.settled >= requests);
  }

  async flush(): Promise<void> {
    const flushed = once(this.#heard, 'flushed', { signal: AbortSignal.timeout(FLUSH_MS) });
    const publisher = this.#connection.createPublisher({ confirm: true, maxAttempts: 100 });
    const envelope = { routingKey: this.#ends.answers, contentType: 'application/json', correlationId: LAST_ANSWER };
    await Promise.all([flushed, publisher.send(envelope, Buffer.from(answer(LAST_ANSWER)))]);
    await publisher.close();
  }

  /** What it has seen besides, as the bridge tells its own numbers. */
  readonly metrics = async (): Promise<Metrics> => new Metrics(`faults_astray_total ${this.#astray}`);

  async close(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.close()));
  }

  #consume(queue: string, hear: (message: AsyncMessage) => void): Consumer {
    const options = { queue, queueOptions: { passive: true }, qos: { prefetchCount: PREFETCH }, requeue: false };
    const consumer = this.#connection.createConsumer(options, async (message) => hear(message));
    // A broker that is away for a moment is part of the plan.
    return consumer.on('error', () => undefined);
  }

  #hearAnswer(message: AsyncMessage): void {
    const { correlationId, body } = message;
    const reply = replyOf(body);
    if ('code' in reply) {
      const count = () => this.#codes.set(reply.code, (this.#codes.get(reply.code) ?? 0) + 1);
      if (correlationId !== undefined) {
        if (this.#settle(this.errors, correlationId, message)) count();
        return;
      }
      // Whoever asked without an id is not to be found, but the request is, in the other queue.
      this.errors.enter(`unknown ${this.errors.entries}`);
      count();
      return;
    }
    if (reply.id !== correlationId) this.#astray += 1;
    if (reply.id === LAST_ANSWER) this.#heard.emit('flushed');
    else this.#settle(this.predictions, reply.id, message);
  }

  /** @returns false for what the broker delivers again, because the verifier's connection broke: it was not said twice */
  #settle(ledger: Ledger, id: string, { redelivered }: AsyncMessage): boolean {
    if (redelivered && ledger.has(id)) return false;
    ledger.enter(id);
    this.#settled.add(id);
    this.#heard.emit('answer');
    return true;
  }
}

import { EventEmitter, once } from 'node:events';
import type { MqttClient } from 'mqtt';
import { Ledger } from './ledger';
import { ANSWER_TOPIC, answer, readAnswer } from './messages';
import { connectTestClient } from './test-client';

const FLUSH_MS = 10_000;
const LAST_ANSWER = 'nothing comes after this';

/** Keeps the ledger of answers. */
export class Verifier {
  readonly ledger = new Ledger();
  readonly #client: MqttClient;
  readonly #silenceMs: number;
  readonly #heard = new EventEmitter();
  #errorReplies = 0;

  private constructor(client: MqttClient, silenceMs: number) {
    this.#client = client;
    this.#silenceMs = silenceMs;
    client.on('message', (_topic, payload) => this.#hear(readAnswer(payload)));
  }

  /** @param silenceMs without an answer for so long, no more are expected */
  static async connect(port: number, silenceMs: number): Promise<Verifier> {
    const verifier = new Verifier(await connectTestClient(port, 'faults-verifier'), silenceMs);
    await verifier.#client.subscribeAsync(ANSWER_TOPIC, { qos: 1 });
    return verifier;
  }

  get errorReplies(): number {
    return this.#errorReplies;
  }

  /** Resolves when so many requests have an answer: true; or when none has come for too long: false. */
  answered(requests: number): Promise<boolean> {
    return new Promise((resolve) => {
      const stop = (reached: boolean) => {
        clearTimeout(silence);
        this.#heard.off('answer', check);
        resolve(reached);
      };
      const silence = setTimeout(() => stop(false), this.#silenceMs);
      const check = () => {
        silence.refresh();
        if (this.ledger.distinct >= requests) stop(true);
      };
      this.#heard.on('answer', check);
      check();
    });
  }

  /** Resolves when everything the broker has accepted for the answer topic so far is in the ledger. */
  async flush(): Promise<void> {
    const flushed = once(this.#heard, 'flushed', { signal: AbortSignal.timeout(FLUSH_MS) });
    await Promise.all([flushed, this.#client.publishAsync(ANSWER_TOPIC, answer(LAST_ANSWER), { qos: 1 })]);
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }

  #hear(id: string | undefined): void {
    if (id === LAST_ANSWER) {
      this.#heard.emit('flushed');
      return;
    }
    if (id === undefined) this.#errorReplies += 1;
    else this.ledger.enter(id);
    this.#heard.emit('answer');
  }
}

import { EventEmitter, once } from 'node:events';
import type { IPublishPacket, MqttClient } from 'mqtt';
import { answered } from './answered';
import { Ledger } from './ledger';
import { ANSWER_TOPIC, answer, DEAD_LETTER_TOPIC, OWN_ANSWER_TOPIC, readReply } from './messages';
import { connected, connectTestClient } from './test-client';

const FLUSH_MS = 20_000;
const LAST_ANSWER = 'nothing comes after this';
const TOPICS = [ANSWER_TOPIC, OWN_ANSWER_TOPIC, DEAD_LETTER_TOPIC];

/** Keeps the ledgers of what the bridge says: predictions, errors, and letters about requests without a prediction. */
export class Verifier {
  readonly predictions = new Ledger();
  readonly errors = new Ledger();
  readonly deadLetters = new Ledger();
  readonly #codes = new Map<string, number>();
  readonly #settled = new Set<string>();
  readonly #client: MqttClient;
  readonly #silenceMs: number;
  readonly #heard = new EventEmitter();

  private constructor(client: MqttClient, silenceMs: number) {
    this.#client = client;
    this.#silenceMs = silenceMs;
    client.on('message', (topic, _payload, packet) => this.#hear(topic, packet));
  }

  /** @param silenceMs without an answer for so long, no more are expected */
  static async connect(port: number, silenceMs: number): Promise<Verifier> {
    const verifier = new Verifier(await connectTestClient(port, 'faults-verifier'), silenceMs);
    await verifier.ready();
    return verifier;
  }

  /** How many requests have an answer of whatever kind. */
  get settled(): number {
    return this.#settled.size;
  }

  /** How often each error was the answer. */
  get codes(): Record<string, number> {
    return Object.fromEntries(this.#codes);
  }

  isSettled(id: string): boolean {
    return this.#settled.has(id);
  }

  /** Resolves when the broker is there and knows what the verifier wants to hear, whatever it had forgotten. */
  async ready(): Promise<void> {
    await connected(this.#client);
    await this.#client.subscribeAsync(TOPICS, { qos: 1 });
  }

  /** Resolves when so many requests have an answer: true; or when none has come for too long: false. */
  answered(requests: number): Promise<boolean> {
    return answered(this.#heard, this.#silenceMs, () => this.settled >= requests);
  }

  /** Resolves when everything the broker has accepted for the answer topic so far is in the ledger. */
  async flush(): Promise<void> {
    const flushed = once(this.#heard, 'flushed', { signal: AbortSignal.timeout(FLUSH_MS) });
    await Promise.all([flushed, this.#client.publishAsync(ANSWER_TOPIC, answer(LAST_ANSWER), { qos: 1 })]);
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }

  #hear(topic: string, packet: IPublishPacket): void {
    const payload = Buffer.from(packet.payload);
    if (topic === DEAD_LETTER_TOPIC) {
      const { requestId } = JSON.parse(payload.toString()) as { requestId: string };
      this.#settle(this.deadLetters, requestId);
      return;
    }
    const reply = readReply(payload);
    if ('code' in reply) {
      this.#codes.set(reply.code, (this.#codes.get(reply.code) ?? 0) + 1);
      // An error does not say which request it is about, but the correlation data does.
      this.#settle(this.errors, packet.properties?.correlationData?.toString() ?? `unknown ${this.errors.entries}`);
    } else if (reply.id === LAST_ANSWER) this.#heard.emit('flushed');
    else this.#settle(this.predictions, reply.id);
  }

  #settle(ledger: Ledger, id: string): void {
    ledger.enter(id);
    this.#settled.add(id);
    this.#heard.emit('answer');
  }
}

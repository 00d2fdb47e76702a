import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Connection, Publisher as LibraryPublisher } from 'rabbitmq-client';
import { type Amount, atPace } from '../amount';
import { request, type Wish } from '../messages';

const MOST_IN_FLIGHT = 64;
const AGAIN_MS = 100;
const PATIENCE_MS = 120_000;

/** What is special about a request. */
export interface Special extends Wish {
  /** What is sent instead of a request that a model takes. */
  readonly payload?: string;
  readonly replyTo?: string;
  readonly contentEncoding?: string;
  /** Whether it comes without the id that answers are told apart by. */
  readonly anonymous?: boolean;
}

/** The requests of a scenario. */
export interface Load extends Amount {
  readonly special?: (index: number) => Special | undefined;
}

/** Where requests go, and their answers. */
export interface Addresses {
  readonly exchange: string;
  readonly replyTo: string;
}

/** Publishes requests until the broker has confirmed that each is in a queue. */
export class Publisher {
  readonly #publisher: LibraryPublisher;
  readonly #addresses: Addresses;
  readonly #returned = new Set<string>();

  constructor(connection: Connection, addresses: Addresses) {
    this.#addresses = addresses;
    this.#publisher = connection.createPublisher({ confirm: true, maxAttempts: 1 });
    this.#publisher.on('basic.return', ({ messageId = '' }) => this.#returned.add(messageId));
  }

  /** Resolves when every request is in a queue: from then on none may be lost. */
  async publish({ special, ...amount }: Load): Promise<void> {
    await atPace(amount, MOST_IN_FLIGHT, (id) => this.#publishOne(String(id), special?.(id) ?? {}));
  }

  async close(): Promise<void> {
    await this.#publisher.close();
  }

  async #publishOne(id: string, special: Special): Promise<void> {
    const { exchange } = this.#addresses;
    const { payload, replyTo = this.#addresses.replyTo, contentEncoding, anonymous = false, ...wish } = special;
    const envelope = {
      exchange,
      routingKey: 'predict.now',
      mandatory: true,
      durable: true,
      contentType: 'application/json',
      contentEncoding,
      messageId: id,
      correlationId: anonymous ? undefined : id,
      replyTo,
    };
    const body = Buffer.from(payload ?? request(id, wish));
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        this.#returned.delete(id);
        await this.#publisher.send(envelope, body);
        // What comes back is heard of a turn after the confirmation behind it.
        await nextTurn();
        await nextTurn();
        if (!this.#returned.has(id)) return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
      }
      await sleep(AGAIN_MS);
    }
  }
}

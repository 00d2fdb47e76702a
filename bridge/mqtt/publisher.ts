import { setTimeout as sleep } from 'node:timers/promises';
import type { IConnackPacket, MqttClient } from 'mqtt';
import type { PublishResult } from '../delivery/publish-result';
import { fullJitter } from '../pacing/backoff';
import { Slots } from '../pacing/slots';
import type { Message } from './message';

/** MQTT 5 reason codes with which a broker says that the same publish will never be taken. */
const REFUSALS = new Map([
  [0x87, 'not authorized'],
  [0x90, 'topic name invalid'],
  [0x95, 'packet too large'],
  [0x99, 'payload format invalid'],
]);
const DEFAULT_RECEIVE_MAXIMUM = 65_535;
const MAX_RETRY_MS = 5_000;
const STALLED_AFTER_MS = 30_000;
/** Some brokers say nothing to a message that is too large for them. */
const MOST_STALLS = 3;

/**
 * Publishes until the broker has said yes or a final no, across as many connections as that takes.
 *
 * MQTT.js forgets a publish whose connection breaks while it replays its store, sends oversize packets again for ever,
 * and takes no notice of the broker's Receive Maximum; all three are seen to here.
 */
export class Publisher {
  readonly #maxPacketBytes: number;
  readonly #retried: () => void;
  #connection: Connection | undefined;
  #whenOpen = Promise.withResolvers<Connection>();

  /**
   * @param maxPacketBytes what the broker is known to take, besides what it announces itself
   * @param retried called each time a message has to be published again
   */
  constructor(maxPacketBytes: number, retried: () => void) {
    this.#maxPacketBytes = maxPacketBytes;
    this.#retried = retried;
  }

  /** @throws Error when the broker announces limits that nothing could be published within */
  opened(client: MqttClient, connack: IConnackPacket): void {
    this.#connection = new Connection(client, connack);
    this.#whenOpen.resolve(this.#connection);
  }

  closed(): void {
    this.#connection?.break();
    this.#connection = undefined;
    this.#whenOpen = Promise.withResolvers();
  }

  async publish(message: Message): Promise<PublishResult> {
    let stalls = 0;
    for (let attempt = 0; ; attempt += 1) {
      const connection = this.#connection ?? (await this.#whenOpen.promise);
      const size = encodedSizeBound(message);
      const limit = Math.min(connection.maximumPacketSize, this.#maxPacketBytes);
      if (size > limit) {
        return { accepted: false, why: 'too large', message: `about ${size} bytes, but the broker takes ${limit}` };
      }
      try {
        await connection.publish(message);
        return { accepted: true };
      } catch (error) {
        const { code } = error as { code?: number };
        const refusal = REFUSALS.get(code ?? 0);
        if (refusal) return { accepted: false, why: 'refused', message: `${refusal} (reason code ${code})` };
        if (error instanceof Stalled) stalls += 1;
        if (stalls === MOST_STALLS)
          return { accepted: false, why: 'too large', message: 'the broker never answers it' };
      }
      this.#retried();
      if (this.#connection === connection)
        await sleep(fullJitter(attempt, 50, MAX_RETRY_MS), undefined, { ref: false });
    }
  }
}

/** The broker had its time to answer this publish, and did not. */
class Stalled extends Error {}

/** One connection's publishes; when it breaks, those without an answer fail, so that the next one can take them. */
class Connection {
  readonly maximumPacketSize: number;
  readonly #client: MqttClient;
  readonly #slots: Slots;
  readonly #unanswered = new Map<(reason: Error) => void, number>();
  readonly #watch: NodeJS.Timeout;
  #broken = false;

  constructor(client: MqttClient, { properties }: IConnackPacket) {
    this.#client = client;
    this.#slots = new Slots(announced('Receive Maximum', properties?.receiveMaximum, DEFAULT_RECEIVE_MAXIMUM));
    this.maximumPacketSize = announced('Maximum Packet Size', properties?.maximumPacketSize, Number.POSITIVE_INFINITY);
    this.#watch = setInterval(() => this.#endIfStalled(), STALLED_AFTER_MS / 10).unref();
  }

  publish(message: Message): Promise<void> {
    return this.#slots.use(() => this.#send(message));
  }

  break(): void {
    this.#broken = true;
    clearInterval(this.#watch);
    for (const fail of this.#unanswered.keys()) fail(new Error('the connection to the broker broke'));
    this.#unanswered.clear();
  }

  #send({ topic, payload, options }: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#broken) {
        reject(new Error('the connection to the broker broke'));
        return;
      }
      this.#unanswered.set(reject, performance.now());
      this.#client.publish(topic, payload, options, (error) => {
        this.#unanswered.delete(reject);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** A broker that neither answers a publish nor closes the connection is asked again on a new one. */
  #endIfStalled(): void {
    const [oldest] = this.#unanswered;
    if (!oldest) return;
    const [fail, since] = oldest;
    if (performance.now() - since <= STALLED_AFTER_MS) return;
    fail(new Stalled('the broker did not answer'));
    this.#client.end(true);
  }
}

/** MQTT allows no 0, with which nothing could ever be published, and no limit twice. */
function announced(what: string, limit: number | undefined, unlimited: number): number {
  const value = limit ?? unlimited;
  if (value >= 1) return value;
  throw new Error(`the broker announces a ${what} of ${limit}, which MQTT does not allow`);
}

/** An upper bound of the PUBLISH packet's size: every field at its longest encoding. */
export function encodedSizeBound({ topic, payload, options }: Message): number {
  const { correlationData, contentType, userProperties = {} } = options.properties ?? {};
  const strings = [topic, contentType ?? '', ...Object.entries(userProperties).flat(2)];
  const fixed = 32 + 5 * strings.length + payload.length + (correlationData?.length ?? 0);
  return strings.reduce((size, text) => size + Buffer.byteLength(text), fixed);
}

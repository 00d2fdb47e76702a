import { createHash } from 'node:crypto';
import type { AsyncMessage, Channel } from 'rabbitmq-client';

/** Where a request was delivered, and where alone it can be acknowledged. */
interface Delivery {
  readonly channel: Channel;
  readonly tag: number;
}

/** A request that the broker has handed over and is still owed an acknowledgement for. */
interface Work {
  /** Until its channel has ended: then it is enough to know it again. */
  message: AsyncMessage | undefined;
  done: boolean;
  delivery: Delivery;
}

/** Of the requests that are held: so many are acknowledged together, so that the broker goes on delivering meanwhile. */
const RIPE_SHARE = 1 / 2;
const LONGEST_RIPE_MS = 1;

/** Of requests whose channel has ended; the broker may have handed any of them to somebody else. */
const MOST_ORPHANS = 1_000;

/**
 * Acknowledges requests when the work behind them is done, each on the channel that it came on. Of many, some are
 * acknowledged together: each acknowledgement is a packet, and an entry in the log of a quorum queue.
 *
 * It outlives channels. When one ends, the broker delivers again what was not acknowledged there; a request that is still
 * being worked on, or is done with, is known again and not handed to the model twice.
 */
export class Deliveries {
  readonly #handle: (message: AsyncMessage) => Promise<void>;
  readonly #adopted: (message: AsyncMessage) => void;
  readonly #running = new Set<Promise<void>>();
  readonly #orphans = new Map<string, Work[]>();
  /** By the channel they came on, in the order of their tags. */
  readonly #held = new Map<Channel, Set<Work>>();
  /** Work that is done, and waits for more to be acknowledged with. */
  readonly #ripe = new Map<Channel, Work[]>();
  #orphaned = 0;
  #draining = false;

  /**
   * @param handle resolves when a request may be acknowledged
   * @param adopted told of a request that was delivered again and is known
   */
  constructor(handle: (message: AsyncMessage) => Promise<void>, adopted: (message: AsyncMessage) => void) {
    this.#handle = handle;
    this.#adopted = adopted;
  }

  /** Requests whose work is not done. */
  get working(): number {
    return this.#running.size;
  }

  /** Requests that the broker is owed an acknowledgement for. */
  get unacknowledged(): number {
    let size = 0;
    for (const works of this.#held.values()) size += works.size;
    return size;
  }

  take(message: AsyncMessage, channel: Channel): void {
    if (this.#draining) {
      channel.basicNack({ deliveryTag: message.deliveryTag, requeue: true });
      return;
    }
    const delivery = { channel, tag: message.deliveryTag };
    const known = message.redelivered ? this.#adopt(identityOf(message)) : undefined;
    const work: Work = known ?? { message, done: false, delivery };
    work.delivery = delivery;
    work.message = message;
    this.#holdOn(channel).add(work);
    if (known) {
      this.#adopted(message);
      if (known.done) this.#acknowledge(known);
      return;
    }
    const running: Promise<void> = this.#handle(message).then(() => {
      this.#running.delete(running);
      work.done = true;
      this.#acknowledge(work);
    });
    this.#running.add(running);
  }

  /** Nothing can be acknowledged on the channel any more. */
  lost(channel: Channel): void {
    const works = this.#held.get(channel) ?? [];
    this.#held.delete(channel);
    for (const work of works) {
      const identity = work.message && identityOf(work.message);
      work.message = undefined;
      if (identity === undefined) continue;
      this.#orphans.set(identity, [...(this.#orphans.get(identity) ?? []), work]);
      this.#orphaned += 1;
    }
    for (const [identity, works] of this.#orphans) {
      if (this.#orphaned <= MOST_ORPHANS) break;
      this.#orphans.delete(identity);
      this.#orphaned -= works.length;
    }
  }

  /** From now on nothing is taken: what comes goes back to the queue. Resolves when all work is done. */
  async drain(): Promise<void> {
    this.#draining = true;
    while (this.#running.size > 0) await Promise.all(this.#running);
    for (const channel of this.#ripe.keys()) this.#acknowledgeRipe(channel);
  }

  #holdOn(channel: Channel): Set<Work> {
    let works = this.#held.get(channel);
    if (!works) {
      works = new Set();
      this.#held.set(channel, works);
    }
    return works;
  }

  #acknowledge(work: Work): void {
    const { channel } = work.delivery;
    const ripe = this.#ripe.get(channel) ?? [];
    ripe.push(work);
    this.#ripe.set(channel, ripe);
    const held = this.#held.get(channel)?.size ?? 0;
    if (ripe.length >= held * RIPE_SHARE) this.#acknowledgeRipe(channel);
    else if (ripe.length === 1) setTimeout(() => this.#acknowledgeRipe(channel), LONGEST_RIPE_MS);
  }

  /** On a channel that has ended meanwhile, there is nothing to acknowledge any more. */
  #acknowledgeRipe(channel: Channel): void {
    const ripe = this.#ripe.get(channel) ?? [];
    const held = this.#held.get(channel);
    this.#ripe.delete(channel);
    if (!held || !channel.active) return;
    const inOrder: Work[] = [];
    for (const work of held) {
      if (!work.done) break;
      inOrder.push(work);
      held.delete(work);
    }
    const last = inOrder.at(-1);
    if (last) channel.basicAck({ deliveryTag: last.delivery.tag, multiple: inOrder.length > 1 });
    for (const work of ripe) {
      if (held.delete(work)) channel.basicAck({ deliveryTag: work.delivery.tag });
    }
  }

  #adopt(identity: string | undefined): Work | undefined {
    const works = identity === undefined ? undefined : this.#orphans.get(identity);
    const work = works?.shift();
    if (identity === undefined || !works || !work) return undefined;
    if (works.length === 0) this.#orphans.delete(identity);
    this.#orphaned -= 1;
    return work;
  }
}

/** What tells a request from others; nothing where they may be alike. */
function identityOf({ exchange, routingKey, correlationId, replyTo, messageId, body }: AsyncMessage) {
  if (correlationId === undefined && messageId === undefined) return undefined;
  const digest = createHash('sha256').update(body).digest('base64');
  return JSON.stringify([exchange, routingKey, correlationId, replyTo, messageId, digest]);
}

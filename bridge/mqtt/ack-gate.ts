import type { IPublishPacket, MqttClient, Packet } from 'mqtt';
import { Heartbeat } from './heartbeat';

/** What becomes of a message, as far as the gate is concerned: when the promise resolves, it may be acknowledged. */
export type Handle = (packet: IPublishPacket) => Promise<void>;

/** How much may be taken and not yet acknowledged. */
export interface Window {
  readonly messages: number;
  /** Of payload. */
  readonly bytes: number;
}

export interface AckGateEvents {
  /** A message that the broker delivered before and that is still being worked on, or waits to be acknowledged. */
  readonly adopted: (packet: IPublishPacket) => void;
}

/** A message the broker has handed over and is still owed an acknowledgement for. */
interface Work {
  readonly packet: IPublishPacket;
  done: boolean;
  /** The connection it was last delivered on. */
  seenOn: GuardedConnection;
}

interface Acknowledgement {
  readonly cmd: 'puback' | 'pubrec';
  readonly messageId: number;
  readonly reasonCode?: number;
}

type SendPacket = (packet: Packet | Acknowledgement, done?: () => void, ...rest: unknown[]) => void;

/** The two places where the gate reaches behind MQTT.js' public surface; there is no public way. */
interface Internals {
  _sendPacket: SendPacket;
  _receiveMaximum: number;
}

/**
 * Withholds MQTT acknowledgements until the work behind them is done.
 *
 * MQTT.js acknowledges a message when it arrives. The gate stands in the way of PUBACK (QoS 1) and PUBREC (QoS 2; a
 * withheld PUBCOMP would be too late, the broker forgets the message at PUBREC) and lets them out in the order the
 * messages came in, on the connection they came on.
 *
 * It outlives connections: a resumed session delivers the same messages with the same ids again, and those still
 * being worked on are adopted instead of being handed to the model twice.
 *
 * @see https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901240 [MQTT-4.6.0-2], [MQTT-4.6.0-3]
 */
export class AckGate {
  readonly #handle: Handle;
  readonly #window: Window;
  readonly #events: AckGateEvents;
  readonly #owed = new Map<number, Work>();
  readonly #running = new Set<Promise<void>>();
  #unacknowledgeable = 0;
  #unacknowledgeableBytes = 0;
  #taken = 0;
  #draining = false;
  #connection: GuardedConnection | undefined;

  constructor(handle: Handle, window: Window, events: AckGateEvents) {
    this.#handle = handle;
    this.#window = window;
    this.#events = events;
  }

  /**
   * Messages taken on this connection and not yet acknowledged, and QoS 0 ones not yet handled. What came on an earlier
   * connection takes no room until the broker delivers it again; it may never, because it expired.
   */
  get size(): number {
    const { puback, pubrec } = this.#connection?.fifo ?? { puback: [], pubrec: [] };
    return puback.length + pubrec.length + this.#unacknowledgeable;
  }

  /** The payload of those messages. */
  get bytes(): number {
    return (this.#connection?.bytes ?? 0) + this.#unacknowledgeableBytes;
  }

  /** Messages that were taken since the start. */
  get taken(): number {
    return this.#taken;
  }

  /** Messages whose work is not done, and that the broker will deliver again if it never is. */
  get working(): number {
    return [...this.#owed.values()].filter(({ done }) => !done).length;
  }

  /** Stands guard over a client that has not connected yet; the client before it is forgotten. */
  guard(client: MqttClient): void {
    const connection = new GuardedConnection(client);
    this.#connection = connection;
    const internals = client as unknown as Internals;
    const send = internals._sendPacket.bind(client);
    connection.send = send;

    internals._sendPacket = (packet, done, ...rest) => {
      if ((packet.cmd === 'puback' || packet.cmd === 'pubrec') && !(packet as Acknowledgement).reasonCode) {
        const { cmd, messageId } = packet as Acknowledgement;
        const work = this.#owed.get(messageId);
        if (work) {
          connection.fifo[cmd].push({ messageId, work });
          connection.bytes += work.packet.payload.length;
          this.#flush(connection);
          this.#next(connection, done);
          return;
        }
        if (this.#draining) {
          done?.();
          return;
        }
      }
      send(packet, done, ...rest);
    };
    client.handleMessage = (packet, done) => {
      if (packet.qos === 0) this.#next(connection, done);
      else done();
    };
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'publish') this.#accept(packet, connection);
    });
    client.on('connect', ({ sessionPresent }) => {
      // An older Mosquitto sends more than Receive Maximum when acknowledgements come in order; the gate's own bound
      // copes, so the client must not answer with a disconnect (it does for QoS 2).
      internals._receiveMaximum = 65_535;
      if (!sessionPresent) this.#owed.clear();
    });
    client.on('close', () => {
      connection.abandon();
      if (this.#connection === connection) this.#connection = undefined;
    });
  }

  /**
   * From now on messages are neither handled nor acknowledged. Resolves when those already taken are done with, and the
   * broker has read their acknowledgements: a connection that is closed with something unread on it is reset, and what
   * the broker has not read by then is gone.
   */
  async drain(): Promise<void> {
    this.#draining = true;
    while (this.#running.size > 0) await Promise.all(this.#running);
    const connection = this.#connection;
    if (!connection?.client.connected) return;
    this.#flush(connection);
    await connection.heard();
  }

  #accept(packet: IPublishPacket, connection: GuardedConnection): void {
    connection.fresh = false;
    if (this.#draining) return;
    const { messageId } = packet;
    this.#taken += 1;
    if (packet.qos === 0 || messageId === undefined) {
      const { length } = packet.payload;
      this.#unacknowledgeable += 1;
      this.#unacknowledgeableBytes += length;
      connection.fresh = true;
      this.#run(packet, () => {
        this.#unacknowledgeable -= 1;
        this.#unacknowledgeableBytes -= length;
      });
      return;
    }
    const known = this.#owed.get(messageId);
    if (known && packet.dup && sameMessage(known.packet, packet)) {
      known.seenOn = connection;
      this.#events.adopted(packet);
      return;
    }
    if (!packet.dup) this.#forgetUnseen(connection);
    const work: Work = { packet, done: false, seenOn: connection };
    this.#owed.set(messageId, work);
    connection.fresh = true;
    this.#run(packet, () => {
      work.done = true;
    });
  }

  /** The broker delivers again before it delivers anew, so what it has not delivered again by then it never will. */
  #forgetUnseen(connection: GuardedConnection): void {
    if (connection.caughtUp) return;
    connection.caughtUp = true;
    for (const [id, { seenOn }] of this.#owed) {
      if (seenOn !== connection) this.#owed.delete(id);
    }
  }

  #run(packet: IPublishPacket, finished: () => void): void {
    const running: Promise<void> = this.#handle(packet).then(() => {
      finished();
      this.#running.delete(running);
      const connection = this.#connection;
      if (!connection) return;
      this.#flush(connection);
      this.#resume(connection);
    });
    this.#running.add(running);
  }

  /** Lets out every acknowledgement that has none before it still waiting for its work. */
  #flush(connection: GuardedConnection): void {
    if (!connection.client.connected) return;
    for (const cmd of ['puback', 'pubrec'] as const) {
      const fifo = connection.fifo[cmd];
      for (let head = fifo[0]; head?.work.done; head = fifo[0]) {
        fifo.shift();
        connection.bytes -= head.work.packet.payload.length;
        if (this.#owed.get(head.messageId) === head.work) this.#owed.delete(head.messageId);
        connection.send({ cmd, messageId: head.messageId, reasonCode: 0 });
      }
    }
  }

  /** Reads the next packet, unless the broker has sent more than it may: then it waits until there is room. */
  #next(connection: GuardedConnection, done: (() => void) | undefined): void {
    if (!done) return;
    if (connection.fresh && this.#isFull) connection.hold(done);
    else done();
  }

  get #isFull(): boolean {
    return this.size > this.#window.messages || this.bytes > this.#window.bytes;
  }

  #resume(connection: GuardedConnection): void {
    if (!this.#isFull) connection.release();
  }
}

/** The state of the gate that ends with a connection. */
class GuardedConnection {
  readonly fifo: Record<Acknowledgement['cmd'], { messageId: number; work: Work }[]> = { puback: [], pubrec: [] };
  readonly client: MqttClient;
  /** Payload of what the broker is owed an acknowledgement for. */
  bytes = 0;
  send: SendPacket = () => undefined;
  /** Whether the packet being read at the moment added to what the gate holds. */
  fresh = false;
  /** Whether the broker is done with delivering again what it delivered on earlier connections. */
  caughtUp = false;
  readonly #heartbeat: Heartbeat;
  #held: (() => void) | undefined;
  #closed = false;

  constructor(client: MqttClient) {
    this.client = client;
    this.#heartbeat = new Heartbeat(client);
  }

  /** Stops reading. */
  hold(done: () => void): void {
    if (this.#closed) return;
    this.#held = done;
    this.#heartbeat.deaf = true;
  }

  release(): void {
    const done = this.#held;
    if (!done) return;
    this.#held = undefined;
    this.#heartbeat.deaf = false;
    done();
  }

  /** The connection is gone, and with it whatever was still to be read from it. */
  abandon(): void {
    this.#closed = true;
    this.#held = undefined;
    this.#heartbeat.stop();
  }

  /** Resolves when the broker has read what was sent so far, or the connection is gone. */
  heard(): Promise<void> {
    return this.#heartbeat.answered();
  }
}

function sameMessage(a: IPublishPacket, b: IPublishPacket): boolean {
  return (
    a.topic === b.topic &&
    a.properties?.responseTopic === b.properties?.responseTopic &&
    sameBytes(a.properties?.correlationData, b.properties?.correlationData) &&
    sameBytes(a.payload, b.payload)
  );
}

function sameBytes(a: string | Buffer = '', b: string | Buffer = ''): boolean {
  return Buffer.from(a).equals(Buffer.from(b));
}

import { EventEmitter } from 'node:events';
import type { IConnackPacket, IPublishPacket, MqttClient } from 'mqtt';

export interface SentPacket {
  readonly cmd: string;
  readonly messageId?: number;
  readonly reasonCode?: number;
}

type Done = (error?: Error) => void;
type PublishOptions = { readonly qos?: number };

export interface Published {
  readonly topic: string;
  readonly payload: Buffer;
  readonly options: PublishOptions;
  /** Lets the broker answer. */
  readonly answer: Done;
}

/**
 * The part of an MQTT.js client that the bridge uses, and the order in which MQTT.js does things: one packet at a
 * time, the next one when the handler of the one before says so.
 */
export class FakeClient extends EventEmitter {
  /** Packets that left on this connection. */
  readonly sent: SentPacket[] = [];
  /** Messages read from this connection. */
  readonly read: IPublishPacket[] = [];
  readonly published: Published[] = [];
  readonly options: { keepalive?: number } = { keepalive: 30 };
  connected = false;
  ended = 0;
  pings = 0;
  silent = false;
  reschedulings: boolean[] = [];
  connects = 0;
  _receiveMaximum = 10;
  stream = {
    noDelay: false,
    setNoDelay: (on: boolean) => Object.assign(this.stream, { noDelay: on }),
    destroy: () => this.stream,
  };
  readonly #unread: IPublishPacket[] = [];
  #busy = false;

  get client(): MqttClient {
    return this as unknown as MqttClient;
  }

  /** The broker accepts the connection. */
  open({ sessionPresent = false, ...properties }: { sessionPresent?: boolean } & Partial<IConnackPacket> = {}): this {
    this.connected = true;
    this.emit('connect', this.connack({ sessionPresent, ...properties }));
    return this;
  }

  connack(changes: Partial<IConnackPacket> = {}): IConnackPacket {
    return { cmd: 'connack', sessionPresent: false, reasonCode: 0, ...changes } as IConnackPacket;
  }

  /** The connection breaks. */
  lose(): void {
    this.connected = false;
    this.emit('close');
  }

  /** The broker sends messages. */
  deliver(...packets: IPublishPacket[]): void {
    this.#unread.push(...packets);
    this.#readNext();
  }

  /** MQTT.js' own answer to a packet, as its handlers send it. */
  _sendPacket(packet: SentPacket, done?: Done): void {
    this.sent.push(packet);
    done?.();
  }

  handleMessage(_packet: IPublishPacket, done: Done): void {
    done();
  }

  publish(topic: string, payload: Buffer, options: PublishOptions, answer: Done): void {
    this.published.push({ topic, payload, options, answer });
  }

  connect(): this {
    this.connects += 1;
    return this;
  }

  end(): this {
    this.ended += 1;
    if (this.connected) this.lose();
    return this;
  }

  async endAsync(): Promise<void> {
    this.end();
  }

  /** The broker answers pings at once, unless it is told to be silent. */
  sendPing(): void {
    this.pings += 1;
    this.emit('packetsend', { cmd: 'pingreq' });
    if (!this.silent) queueMicrotask(() => this.emit('packetreceive', { cmd: 'pingresp' }));
  }

  reschedulePing(force: boolean): void {
    this.reschedulings.push(force);
  }

  #readNext(): void {
    if (this.#busy) return;
    const packet = this.#unread.shift();
    if (!packet) return;
    this.#busy = true;
    const done = () => {
      this.#busy = false;
      this.#readNext();
    };
    this.read.push(packet);
    this.emit('packetreceive', packet);
    const { qos, messageId } = packet;
    if (qos === 0) this.handleMessage(packet, done);
    else if (qos === 1) {
      this.handleMessage(packet, () => this._sendPacket({ cmd: 'puback', messageId, reasonCode: 0 }, done));
    } else this._sendPacket({ cmd: 'pubrec', messageId }, done);
  }
}

/** A message as the broker delivers it; its payload is its id unless told otherwise. */
export function message(messageId: number, changes: Partial<IPublishPacket> = {}): IPublishPacket {
  const payload = Buffer.from(String(messageId));
  return { cmd: 'publish', topic: 'iris/input', payload, qos: 1, messageId, dup: false, retain: false, ...changes };
}

import { randomUUID } from 'node:crypto';
import type { IConnackPacket, IPublishPacket, MqttClient } from 'mqtt';
import type { BrokerConfig } from '../../config';
import { createAskingClient } from '../../mqtt/client';
import { Link } from '../../mqtt/link';
import type { Message } from '../../mqtt/message';
import { encodedSizeBound } from '../../mqtt/publisher';
import { Slots } from '../../pacing/slots';
import { type Answer, type Refusal, refusal } from '../answer';
import type { Connection, ConnectionEvents } from '../connection';
import type { Question } from '../question';
import { remainingMs } from '../question';
import { Waiters } from '../waiters';
import { answerIn, correlationOf, publishOptions } from './mqtt-message';

/** What a broker says of a message that it has taken, and that nobody is subscribed to (MQTT 5). */
const NO_MATCHING_SUBSCRIBERS = 0x10;
/** Publishes without an answer of the broker that MQTT allows where the broker names no number. */
const DEFAULT_RECEIVE_MAXIMUM = 65_535;

interface OpenConnection {
  readonly client: MqttClient;
  readonly slots: Slots;
  readonly maxPacketBytes: number;
  /** Identifiers of messages that nobody is subscribed to: MQTT.js calls back as if there was somebody. */
  readonly unheard: Set<number>;
}

/** Asks whoever is subscribed to a topic of an MQTT broker, and hears the answers on a topic of its own. */
export class MqttAsker implements Connection {
  readonly #broker: BrokerConfig;
  readonly #answerTopic: string;
  readonly #events: ConnectionEvents;
  readonly #confirmMs: number;
  readonly #waiters = new Waiters();
  readonly #link: Link;
  #open: OpenConnection | undefined;

  /** @param broker with the client id of this replica */
  constructor(broker: BrokerConfig, answerTopic: string, confirmMs: number, events: ConnectionEvents) {
    this.#broker = broker;
    this.#answerTopic = answerTopic.replaceAll('{clientId}', broker.clientId);
    this.#events = events;
    this.#confirmMs = confirmMs;
    this.#link = new Link({
      reconnect: broker.reconnect,
      connectTimeoutMs: broker.connectTimeoutSeconds * 1000,
      watchdogMs: broker.watchdogSeconds * 1000,
      create: () => createAskingClient(broker),
      prepare: (client) => {
        client.on('message', (_topic, _payload, packet) => this.#hear(packet));
      },
      opened: (client, connack) => this.#opened(client, connack),
      closed: () => this.#closed(),
      failed: (reason, retryInMs) => events.failed(reason, retryInMs),
    });
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  start(): void {
    this.#link.start();
  }

  problems(): string[] {
    return this.#open ? [] : [`no connection to ${this.#broker.url}`];
  }

  giveUp(answer: Answer): void {
    this.#waiters.settleAll(answer);
  }

  stop(): Promise<void> {
    return this.#link.stop();
  }

  ask(topic: string, question: Question): Promise<Answer> {
    const open = this.#open;
    if (!open) {
      return Promise.resolve(refusal('BRIDGE_ERR_BROKER_CONNECTION', 'there is no connection to the broker'));
    }
    const id = randomUUID();
    const step = question.trace.publish(topic);
    const options = publishOptions(id, question, this.#answerTopic, step.fields);
    const message = { topic, payload: question.body, options };
    if (encodedSizeBound(message) > open.maxPacketBytes) {
      const text = `the broker takes packets of ${open.maxPacketBytes} bytes, and with this body one would have more`;
      step.end('BRIDGE_ERR_REQUEST_TOO_LARGE');
      return Promise.resolve(refusal('BRIDGE_ERR_REQUEST_TOO_LARGE', text));
    }
    const answer = this.#waiters.wait(id, remainingMs(question), question.gone);
    void open.slots.use(async () => {
      // It has waited for the broker to take more, and its requester has not.
      if (!this.#waiters.has(id)) {
        step.end('BRIDGE_ERR_UNCONFIRMED');
        return;
      }
      const refused = await this.#publish(open, message);
      step.end(refused?.failure.code);
      if (refused) this.#waiters.settle(id, refused);
      else this.#waiters.confirm(id);
    });
    return answer;
  }

  /** @returns why the broker does not have the question, as far as is known */
  #publish({ client, unheard }: OpenConnection, { topic, payload, options }: Message): Promise<Refusal | undefined> {
    return new Promise((resolve) => {
      const unconfirmed = (why: string) => resolve(refusal('BRIDGE_ERR_UNCONFIRMED', why));
      const silent = setTimeout(() => unconfirmed('the broker does not say that it has the request'), this.#confirmMs);
      client.publish(topic, payload, options, (error, packet) => {
        clearTimeout(silent);
        if (error) unconfirmed(`the broker says: ${error.message}`);
        else if (unheard.delete(packet?.messageId ?? 0)) {
          resolve(refusal('BRIDGE_ERR_UNROUTABLE', `nobody is subscribed to the topic "${topic}"`));
        } else resolve(undefined);
      });
    });
  }

  async #opened(client: MqttClient, { properties }: IConnackPacket): Promise<void> {
    const unheard = new Set<number>();
    client.on('packetreceive', (packet) => {
      if (packet.cmd !== 'puback' || packet.reasonCode !== NO_MATCHING_SUBSCRIBERS) return;
      unheard.add(packet.messageId ?? 0);
    });
    await client.subscribeAsync(this.#answerTopic, { qos: 1 });
    const unlimited = Number.POSITIVE_INFINITY;
    this.#open = {
      client,
      unheard,
      slots: new Slots(properties?.receiveMaximum ?? DEFAULT_RECEIVE_MAXIMUM),
      maxPacketBytes: Math.min(properties?.maximumPacketSize ?? unlimited, this.#broker.maxPacketBytes ?? unlimited),
    };
    this.#events.opened();
  }

  /** What is on its way now would be answered to a subscription that has ended with its connection. */
  #closed(): void {
    this.#open = undefined;
    const message = 'the connection to the broker broke while the request was under way';
    this.#waiters.settleAll(refusal('BRIDGE_ERR_ANSWER_LOST', message));
    this.#events.closed();
  }

  #hear(packet: IPublishPacket): void {
    if (!this.#waiters.settle(correlationOf(packet), answerIn(packet))) this.#events.stray();
  }
}

import type { IConnackPacket, MqttClient } from 'mqtt';
import { LinkError } from '../operations/link-error';
import { fullJitter } from '../pacing/backoff';
import { unlessSilent } from './unless-silent';

const GOODBYE_MS = 2_000;

/** What a link needs from the outside. */
export interface LinkOptions {
  /** A client that has not connected yet, with the credentials of this moment. */
  readonly create: () => MqttClient;
  /** Called before the client connects: the place for listeners that must not miss a packet. */
  readonly prepare?: (client: MqttClient) => void;
  /** Called once the broker has accepted the connection; the link is given up when it rejects. */
  readonly opened: (client: MqttClient, connack: IConnackPacket) => Promise<void>;
  /** Called when a connection that was open is no more. */
  readonly closed: () => void;
  /** Called for every attempt that fails and every connection that breaks. */
  readonly failed: (reason: Error, retryInMs: number) => void;
  readonly reconnect: { readonly minMs: number; readonly maxMs: number };
  readonly connectTimeoutMs: number;
  /** How long a broker may leave unanswered what `opened` asks it, while it says nothing else. */
  readonly watchdogMs: number;
}

/**
 * Keeps one connection to the broker, with a new MQTT client for each attempt.
 *
 * A fresh client has no outgoing store to replay and no half-sent state, so what belongs to a connection ends with
 * it: acknowledgements are never sent on another connection than the one their request came on.
 */
export class Link {
  readonly #options: LinkOptions;
  #client: MqttClient | undefined;
  #retry: NodeJS.Timeout | undefined;
  #attempt = 0;
  #stopped = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  start(): void {
    if (!this.#stopped) this.#connect();
  }

  /**
   * Says goodbye to the broker; the MQTT session stays for as long as it was asked to.
   *
   * @param forget the broker may end the session at once (MQTT 5)
   */
  async stop({ forget = false } = {}): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    const client = this.#client;
    if (!client) return;
    let patience: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, GOODBYE_MS);
    });
    const ended = forget
      ? client.endAsync(false, { properties: { sessionExpiryInterval: 0 } })
      : client.endAsync(false);
    await Promise.race([ended, enough]).catch(() => undefined);
    clearTimeout(patience);
    // Not `end(true)`: MQTT.js takes no notice of it while it is still saying goodbye.
    client.stream?.destroy();
  }

  #connect(): void {
    const { create, prepare, opened, closed, connectTimeoutMs, watchdogMs } = this.#options;
    let client: MqttClient;
    try {
      client = create();
    } catch (error) {
      this.#again(error as Error);
      return;
    }
    this.#client = client;
    let reason: Error = new LinkError('closed', 'the connection was closed');
    let openSince: number | undefined;
    let worked = false;
    let over = false;
    const finish = () => {
      if (over) return;
      over = true;
      clearTimeout(watchdog);
      // A client that could not even begin has no stream, and `end` would throw.
      if (client.stream) client.end(true);
      if (openSince !== undefined) {
        if (worked && performance.now() - openSince > this.#options.reconnect.maxMs) this.#attempt = 0;
        closed();
      }
      if (!this.#stopped) this.#again(reason);
    };
    // The client has a time limit of its own for CONNACK; this one also ends an attempt that hangs anywhere else.
    const watchdog = setTimeout(() => {
      reason = new LinkError('timeout', 'the connection attempt hung');
      finish();
    }, connectTimeoutMs * 2);
    client.on('error', (error) => {
      reason = error;
      if (!client.connected) finish();
    });
    client.on('disconnect', ({ reasonCode }) => {
      reason = new LinkError('broker', `the broker closed the connection with reason code ${reasonCode}`);
    });
    client.on('close', finish);
    client.on('connect', (connack) => {
      clearTimeout(watchdog);
      noDelay(client);
      openSince = performance.now();
      unlessSilent(client, watchdogMs, opened(client, connack)).then(
        () => {
          worked = true;
        },
        (error: Error) => {
          reason = error;
          finish();
        },
      );
    });
    prepare?.(client);
    try {
      client.connect();
    } catch (error) {
      reason = error as Error;
      finish();
    }
  }

  #again(reason: Error): void {
    const { minMs, maxMs } = this.#options.reconnect;
    const waitMs = fullJitter(this.#attempt, minMs, maxMs);
    this.#attempt += 1;
    this.#options.failed(reason, waitMs);
    this.#retry = setTimeout(() => this.#connect(), waitMs);
  }
}

/** Small packets go out at once: Nagle's algorithm with delayed TCP acks costs up to 40 ms per message. */
function noDelay(client: MqttClient): void {
  const stream = client.stream as { setNoDelay?: (on: boolean) => void };
  stream.setNoDelay?.(true);
}

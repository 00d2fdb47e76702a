import { fullJitter } from '../pacing/backoff';
import { type AmqpConnection, asLinkError } from './connection';

/** What a link needs from the outside. */
export interface AmqpLinkOptions {
  /** Opens a connection, with the credentials of this moment. */
  readonly open: () => Promise<AmqpConnection>;
  /** Called with every connection that was opened; it is given up when this rejects. */
  readonly opened: (connection: AmqpConnection) => Promise<void>;
  /** Called when a connection that `opened` was called with is no more. */
  readonly closed: () => void;
  /** Called for every attempt that fails and every connection that breaks. */
  readonly failed: (reason: Error, retryInMs: number) => void;
  readonly reconnect: { readonly minMs: number; readonly maxMs: number };
}

/**
 * Keeps one connection to RabbitMQ, a new one for each attempt, so that what belongs to a connection ends with it: requests
 * are never acknowledged on another one than they came on.
 */
export class AmqpLink {
  readonly #options: AmqpLinkOptions;
  #connection: AmqpConnection | undefined;
  #retry: NodeJS.Timeout | undefined;
  #attempt = 0;
  #stopped = false;

  constructor(options: AmqpLinkOptions) {
    this.#options = options;
  }

  /** The connection that is open at the moment. */
  get connection(): AmqpConnection | undefined {
    return this.#connection?.isOpen ? this.#connection : undefined;
  }

  start(): void {
    if (!this.#stopped) void this.#connect();
  }

  /** Says goodbye to the broker. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#connection?.close();
  }

  async #connect(): Promise<void> {
    const { open, opened, closed, reconnect } = this.#options;
    let connection: AmqpConnection;
    try {
      connection = await open();
    } catch (error) {
      this.#again(error as Error);
      return;
    }
    if (this.#stopped) {
      await connection.close();
      return;
    }
    this.#connection = connection;
    const openSince = performance.now();
    let worked = false;
    connection.onClose((reason) => {
      if (worked && performance.now() - openSince > reconnect.maxMs) this.#attempt = 0;
      closed();
      this.#again(reason);
    });
    try {
      await opened(connection);
      worked = true;
    } catch (error) {
      connection.destroy(asLinkError(error as Error));
    }
  }

  #again(reason: Error): void {
    if (this.#stopped) return;
    const { minMs, maxMs } = this.#options.reconnect;
    const waitMs = fullJitter(this.#attempt, minMs, maxMs);
    this.#attempt += 1;
    this.#options.failed(reason, waitMs);
    this.#retry = setTimeout(() => this.#connect(), waitMs);
  }
}

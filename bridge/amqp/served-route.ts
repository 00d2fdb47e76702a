import { isDeepStrictEqual } from 'node:util';
import type { AsyncMessage } from 'rabbitmq-client';
import type { AmqpRouteConfig } from '../config/amqp-route';
import type { Outcome } from '../delivery/route';

/** What answers the requests of one version of a route. */
export interface Target {
  deliver(message: AsyncMessage): Promise<Outcome>;
  close(): Promise<void>;
}

/**
 * The route that takes the requests of a queue, of which there may come another version. A request is answered by the version
 * that it found, which goes when it has answered what it took.
 */
export class ServedRoute {
  readonly #open: (config: AmqpRouteConfig) => Target;
  #current: Version;

  /** @throws BridgeError when the route cannot be served */
  constructor(config: AmqpRouteConfig, open: (config: AmqpRouteConfig) => Target) {
    this.#open = open;
    this.#current = new Version(config, open(config));
  }

  deliver(message: AsyncMessage): Promise<Outcome> {
    return this.#current.deliver(message);
  }

  /**
   * Prepares another version.
   *
   * @returns a function that has it take the requests from now on, and one that gives it up
   * @throws BridgeError when it cannot be served
   */
  prepare(config: AmqpRouteConfig): { readonly use: () => void; readonly drop: () => void } {
    if (isDeepStrictEqual(config, this.#current.config)) return { use: () => undefined, drop: () => undefined };
    const next = new Version(config, this.#open(config));
    return {
      use: () => {
        const before = this.#current;
        this.#current = next;
        before.retire();
      },
      drop: () => next.retire(),
    };
  }

  async close(): Promise<void> {
    await this.#current.close();
  }
}

class Version {
  readonly config: AmqpRouteConfig;
  readonly #target: Target;
  #working = 0;
  #retired = false;

  constructor(config: AmqpRouteConfig, target: Target) {
    this.config = config;
    this.#target = target;
  }

  deliver(message: AsyncMessage): Promise<Outcome> {
    this.#working += 1;
    return this.#target.deliver(message).then(this.#delivered);
  }

  retire(): void {
    this.#retired = true;
    this.#closeIfIdle();
  }

  async close(): Promise<void> {
    await this.#target.close();
  }

  readonly #delivered = (outcome: Outcome) => {
    this.#working -= 1;
    this.#closeIfIdle();
    return outcome;
  };

  #closeIfIdle(): void {
    if (this.#retired && this.#working === 0) void this.#target.close();
  }
}

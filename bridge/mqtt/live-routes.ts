import { isDeepStrictEqual } from 'node:util';
import type { RouteConfig } from '../config';
import { TopicPattern } from '../config/topic-pattern';
import { RouteTable } from './route-table';

/** How long nothing may have come for a route that is gone before it is closed. */
const QUIET_MS = 60_000;
const LOOK_MS = 1_000;

/** What answers the requests of one route. */
export interface Closable {
  close(): Promise<void>;
}

export interface LiveRoutesOptions<T extends Closable> {
  /** @throws BridgeError when the route cannot be served */
  readonly open: (route: RouteConfig, predecessor: T | undefined) => T;
  /** Whether the broker may still have requests for routes that are gone. */
  readonly unsettled: () => boolean;
}

/** One version of a route, for as long as it has something to do. */
export class LiveRoute<T extends Closable> {
  readonly config: RouteConfig;
  readonly pattern: TopicPattern;
  readonly target: T;
  #working = 0;
  #quietSince = performance.now();

  constructor(config: RouteConfig, target: T) {
    this.config = config;
    this.pattern = new TopicPattern(config.requestTopic);
    this.target = target;
  }

  /** It has taken a request. */
  begin(): void {
    this.#working += 1;
  }

  /** It has answered a request. */
  end(): void {
    this.#working -= 1;
    this.awake();
  }

  /** Its time of quiet begins anew. */
  awake(): void {
    this.#quietSince = performance.now();
  }

  get idle(): boolean {
    return this.#working === 0 && performance.now() - this.#quietSince >= QUIET_MS;
  }
}

/**
 * The routes of a bridge, which may become others while it works.
 *
 * A request is answered by the version of the route that it found. A version that is gone goes on until it has answered
 * what it took; and where its topics are nobody else's now, until nothing has come from them for a while: what the
 * broker had put into the session before the subscription ended is still delivered, and was asked in good faith.
 */
export class LiveRoutes<T extends Closable> {
  readonly #options: LiveRoutesOptions<T>;
  #current: ReadonlyMap<string, LiveRoute<T>> = new Map();
  #table = new RouteTable<LiveRoute<T>>([]);
  #leaving = new Set<LiveRoute<T>>();
  #left = new RouteTable<LiveRoute<T>>([]);
  #look: NodeJS.Timeout | undefined;

  /** @throws BridgeError when one of the routes cannot be served */
  constructor(routes: readonly RouteConfig[], options: LiveRoutesOptions<T>) {
    this.#options = options;
    this.change(routes);
  }

  find(topic: string): LiveRoute<T> | undefined {
    return this.#table.find(topic) ?? this.#left.find(topic);
  }

  /**
   * From now on these are the routes. One that has not changed stays the same.
   *
   * @returns a function that takes the change back
   * @throws BridgeError when one of them cannot be served; then nothing has changed
   */
  change(routes: readonly RouteConfig[]): () => void {
    const before = this.#current;
    const after = new Map<string, LiveRoute<T>>();
    try {
      for (const config of routes) after.set(config.name, this.#version(config));
    } catch (error) {
      for (const route of after.values()) if (before.get(route.config.name) !== route) void route.target.close();
      throw error;
    }
    this.#replace(after);
    return () => this.#replace(before);
  }

  async close(): Promise<void> {
    clearInterval(this.#look);
    await Promise.all([...this.#current.values(), ...this.#leaving].map(({ target }) => target.close()));
  }

  #version(config: RouteConfig): LiveRoute<T> {
    const known = this.#current.get(config.name);
    if (known && isDeepStrictEqual(known.config, config)) return known;
    return new LiveRoute(config, this.#options.open(config, known?.target));
  }

  #replace(after: ReadonlyMap<string, LiveRoute<T>>): void {
    const staying = new Set(after.values());
    for (const route of this.#current.values()) if (!staying.has(route)) this.#leaving.add(route);
    for (const route of staying) this.#leaving.delete(route);
    for (const route of this.#leaving) route.awake();
    this.#current = after;
    this.#table = new RouteTable(staying);
    this.#left = new RouteTable(this.#leaving);
    if (this.#leaving.size > 0) this.#look ??= setInterval(() => this.#closeIdle(), LOOK_MS).unref();
  }

  #closeIdle(): void {
    if (this.#options.unsettled()) {
      for (const route of this.#leaving) route.awake();
      return;
    }
    for (const route of this.#leaving) {
      if (!route.idle) continue;
      this.#leaving.delete(route);
      void route.target.close();
    }
    this.#left = new RouteTable(this.#leaving);
    if (this.#leaving.size > 0) return;
    clearInterval(this.#look);
    this.#look = undefined;
  }
}

import type { MqttClient } from 'mqtt';
import type { RouteConfig } from '../config';
import { LinkError } from '../operations/link-error';
import { subscribe, subscriptionOf } from './subscription';
import { unlessSilent } from './unless-silent';

/**
 * What the bridge is subscribed to: brought into line with its routes at each connection, and when the routes become
 * others.
 *
 * New subscriptions come first. A request that both an old and a new one match may be delivered twice; the other way
 * round it would be lost.
 */
export class Subscriptions {
  readonly #watchdogMs: number;
  #routes: readonly RouteConfig[];
  /** Topic filters that the session may have and no route wants. */
  #obsolete = new Set<string>();
  #client: MqttClient | undefined;

  constructor(routes: readonly RouteConfig[], watchdogMs: number) {
    this.#routes = routes;
    this.#watchdogMs = watchdogMs;
  }

  get routes(): readonly RouteConfig[] {
    return this.#routes;
  }

  /** Whether the broker has put into the session all that it ever will for routes that are gone. */
  get settled(): boolean {
    return this.#client !== undefined && this.#obsolete.size === 0;
  }

  /** @throws Error when the broker refuses */
  async opened(client: MqttClient, sessionPresent: boolean): Promise<void> {
    if (!sessionPresent) this.#obsolete.clear();
    let asked: readonly RouteConfig[];
    do {
      asked = this.#routes;
      await subscribe(client, asked);
    } while (asked !== this.#routes);
    this.#client = client;
    await this.#endObsolete();
  }

  closed(): void {
    this.#client = undefined;
  }

  /**
   * From now on these routes are wanted. Without a connection, the next one sees to it.
   *
   * @throws LinkError when the broker refuses a new one; then the routes before are wanted again
   */
  async change(routes: readonly RouteConfig[]): Promise<void> {
    const before = this.#routes;
    const client = this.#client;
    const had = new Map(before.map((route) => [subscriptionOf(route), route]));
    const fresh = routes.filter((route) => !sameSubscription(route, had.get(subscriptionOf(route))));
    this.#want(routes);
    if (client && fresh.length > 0) {
      try {
        await unlessSilent(client, this.#watchdogMs, subscribe(client, fresh));
      } catch (error) {
        // A connection that broke meanwhile says nothing about the routes.
        if (!isRefusal(error)) {
          client.stream.destroy(error as Error);
          return;
        }
        this.#want(before);
        const changed = before.filter((route) =>
          fresh.some((other) => subscriptionOf(other) === subscriptionOf(route)),
        );
        if (changed.length > 0) subscribe(client, changed).catch(() => undefined);
        void this.#endObsolete();
        throw error;
      }
    }
    void this.#endObsolete();
  }

  #want(routes: readonly RouteConfig[]): void {
    const wanted = new Set(routes.map(subscriptionOf));
    for (const filter of this.#routes.map(subscriptionOf)) if (!wanted.has(filter)) this.#obsolete.add(filter);
    for (const filter of wanted) this.#obsolete.delete(filter);
    this.#routes = routes;
  }

  /** What is not answered is asked again at the next connection. */
  async #endObsolete(): Promise<void> {
    const filters = [...this.#obsolete];
    if (filters.length === 0) return;
    await this.#client?.unsubscribeAsync(filters).then(
      () => {
        for (const filter of filters) this.#obsolete.delete(filter);
      },
      () => undefined,
    );
  }
}

function sameSubscription(route: RouteConfig, before: RouteConfig | undefined): boolean {
  return route.qos === before?.qos && route.retained === before.retained;
}

function isRefusal(error: unknown): boolean {
  return error instanceof LinkError && error.problem === 'subscription';
}

import { HostLayout } from '../../../lib';
import type { IPublishedHosts } from '../../../lib/naming/published-hosts';

/** Random things that are the same in every run. */
export class Seeded {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from `least` to `most`, by the generator mulberry32. */
  number(least: number, most: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return least + (((mixed ^ (mixed >>> 14)) >>> 0) % (most - least + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.number(0, items.length - 1)] as T;
  }

  list<T>(least: number, most: number, item: () => T): T[] {
    return Array.from({ length: this.number(least, most) }, item);
  }

  label(longest = 12): string {
    return this.list(1, longest, () => this.pick([...'abcdefghijklmnopqrstuvwxyz0123456789'])).join('');
  }

  /** What a platform publishes: short and long namespaces, models of the same and of other domains. */
  published(): IPublishedHosts {
    const domain = `${this.label()}.example.com`;
    const namespaces = [...new Set(this.list(1, 40, () => this.label(this.pick([2, 12, 63]))))];
    const hosts = this.list(0, 8, () => {
      const parts = [this.label(), this.pick(namespaces), domain];
      return this.pick([parts, parts.slice(1), parts.slice(2), [this.label(), ...parts], [this.label(), 'org']]).join(
        '.',
      );
    });
    return { domain, namespaces, hosts, hostLayout: this.pick([HostLayout.PER_NAMESPACE, HostLayout.FLAT]) };
  }

  /** Hosts and wildcards in the domain and elsewhere. */
  hosts(domain: string): string[] {
    return this.list(0, 12, () =>
      this.pick([`${this.label()}.${domain}`, `*.${this.label()}.net`, `a.${this.label()}.${domain}`, domain]),
    );
  }

  /** Zones of which at least one holds each name in `example.com`, `net` and `org`. */
  zones(domain: string, namespaces: readonly string[]): string[] {
    return [
      'example.com',
      'net',
      'org',
      ...this.list(0, 4, () => this.pick([domain, `${this.pick(namespaces)}.${domain}`])),
    ];
  }
}

/** The host of a model in each namespace. */
export function modelHosts({ domain, namespaces, hostLayout }: IPublishedHosts): string[] {
  return namespaces.map((namespace) => `any-model${hostLayout === HostLayout.FLAT ? '-' : '.'}${namespace}.${domain}`);
}

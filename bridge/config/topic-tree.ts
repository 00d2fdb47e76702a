/**
 * Values under topics or topic filters, found by what they overlap with, in time that depends on the levels of a topic
 * and not on the number of values.
 */
export class TopicTree<T> {
  readonly #children = new Map<string, TopicTree<T>>();
  readonly #values: T[] = [];

  add(filter: string, value: T): void {
    this.#at(filter.split('/')).#values.push(value);
  }

  /** The values under topics and filters that have a topic in common with this one. */
  overlapping(filter: string): T[] {
    return this.#find(filter.split('/'));
  }

  #at([level, ...rest]: string[]): TopicTree<T> {
    if (level === undefined) return this;
    const child = this.#children.get(level) ?? new TopicTree<T>();
    this.#children.set(level, child);
    return child.#at(rest);
  }

  #find(levels: string[]): T[] {
    const [level, ...rest] = levels;
    // "a/#" also stands for "a".
    const below = this.#children.get('#');
    const rests = below ? below.#values : [];
    if (level === undefined) return [...this.#values, ...rests];
    if (level === '#') return this.#all();
    const next = level === '+' ? [...this.#children].filter(([name]) => name !== '#') : this.#named(level);
    return [...rests, ...next.flatMap(([, child]) => child.#find(rest))];
  }

  #named(level: string): [string, TopicTree<T>][] {
    return [level, '+'].flatMap((name) => {
      const child = this.#children.get(name);
      return child ? [[name, child] as [string, TopicTree<T>]] : [];
    });
  }

  #all(): T[] {
    return [...this.#values, ...[...this.#children.values()].flatMap((child) => child.#all())];
  }
}

import type { TopicPattern } from '../config/topic-pattern';
import { TopicTree } from '../config/topic-tree';
import { filterMatches } from '../config/topics';

/** Finds what belongs to a topic: at once for topics without names and wildcards, else by going down their levels. */
export class RouteTable<T extends { readonly pattern: TopicPattern }> {
  readonly #exact = new Map<string, T>();
  readonly #patterns = new TopicTree<T>();

  constructor(entries: Iterable<T>) {
    for (const entry of entries) {
      const { filter } = entry.pattern;
      if (/[+#]/.test(filter)) this.#patterns.add(filter, entry);
      else this.#exact.set(filter, entry);
    }
  }

  find(topic: string): T | undefined {
    return this.#exact.get(topic) ?? this.#patterns.overlapping(topic).find((entry) => matches(entry, topic));
  }
}

function matches({ pattern }: { readonly pattern: TopicPattern }, topic: string): boolean {
  return filterMatches(pattern.filter, topic);
}

/**
 * Regular expressions as RabbitMQ keeps them for permissions: it looks for them anywhere in a name, so that each has to
 * say where the name begins and ends.
 */

/** Matches no name of a queue or an exchange, all of which have one. */
export const NOTHING = '^$';

/** One expression for what any of the parts matches. */
export function anyOf(parts: Iterable<string>): string {
  const sorted = [...new Set(parts)].sort();
  return sorted.length === 0 ? NOTHING : `^(${sorted.join('|')})$`;
}

/** A name; with a star at its end, all names that begin so. */
export function namePattern(name: string): string {
  return name.endsWith('*') ? `${escaped(name.slice(0, -1))}.*` : escaped(name);
}

/**
 * The routing keys of what an MQTT filter matches, and of filters that match no more. RabbitMQ checks a subscription by
 * the filter itself, so a level for `+` must not be one for `#`.
 */
export function mqttPattern(topicFilter: string): string {
  const levels = topicFilter.split('/');
  const words = levels.filter((level) => level !== '#').map((level) => (level === '+' ? '[^.#]*' : escaped(level)));
  const start = words.join('\\.');
  if (!levels.includes('#')) return start;
  return words.length === 0 ? '.*' : `${start}(\\..*)?`;
}

/** The routing keys that a binding key matches, and binding keys that match no more. */
export function bindingKeyPattern(bindingKey: string): string {
  const pattern = bindingKey.split('.').reduce((before, word) => {
    // No words at all, or some: the dot belongs to them. A second # adds nothing.
    if (word === '#') return before === '' || before === LEADING_WORDS ? LEADING_WORDS : `${before}(\\..*)?`;
    const own = word === '*' ? '[^.#]*' : escaped(word);
    return before === '' || before === LEADING_WORDS ? `${before}${own}` : `${before}\\.${own}`;
  }, '');
  return pattern === LEADING_WORDS ? '.*' : pattern;
}

const LEADING_WORDS = '(.*\\.)?';

function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

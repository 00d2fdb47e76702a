import type { Captures } from './topic-pattern';

/**
 * The rules AMQP 0-9-1 and RabbitMQ have for names, routing keys and binding keys.
 *
 * @see https://www.rabbitmq.com/docs/queues#names
 * @see https://www.rabbitmq.com/tutorials/tutorial-five-javascript
 */

/** A short string has its length in one byte. */
const MAX_BYTES = 255;
const NAME = /^[A-Za-z][A-Za-z0-9]*$/;
const NO_CAPTURES: Captures = {};

/** Says why `name` is no name for a queue or an exchange that somebody declares, or nothing when it is one. */
export function amqpNameProblem(name: string): string | undefined {
  if (name === '') return 'a name has at least one character';
  if (name.startsWith('amq.')) return 'names that begin with amq. belong to the broker';
  return shortStringProblem(name);
}

/** Says why no message can have this routing key, or nothing when one can. */
export function routingKeyProblem(key: string): string | undefined {
  if (key === '') return 'a message with an empty routing key reaches no queue';
  return shortStringProblem(key);
}

/** Says why `key` binds no queue to a topic exchange, or nothing when it does. */
export function bindingKeyProblem(key: string): string | undefined {
  const words = key.split('.');
  const torn = words.find((word) => /[*#]/.test(word) && word.length > 1);
  if (torn !== undefined) return `"${torn}" is no word: * and # stand for whole words, between dots`;
  const misnamed = words.find((word) => /[{}]/.test(word) && nameOf(word) === undefined);
  if (misnamed !== undefined) return `"${misnamed}" is no name of a word, which is letters and digits in braces, alone`;
  const names = words.map(nameOf).filter((name) => name !== undefined);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) return `two words have the name {${twice}}`;
  if (names.length > 0 && words.includes('#')) return 'behind a #, nobody knows which word is which. Use * or names';
  return routingKeyProblem(key);
}

/** A binding key of which words may have names: `predict.{model}` is `predict.*`. */
export class BindingPattern {
  /** As RabbitMQ writes it. */
  readonly key: string;
  readonly #names: readonly (string | undefined)[];

  /** @param text of which `bindingKeyProblem` found nothing wrong */
  constructor(text: string) {
    const words = text.split('.');
    this.#names = words.map(nameOf);
    this.key = words.map((word, i) => (this.#names[i] === undefined ? word : '*')).join('.');
  }

  get names(): string[] {
    return this.#names.filter((name) => name !== undefined);
  }

  /** What the named words are in a routing key; nothing for one that the pattern does not match. */
  captures(routingKey: string): Captures | undefined {
    if (!keyMatches(this.key, routingKey)) return undefined;
    if (this.names.length === 0) return NO_CAPTURES;
    const words = routingKey.split('.');
    return Object.fromEntries(this.#names.flatMap((name, i) => (name === undefined ? [] : [[name, words[i] ?? '']])));
  }
}

/** Whether a topic exchange takes a message with this routing key to a queue that is bound with this key. */
export function keyMatches(bindingKey: string, routingKey: string): boolean {
  return wordsMatch(bindingKey.split('.'), routingKey.split('.'));
}

function wordsMatch([wanted, ...others]: readonly string[], words: readonly string[]): boolean {
  if (wanted === undefined) return words.length === 0;
  const rest = words.slice(1);
  if (wanted === '#') return wordsMatch(others, words) || (words.length > 0 && wordsMatch([wanted, ...others], rest));
  return words.length > 0 && (wanted === '*' || wanted === words[0]) && wordsMatch(others, rest);
}

/** Whether there is a routing key that both binding keys match. */
export function bindingKeysOverlap(a: string, b: string): boolean {
  return wordsOverlap(a.split('.'), b.split('.'));
}

function wordsOverlap(a: readonly string[], b: readonly string[]): boolean {
  const [one, ...left] = a;
  const [other, ...right] = b;
  if (one === '#') return wordsOverlap(left, b) || (other !== undefined && wordsOverlap(a, right));
  if (other === '#') return wordsOverlap(b, a);
  if (one === undefined || other === undefined) return one === other;
  return (one === '*' || other === '*' || one === other) && wordsOverlap(left, right);
}

/** Whether a name is what a text with * in it, for any characters, allows. */
export function globMatches(glob: string, name: string): boolean {
  return globMatcher(glob)(name);
}

/** The same, of a text that is asked about many names. */
export function globMatcher(glob: string): (name: string) => boolean {
  const [first = '', ...others] = glob.split('*');
  const last = others.pop();
  if (last === undefined) return (name) => glob === name;
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    let rest = name.slice(first.length, name.length - last.length);
    for (const part of others) {
      const at = rest.indexOf(part);
      if (at < 0) return false;
      rest = rest.slice(at + part.length);
    }
    return true;
  };
}

function shortStringProblem(text: string): string | undefined {
  if (/\p{Cc}/u.test(text)) return 'it has control characters';
  if (Buffer.byteLength(text) > MAX_BYTES) return `it is more than ${MAX_BYTES} bytes of UTF-8`;
  return undefined;
}

function nameOf(word: string): string | undefined {
  const name = /^\{(.*)\}$/.exec(word)?.[1];
  return name !== undefined && NAME.test(name) ? name : undefined;
}

import { topicFilterProblem } from './topics';

/** What the named levels of a topic are in one message. */
export type Captures = Readonly<Record<string, string>>;

const NAME = /^[A-Za-z][A-Za-z0-9]*$/;
const PLACEHOLDER = /\{([^{}]*)\}/g;
/** What is left of a well-formed text without its placeholders has no braces. */
const BRACE = /[{}]/;
const NO_CAPTURES: Captures = {};

/** A topic filter of which levels may have names: `{namespace}/{model}/input` is `+/+/input`. */
export class TopicPattern {
  readonly filter: string;
  /** Names by level. */
  readonly #names: readonly (string | undefined)[];

  /** @param text of which `topicPatternProblem` found nothing wrong */
  constructor(text: string) {
    const levels = text.split('/');
    this.#names = levels.map(nameOf);
    this.filter = levels.map((level, i) => (this.#names[i] === undefined ? level : '+')).join('/');
  }

  /** Names of levels, in their order. */
  get names(): string[] {
    return this.#names.filter((name) => name !== undefined);
  }

  /** Whether the first level has this name. */
  beginsWith(name: string): boolean {
    return this.#names[0] === name;
  }

  /** What the named levels are in a topic that the filter matches. */
  captures(topic: string): Captures {
    if (this.names.length === 0) return NO_CAPTURES;
    const levels = topic.split('/');
    return Object.fromEntries(this.#names.flatMap((name, i) => (name === undefined ? [] : [[name, levels[i] ?? '']])));
  }
}

/** Says why `text` is no topic pattern, or nothing when it is one. */
export function topicPatternProblem(text: string): string | undefined {
  const levels = text.split('/');
  const wrong = levels.find((level) => BRACE.test(level) && nameOf(level) === undefined);
  if (wrong !== undefined) return `"${wrong}" is no name of a level, which is letters and digits in braces, alone`;
  const names = levels.map(nameOf).filter((name) => name !== undefined);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) return `two levels have the name {${twice}}`;
  return topicFilterProblem(levels.map((level) => (nameOf(level) === undefined ? level : '+')).join('/'));
}

/** The names in braces in a text. */
export function placeholdersIn(text: string): string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name))];
}

/** The text with what was captured in place of the names. */
export function fill(text: string, captures: Captures): string {
  return text.includes('{') ? text.replace(PLACEHOLDER, (_, name: string) => captures[name] ?? '') : text;
}

/** The text as it may become, with something harmless in place of the names. */
export function sampleOf(text: string): string {
  return text.replace(PLACEHOLDER, 'x');
}

/** The topic filter that matches whatever a text with placeholders may become. */
export function filterOf(text: string): string {
  return text
    .split('/')
    .map((level) => (BRACE.test(level) ? '+' : level))
    .join('/');
}

function nameOf(level: string): string | undefined {
  const name = /^\{(.*)\}$/.exec(level)?.[1];
  return name !== undefined && NAME.test(name) ? name : undefined;
}

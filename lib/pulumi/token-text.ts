import { EdgeError } from '../errors';
import { OUTPUT_TOKEN } from '../naming/unresolved';
import { jsonDepth, quoteJson } from './json-depth';

/** A text, and the placeholders in it. */
export interface TokenText {
  /** What stands before, between and after the placeholders: one more than there are. */
  readonly texts: readonly string[];
  /** The number of each placeholder. */
  readonly tokens: readonly number[];
}

export function tokenText(text: string): TokenText {
  const parts = text.split(OUTPUT_TOKEN);
  return { texts: parts.filter((_, i) => i % 2 === 0), tokens: parts.filter((_, i) => i % 2 === 1).map(Number) };
}

/**
 * The text with a value in the place of each placeholder. One that is all of the text becomes a value of whatever type;
 * within a longer text it becomes text, and in JSON it is quoted as JSON asks for.
 *
 * @param at what messages call it
 * @throws EdgeError EDGE_ERR_TOKEN for no value, or one that cannot be text within a text
 */
export function fill({ texts }: TokenText, values: readonly unknown[], at: string): unknown {
  if (texts.length === 2 && texts.every((part) => part === '')) return present(values[0], at);
  return texts.reduce((before, after, i) => {
    // A digit stands for what is not filled in yet, so that JSON stays JSON.
    const rest = texts.slice(i).join('0');
    return `${before}${quoteJson(textOf(values[i - 1], at), jsonDepth(before, rest))}${after}`;
  });
}

function present(value: unknown, at: string): unknown {
  if (value !== undefined && value !== null) return value;
  throw refusal(at, String(value), 'a field of the object would be left out without a word');
}

function textOf(value: unknown, at: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw refusal(at, value === null ? 'null' : typeof value, 'only a text or a number can stand within a text');
}

function refusal(at: string, value: string, rule: string): EdgeError {
  return new EdgeError('EDGE_ERR_TOKEN', { at: `the Output in ${at}`, value, rule, fix: 'Give it a value' });
}

import { EdgeError } from '../../errors';

/**
 * A text that is one of several, with what it stands for.
 *
 * @throws EdgeError EDGE_ERR_VALUE for any other text
 */
export function oneOf<T>(at: string, value: string, meanings: Readonly<Record<string, T>>): T {
  const meaning = Object.hasOwn(meanings, value) ? meanings[value] : undefined;
  if (meaning !== undefined) return meaning;
  const rule = `it is one of ${Object.keys(meanings).join(', ')}`;
  throw new EdgeError('EDGE_ERR_VALUE', { at, value, rule, fix: 'Use one of them' });
}

import * as pulumi from '@pulumi/pulumi';
import { lateChecksOf } from './late-checks';
import { outputOf } from './token';
import { fill, tokenText } from './token-text';

/**
 * A manifest with values in the place of placeholders. What is unknown or secret stays so where it is, and the rest of
 * the manifest is seen in a preview.
 *
 * @param at what messages call it
 */
export function restore(value: unknown, at: string): pulumi.Input<unknown> {
  if (typeof value === 'string') return restoreText(value, at);
  if (Array.isArray(value)) return value.map((child, i) => restore(child, `${at}[${i}]`));
  if (typeof value !== 'object' || value === null) return value as pulumi.Input<unknown>;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, restore(child, `${at}.${key}`)]));
}

/**
 * The same for one text. An Output in it fails for a value that cannot stand there, and for one that the construct which
 * was given it would have refused.
 */
export function restoreText(text: string, at: string): pulumi.Input<unknown> {
  const parts = tokenText(text);
  if (parts.tokens.length === 0) return text;
  const values = pulumi.all(parts.tokens.map((token) => pulumi.output(outputOf(token))));
  const checks = pulumi.all(lateChecksOf(parts.tokens));
  return pulumi.all([values, checks]).apply(([known]) => fill(parts, known, at));
}

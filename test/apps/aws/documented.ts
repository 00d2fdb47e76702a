import type { AuthKind } from '../../../apps/aws/config';

/**
 * What the tables of docs/aws.md say is made, as `<type> <name>`, sorted. Their rows are
 *
 * | `<type>` | `<name>`, `<name>` | <kinds of auth, or any> | …
 */
export function createdBy(page: string, kind: AuthKind): string[] {
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (`[^|]+`) \| ([a-z, ]+) \|/gm)];
  return rows
    .filter(([, , , auth = '']) => auth === 'any' || auth.split(', ').includes(kind))
    .flatMap(([, type, names = '']) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => `${type} ${name}`))
    .sort();
}

import { EdgeError } from './errors';

/**
 * A value that is one of an enum. Callers in JavaScript may give anything, and what nobody knows would mean what comes
 * last in some comparison.
 *
 * @throws EdgeError EDGE_ERR_VALUE for any other
 */
export function knownValue<Value>(at: string, value: Value, known: Readonly<Record<string, Value>>): Value {
  const values = Object.values(known);
  if (values.includes(value)) return value;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at,
    value,
    rule: `it is one of ${values.join(', ')}`,
    fix: 'Use one of these',
  });
}

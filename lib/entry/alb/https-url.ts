import { EdgeError } from '../../errors';
import { whenKnown } from '../../synth/when-known';

/**
 * @throws EdgeError EDGE_ERR_VALUE for a text that is neither an https URL nor a placeholder
 */
export function validHttpsUrl(at: string, value: string): string {
  whenKnown([value], ([known]) => check(at, known));
  return value;
}

function check(at: string, value: unknown): void {
  if (typeof value === 'string' && isHttpsUrl(value)) return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at,
    value,
    rule: 'load balancers call nothing but https URLs',
    fix: 'Give the whole URL, https:// included',
  });
}

function isHttpsUrl(value: string): boolean {
  return URL.canParse(value) && new URL(value).protocol === 'https:' && !/\s/.test(value);
}

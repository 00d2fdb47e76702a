import { EdgeError } from '../../errors';
import { albHeaderNameProblem, albTokenProblem } from '../../naming/alb-rules';
import { whenKnown } from '../../synth/when-known';
import { estimatedBits, LEAST_BITS } from './token-strength';

const DRAW = 'Draw it at random: `openssl rand -hex 16`';

/**
 * The header's name.
 *
 * @throws EdgeError EDGE_ERR_ALB_LIMIT for a name that a load balancer cannot ask for
 */
export function validHeaderName(at: string, name: string): string {
  const rule = albHeaderNameProblem(name);
  if (!rule) return name;
  throw new EdgeError('EDGE_ERR_ALB_LIMIT', {
    at,
    value: name,
    rule,
    fix: 'Choose another name, x-api-key for instance',
  });
}

/**
 * The tokens themselves. Messages never hold one: they name its place and its length.
 *
 * @throws EdgeError EDGE_ERR_ALB_LIMIT for a token that would not be compared as it is written; EDGE_ERR_ALB_AUTH for
 * one that can be guessed, or that is there twice
 */
export function validTokens(at: string, tokens: readonly string[]): string[] {
  for (const [i, token] of tokens.entries()) validToken(`${at}[${i}]`, token);
  refuseEqual(tokens.map((token, i) => [`${at}[${i}]`, token]));
  return [...tokens];
}

/**
 * Load balancers ignore the case of header values, so that two tokens may be one to them. Those that are not known yet
 * are compared again when they are.
 */
export function refuseEqual(tokens: readonly (readonly [at: string, token: string])[]): void {
  compare(tokens);
  const places = tokens.map(([at]) => at);
  whenKnown(
    tokens.map(([, token]) => token),
    (known) => compare(known.map((token, i) => [places[i] ?? '', token])),
  );
}

function compare(tokens: readonly (readonly [at: string, token: string])[]): void {
  const places = new Map<string, string>();
  for (const [at, token] of tokens) {
    const other = places.get(token.toLowerCase());
    if (other !== undefined) {
      throw new EdgeError('EDGE_ERR_ALB_AUTH', {
        at,
        value: 'a token',
        rule: `${other} is the same to a load balancer, which ignores case`,
        fix: DRAW,
      });
    }
    places.set(token.toLowerCase(), at);
  }
}

function validToken(at: string, token: string): void {
  if (typeof token !== 'string' || token === '') {
    const rule = 'a token is a text';
    throw new EdgeError('EDGE_ERR_ALB_AUTH', { at, value: token === '' ? token : typeof token, rule, fix: DRAW });
  }
  whenKnown([token], ([known = '']) => validateStrength(at, known));
}

function validateStrength(at: string, token: string): void {
  const value = `a text of ${token.length} characters`;
  const rule = albTokenProblem(token);
  if (rule) throw new EdgeError('EDGE_ERR_ALB_LIMIT', { at, value, rule, fix: DRAW });
  const bits = estimatedBits(token);
  if (bits >= LEAST_BITS) return;
  throw new EdgeError('EDGE_ERR_ALB_AUTH', {
    at,
    value,
    rule: `it has at most ${bits} bits of chance in it (case does not count), and a token has at least ${LEAST_BITS}`,
    fix: DRAW,
  });
}

/** What a header token must have at least. `openssl rand -hex 16` has about 117 by this estimate. */
export const LEAST_BITS = 80;

/**
 * Bits it takes to guess a token at most: text that people think up may have far fewer.
 *
 * Load balancers ignore the case of header values. Repetitions and sequences count for what they are: the second is
 * seen in the steps between neighbouring characters.
 */
export function estimatedBits(token: string): number {
  const text = token.toLowerCase().replace(/^(.+?)\1+$/s, '$1');
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, i) => code - (codes[i] ?? 0));
  return Math.floor(Math.min(information(codes), information(steps)));
}

/** Shannon's information of a sequence, by the frequencies within it. */
function information(symbols: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const symbol of symbols) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits + count * Math.log2(symbols.length / count), 0);
}

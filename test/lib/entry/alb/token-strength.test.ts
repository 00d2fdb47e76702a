import { describe, expect, it } from 'vitest';
import { estimatedBits, LEAST_BITS } from '../../../../lib/entry/alb/token-strength';
import { TOKENS } from '../../support/alb';

describe('estimatedBits', () => {
  it.each([...TOKENS, '3f2b8c1e-9d47-4a6b-8e05-71c2f9a4d63b', 'qX7pL2vTz9RkWm4sYb8NcQ=='])(
    'finds %s strong enough',
    (token) => {
      expect(estimatedBits(token)).toBeGreaterThanOrEqual(LEAST_BITS);
    },
  );

  it.each([
    'token1',
    'token2',
    '12341234',
    'changeme',
    'x-api-key',
    'a'.repeat(128),
    'abcabcabcabcabcabcabcabcabcabcab',
    'abcdefghijklmnopqrstuvwxyz0123456789',
    '0123456789abcdef0123456789abcdef',
    '4be1c0fa4be1c0fa4be1c0fa4be1c0fa',
  ])('finds %s too weak', (token) => {
    expect(estimatedBits(token)).toBeLessThan(LEAST_BITS);
  });

  it('does not count case, as load balancers ignore it', () => {
    expect(estimatedBits('aAaAaAaAaAaAaAaA')).toBe(0);
  });

  it('of nothing is nothing', () => {
    expect(estimatedBits('')).toBe(0);
  });
});

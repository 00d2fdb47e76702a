import { describe, expect, it } from 'vitest';
import { fullJitter } from '../../../bridge/pacing/backoff';

const least = () => 0;
const most = () => 1;

describe('fullJitter', () => {
  it.each([0, 1, 5, 1_000])('never waits less than half of minMs (attempt %i)', (attempt) => {
    expect(fullJitter(attempt, 250, 30_000, least)).toBe(125);
  });

  it.each([
    [0, 250],
    [1, 500],
    [2, 1_000],
    [6, 16_000],
  ])('doubles the upper bound with each attempt (attempt %i: %i ms)', (attempt, upper) => {
    expect(fullJitter(attempt, 250, 30_000, most)).toBe(upper);
  });

  it.each([7, 30, 31, 5_000])('never waits longer than maxMs (attempt %i)', (attempt) => {
    expect(fullJitter(attempt, 250, 30_000, most)).toBe(30_000);
  });

  it('spreads over the whole range', () => {
    const waits = [0, 0.25, 0.5, 0.75, 1].map((drawn) => fullJitter(2, 200, 10_000, () => drawn));

    expect(waits).toEqual([100, 275, 450, 625, 800]);
  });

  it('waits whole milliseconds', () => {
    expect(fullJitter(0, 251, 30_000, () => 1 / 3)).toBe(167);
  });

  it('obeys maxMs where it is smaller than minMs', () => {
    expect([least, most].map((random) => fullJitter(3, 5_000, 100, random))).toEqual([100, 100]);
  });

  it('draws its own random number', () => {
    const waits = new Set(Array.from({ length: 50 }, () => fullJitter(6, 250, 30_000)));

    expect(waits.size).toBeGreaterThan(1);
    for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(125);
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(16_000);
  });
});

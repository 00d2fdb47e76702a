import { describe, expect, it } from 'vitest';
import { parseBridgeConfig } from '../../../bridge';
import { configInput, routeConfig, routeInput } from '../support/config';

type Batch = NonNullable<Parameters<typeof routeConfig>[0]>['batch'];

function problemOf(batch: object): string {
  try {
    parseBridgeConfig(configInput({ routes: [routeInput({ batch: batch as Batch })] }));
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('batch', () => {
  it('is off unless a route has it', () => {
    expect(routeConfig().batch).toBeUndefined();
  });

  it('fills in the defaults', () => {
    expect(routeConfig({ batch: {} }).batch).toStrictEqual({ maxItems: 16, maxDelayMs: 5, maxBytes: 1_048_576 });
  });

  it('keeps every value that is given', () => {
    const batch = { maxItems: 32, maxDelayMs: 20, maxBytes: 65_536 };

    expect(routeConfig({ batch }).batch).toStrictEqual(batch);
  });

  it.each([
    { maxItems: 2 },
    { maxItems: 10_000 },
    { maxDelayMs: 0 },
    { maxDelayMs: 1_000 },
    { maxBytes: 1 },
    { maxBytes: 268_435_455 },
  ])('takes %j', (batch) => {
    expect(problemOf(batch)).toBe('none');
  });

  it.each([
    { maxItems: 1 },
    { maxItems: 10_001 },
    { maxDelayMs: -1 },
    { maxDelayMs: 1_001 },
    { maxDelayMs: 0.5 },
    { maxBytes: 0 },
    { maxBytes: 268_435_456 },
    { maxLatency: 5 },
  ])('refuses %j', (batch) => {
    expect(problemOf(batch)).toMatch(/routes\[0\]\.batch/);
  });
});

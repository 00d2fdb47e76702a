import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CircuitBreaker } from '../../../bridge/pacing/circuit-breaker';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function breaker() {
  const changes: boolean[] = [];
  const circuit = new CircuitBreaker({ failures: 3, openMs: 1_000, changed: (open) => changes.push(open) });
  return { circuit, changes };
}

function failing(times: number) {
  const parts = breaker();
  for (let i = 0; i < times; i += 1) parts.circuit.failed();
  return parts;
}

describe('CircuitBreaker', () => {
  it('allows calls until there were so many failures in a row', async () => {
    const { circuit, changes } = failing(2);

    expect([circuit.isOpen, await circuit.allows(0), changes]).toStrictEqual([false, true, []]);
  });

  it('forgets failures when a call succeeds', () => {
    const { circuit } = failing(2);

    circuit.succeeded();
    circuit.failed();
    circuit.failed();

    expect(circuit.isOpen).toBe(false);
  });

  it('holds calls back after that, and says so once', async () => {
    const { circuit, changes } = failing(5);

    const allowed = circuit.allows(500);
    await vi.advanceTimersByTimeAsync(600);

    expect([await allowed, changes]).toStrictEqual([false, [true]]);
  });

  it('lets a single call through after its time, and makes the others wait for what comes of it', async () => {
    const { circuit } = failing(3);

    const held = [circuit.allows(10_000), circuit.allows(10_000)];
    let through = 0;
    for (const call of held) void call.then((allowed) => (through += allowed ? 1 : 0));
    await vi.advanceTimersByTimeAsync(1_500);

    expect(through).toBe(1);
  });

  it('lets all calls through when that one succeeds', async () => {
    const { circuit, changes } = failing(3);
    const held = [circuit.allows(10_000), circuit.allows(10_000), circuit.allows(10_000)];
    await vi.advanceTimersByTimeAsync(1_500);

    circuit.succeeded();
    await vi.advanceTimersByTimeAsync(1);

    expect([await Promise.all(held), circuit.isOpen, changes]).toStrictEqual([
      [true, true, true],
      false,
      [true, false],
    ]);
  });

  it('holds them back for as long again when that one fails', async () => {
    const { circuit } = failing(3);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await circuit.allows(0)).toBe(true);

    circuit.failed();
    const next = circuit.allows(900);
    await vi.advanceTimersByTimeAsync(950);

    expect(await next).toBe(false);
  });

  it('lets another one through when nothing is heard of it', async () => {
    const { circuit } = failing(3);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await circuit.allows(0)).toBe(true);

    const next = circuit.allows(1_500);
    await vi.advanceTimersByTimeAsync(1_200);

    expect(await next).toBe(true);
  });
});

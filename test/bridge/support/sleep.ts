/**
 * Stands in for node:timers/promises, whose `setTimeout` vitest's fake timers do not reach:
 *
 *     vi.mock('node:timers/promises', () => import('../support/sleep.js'));
 */
export function setTimeout<T>(milliseconds: number, value?: T): Promise<T | undefined> {
  return new Promise((resolve) => {
    globalThis.setTimeout(resolve, milliseconds, value);
  });
}

import { describe, expect, it } from 'vitest';
import { Lanes } from '../../../bridge/delivery/lanes';
import { settle } from '../support/deferred';

function started(lanes: Lanes) {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const run = (key: string, name: string) => {
    const end = Promise.withResolvers<void>();
    ends.set(name, end);
    return lanes.run(key, () => {
      begun.push(name);
      return end.promise;
    });
  };
  return { begun, run, ends };
}

describe('Lanes', () => {
  it('does work of one key one after the other, in the order it came', async () => {
    const { begun, run, ends } = started(new Lanes());

    void run('a', '1');
    void run('a', '2');
    await settle();
    const before = [...begun];
    ends.get('1')?.resolve();
    await settle();

    expect([before, begun]).toStrictEqual([['1'], ['1', '2']]);
  });

  it('does work of different keys side by side', async () => {
    const { begun, run } = started(new Lanes());

    void run('a', '1');
    void run('b', '2');
    await settle();

    expect(begun).toStrictEqual(['1', '2']);
  });

  it('goes on after work that fails', async () => {
    const { begun, run, ends } = started(new Lanes());

    const first = run('a', '1').catch(() => undefined);
    void run('a', '2');
    ends.get('1')?.reject(new Error('no'));
    await first;
    await settle();

    expect(begun).toStrictEqual(['1', '2']);
  });

  it('forgets keys that have nothing to do', async () => {
    const lanes = new Lanes();

    await lanes.run('a', async () => undefined);
    await settle();

    expect(lanes.size).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { Slots } from '../../../bridge/pacing/slots';
import { settle } from '../support/deferred';

/** Pieces of work that begin in `begun` and end when told to. */
function pieces(slots: Slots) {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const use = (name: string) => {
    const end = Promise.withResolvers<string>();
    ends.set(name, end);
    return slots.use(() => {
      begun.push(name);
      return end.promise;
    });
  };
  return { begun, use, end: (name: string) => ends.get(name) as PromiseWithResolvers<string> };
}

describe('Slots', () => {
  it('starts as much work as there are places, and no more', async () => {
    const { begun, use } = pieces(new Slots(2));

    for (const name of ['a', 'b', 'c', 'd']) void use(name);
    await settle();

    expect(begun).toEqual(['a', 'b']);
  });

  it('starts work at once while a place is free', () => {
    const { begun, use } = pieces(new Slots(1));

    void use('a');

    expect(begun).toEqual(['a']);
  });

  it('serves those who wait in the order they came', async () => {
    const { begun, use, end } = pieces(new Slots(1));
    for (const name of ['a', 'b', 'c']) void use(name);

    end('a').resolve('');
    await settle();
    expect(begun).toEqual(['a', 'b']);

    end('b').resolve('');
    await settle();
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('gives back what the work gave', async () => {
    const { use, end } = pieces(new Slots(1));
    const used = use('a');

    end('a').resolve('result');

    await expect(used).resolves.toBe('result');
  });

  it('frees the place of work that failed', async () => {
    const { begun, use, end } = pieces(new Slots(1));
    const used = use('a');
    void use('b');

    end('a').reject(new Error('no'));

    await expect(used).rejects.toThrow('no');
    await settle();
    expect(begun).toEqual(['a', 'b']);
  });

  it('has all its places again once everybody is gone', async () => {
    const slots = new Slots(2);
    await Promise.all([1, 2, 3, 4, 5].map((n) => slots.use(async () => n)));
    const { begun, use } = pieces(slots);

    for (const name of ['a', 'b', 'c']) void use(name);
    await settle();

    expect(begun).toEqual(['a', 'b']);
  });
});

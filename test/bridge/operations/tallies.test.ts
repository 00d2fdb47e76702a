import { Counter, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { TalliedCounter, TalliedHistogram } from '../../../bridge/operations/tallies';

const CALLS = { name: 'calls_total', help: 'Calls.', labelNames: ['route', 'code'] as const };
const SECONDS = { name: 'seconds', help: 'Time.', labelNames: ['route'] as const, buckets: [0.1, 1, 10] };

/** The page of prom-client's own metric, and that of ours, after the same was seen. */
async function pages(own: (registers: Registry[]) => void, tallied: (registers: Registry[]) => void) {
  const registries = [new Registry(), new Registry()] as const;
  own([registries[0]]);
  tallied([registries[1]]);
  const read = () => Promise.all(registries.map((registry) => registry.metrics()));
  await read();
  const [expected, found] = await read();
  return { expected, found };
}

describe('TalliedCounter', () => {
  it('is read as one of prom-client, however often', async () => {
    const seen = [
      ['iris', '200'],
      ['iris', '503'],
      ['iris', '200'],
      ['mnist', '200'],
    ] as const;

    const { expected, found } = await pages(
      (registers) => {
        const counter = new Counter({ ...CALLS, registers });
        for (const [route, code] of seen) counter.inc({ route, code });
      },
      (registers) => {
        const counter = new TalliedCounter({ ...CALLS, registers });
        for (const [route, code] of seen) counter.count(route, code);
      },
    );

    expect(found).toBe(expected);
  });

  it('knows the totals of its first label', () => {
    const counter = new TalliedCounter({ ...CALLS, registers: [] });

    counter.count('iris', '200');
    counter.count('iris', '503');
    counter.count('mnist', '200');

    expect(Object.fromEntries(counter.totals())).toEqual({ iris: 2, mnist: 1 });
  });
});

describe('what is expected of a TalliedCounter', () => {
  it('is there with 0, and does not begin anew', async () => {
    const registers = [new Registry()] as const;
    const counter = new TalliedCounter({ ...CALLS, registers: [...registers] });

    counter.expect('iris', '200');
    counter.count('iris', '503');
    counter.expect('iris', '503');

    const lines = (await registers[0].metrics()).split('\n').filter((line) => line.startsWith('calls_total'));
    expect(lines).toStrictEqual(['calls_total{route="iris",code="200"} 0', 'calls_total{route="iris",code="503"} 1']);
  });
});

describe('TalliedHistogram', () => {
  it('is read as one of prom-client: with bounds that belong to their bucket, and what is above all of them', async () => {
    const seen = [0.05, 0.1, 0.11, 1, 10, 10.5, 300];

    const { expected, found } = await pages(
      (registers) => {
        const histogram = new Histogram({ ...SECONDS, registers });
        for (const seconds of seen) histogram.observe({ route: 'iris' }, seconds);
        histogram.observe({ route: 'mnist' }, 2);
      },
      (registers) => {
        const histogram = new TalliedHistogram({ ...SECONDS, registers });
        for (const seconds of seen) histogram.record(seconds, 'iris');
        histogram.record(2, 'mnist');
      },
    );

    expect(found).toBe(expected);
  });
});

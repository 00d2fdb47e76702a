import { ApiObject, Chart } from 'cdk8s';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EdgeApp } from '../../lib';
import { objectGraph } from '../../lib/pulumi/object-graph';
import { renderObjects } from '../../lib/synth/rendered-objects';

/** For each object the earlier ones that it was declared to depend on. */
const declarations = fc
  .integer({ min: 1, max: 12 })
  .chain((size) => fc.tuple(...Array.from({ length: size }, (_, i) => fc.subarray([...Array(i).keys()]))));

type Edges = readonly (readonly number[])[];

/** All that each one waits for, however far. */
function reachOf(edges: Edges): Set<number>[] {
  const reach: Set<number>[] = [];
  for (const before of edges) {
    reach.push(new Set(before.flatMap((other) => [other, ...(reach[other] ?? [])])));
  }
  return reach;
}

function reduced(declared: Edges): number[][] {
  const chart = new Chart(new EdgeApp(), 'chart');
  const objects = declared.map(
    (_, i) =>
      new ApiObject(chart, `object-${i}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `object-${i}` } }),
  );
  for (const [i, before] of declared.entries()) {
    for (const other of before) objects[i]?.addDependency(objects[other] as ApiObject);
  }
  const { dependencies, circles } = objectGraph(renderObjects(chart.node.root).objects);
  expect(circles).toStrictEqual([]);
  return objects.map((object) => (dependencies.get(object) ?? []).map((other) => objects.indexOf(other)));
}

it('keeps what every object waits for, and says nothing twice', () => {
  fc.assert(
    fc.property(declarations, (declared) => {
      const kept = reduced(declared);

      const reach = reachOf(declared);
      expect(reachOf(kept)).toStrictEqual(reach);
      for (const before of kept) {
        const needless = before.filter((one) => before.some((other) => reach[other]?.has(one)));
        expect(needless).toStrictEqual([]);
      }
    }),
    { seed: 5, numRuns: 200 },
  );
});

it('lists every object after those it waits for', () => {
  const chart = new Chart(new EdgeApp(), 'chart');
  const [a, b] = ['a', 'b'].map(
    (id) => new ApiObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: id } }),
  ) as [ApiObject, ApiObject];
  a.addDependency(b);

  const { dependencies } = objectGraph(renderObjects(chart.node.root).objects);

  expect([...dependencies]).toStrictEqual([
    [b, []],
    [a, [b]],
  ]);
});

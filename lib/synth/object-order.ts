import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';

/**
 * The objects of each chart, every object after those it depends on, otherwise in the order they were made.
 *
 * cdk8s walks every path of the dependency graph, which takes exponential time; this visits each construct once.
 */
export function orderedObjects(root: IConstruct): Map<Chart, ApiObject[]> {
  const ordered = new Map<Chart, ApiObject[]>(sortedCharts(root).map((chart) => [chart, []]));
  const visited = new Set<IConstruct>();
  const visit = (construct: IConstruct) => {
    if (visited.has(construct)) return;
    visited.add(construct);
    for (const scope of construct.node.scopes) {
      for (const dependency of scope.node.dependencies) visit(dependency);
    }
    if (ApiObject.isApiObject(construct)) ordered.get(Chart.of(construct))?.push(construct);
    for (const child of construct.node.children) visit(child);
  };
  visit(root);
  return ordered;
}

/** Every chart after those it depends on; a circle is cut where it closes. */
export function sortedCharts(root: IConstruct): Chart[] {
  const ordered = new Set<Chart>();
  const entered = new Set<Chart>();
  const visit = (chart: Chart) => {
    if (entered.has(chart)) return;
    entered.add(chart);
    for (const dependency of chart.node.dependencies) {
      if (Chart.isChart(dependency)) visit(dependency);
    }
    ordered.add(chart);
  };
  for (const construct of root.node.findAll()) {
    if (Chart.isChart(construct)) visit(construct);
  }
  return [...ordered];
}

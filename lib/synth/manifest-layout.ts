import { Chart, Names } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { describe } from '../errors';
import { NAMESPACES_CHART } from '../kubernetes/namespaces';
import { PartialObject } from '../kubernetes/partial-object';
import { chartOrder } from './apply-order';
import { circleProblem } from './checked-objects';
import type { Manifest } from './manifest';
import type { RenderedObjects } from './rendered-objects';

/** `kubectl apply -f` follows the names of files, and does not look into folders. */
const PATCHES = 'patches';
const EXTENSION = '.k8s.yaml';

/** A file as it is written, and whose objects are in it. */
export interface ManifestFile {
  readonly name: string;
  /** Path of the chart, or of the one object. */
  readonly owner: string;
  readonly objects: Manifest[];
}

/** The files of a tree, and what is wrong with their names, or with the order of the charts. */
export interface ManifestLayout {
  readonly files: ManifestFile[];
  readonly problems: string[];
}

/** The charts of a tree, each after those it depends on, and the one with the namespaces before all others. */
export function sortedCharts(root: IConstruct): Chart[] {
  const steps = [...chartOrder(root).steps];
  return steps.sort(([a, step], [b, other]) => number(a, step) - number(b, other)).map(([chart]) => chart);
}

/**
 * What is written where: a file per chart, with a number before its name that says when it is applied, and one in
 * `patches/` for each object of which only some fields are the app's.
 */
export function manifestLayout(root: IConstruct, { objects, circles }: RenderedObjects): ManifestLayout {
  const charts = chartOrder(root);
  const contents = new Map<Chart, Manifest[]>(sortedCharts(root).map((chart) => [chart, []]));
  const patches: ManifestFile[] = [];
  for (const { object, manifest } of objects) {
    if (PartialObject.isPartialObject(object)) patches.push(patchFile(manifest));
    else contents.get(Chart.of(object))?.push(manifest);
  }
  const files = [...contents]
    .filter(([chart, objects]) => chart.node.path !== NAMESPACES_CHART || objects.length > 0)
    .map(([chart, objects]) => ({
      name: fileName(chart, charts.steps.get(chart) ?? 0),
      owner: chart.node.path,
      objects,
    }));
  const all = [...files, ...patches];
  // Objects in a circle bring their charts into one.
  const chartCircles = circles.length > 0 ? [] : charts.circles;
  return { files: all, problems: [...sharedNames(all), ...chartCircles.map(circleProblem)] };
}

function number(chart: Chart, step: number): number {
  return chart.node.path === NAMESPACES_CHART ? 0 : step + 1;
}

function fileName(chart: Chart, step: number): string {
  if (chart.node.path === NAMESPACES_CHART) return `${NAMESPACES_CHART}${EXTENSION}`;
  return `${String(number(chart, step)).padStart(2, '0')}-${Names.toDnsLabel(chart)}${EXTENSION}`;
}

function patchFile(manifest: Manifest): ManifestFile {
  const { kind, metadata } = manifest.json;
  const parts = [kind.toLowerCase(), metadata.namespace, metadata.name].filter((part) => part !== undefined);
  return { name: `${PATCHES}/${parts.join('.')}.yaml`, owner: manifest.path, objects: [manifest] };
}

function sharedNames(files: readonly ManifestFile[]): string[] {
  const owners = new Map<string, string>();
  const problems: string[] = [];
  for (const { name, owner } of files) {
    const other = owners.get(name);
    if (other !== undefined) {
      const problem = describe('EDGE_ERR_FILE_DUPLICATE', {
        at: 'the file of a chart',
        value: name,
        rule: `[${other}] is written to it`,
        fix: 'Give the chart another id',
      });
      problems.push(`[${owner}] ${problem}`);
    }
    owners.set(name, owner);
  }
  return problems;
}

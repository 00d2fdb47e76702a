import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ApiObject, App, type Chart, type IResolver, Names, Yaml } from 'cdk8s';
import { describe, EdgeValidationError } from '../errors';
import { NAMESPACES_CHART } from '../kubernetes/namespaces';
import { type Manifest, manifestProblems } from '../synth/manifest-checks';
import { orderedObjects, sortedCharts } from '../synth/object-order';
import { sideFiles } from '../synth/side-files';

export interface EdgeAppProps {
  /** Folder for the manifests. @default - what `cdk8s synth` asks for, else 'dist' */
  readonly outdir?: string;
  /** Turn values of other frameworks into plain ones. @default - none */
  readonly resolvers?: IResolver[];
}

/**
 * A cdk8s app that is checked as a whole.
 *
 * It writes one file per chart, named after the chart and nothing else, so that adding a chart renames no file; the
 * file with the namespaces comes first in the alphabet, so that `kubectl apply -f` creates them first. It reports all
 * problems of the tree together. The time it takes grows with the number of objects, not with the paths between them.
 */
export class EdgeApp extends App {
  readonly #recordConstructMetadata: boolean;

  constructor(props: EdgeAppProps = {}) {
    super({ outdir: props.outdir, resolvers: props.resolvers });
    this.#recordConstructMetadata = process.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true';
  }

  /** All charts, each after those it depends on; the one with the namespaces first. */
  override get charts(): Chart[] {
    const charts = sortedCharts(this);
    const namespaces = charts.filter(({ node }) => node.path === NAMESPACES_CHART);
    return [...namespaces, ...charts.filter((chart) => !namespaces.includes(chart))];
  }

  /**
   * Writes the manifests.
   *
   * @throws EdgeValidationError with every problem of the tree; then nothing is written
   */
  override synth(): void {
    const files = this.#files();
    mkdirSync(this.outdir, { recursive: true });
    for (const { name, objects } of files) {
      writeFileSync(path.join(this.outdir, name), Yaml.stringify(...objects.map(({ json }) => json)));
    }
    for (const [name, content] of sideFiles(this)) writeFileSync(path.join(this.outdir, name), content);
    if (this.#recordConstructMetadata) this.#writeConstructMetadata(files.flatMap(({ objects }) => objects));
  }

  /**
   * All manifests as one YAML text.
   *
   * @throws EdgeValidationError with every problem of the tree
   */
  override synthYaml(): string {
    return Yaml.stringify(...this.#files().flatMap(({ objects }) => objects.map(({ json }) => json)));
  }

  #files(): ManifestFile[] {
    const problems = this.node.findAll().flatMap(({ node }) => node.validate().map((text) => `[${node.path}] ${text}`));
    const objects = orderedObjects(this);
    const files = this.charts
      .map((chart) => this.#file(chart, objects.get(chart) ?? []))
      .filter(({ chart, objects }) => chart !== NAMESPACES_CHART || objects.length > 0);
    problems.push(...manifestProblems(files.flatMap(({ objects }) => objects)), ...sharedNames(files));
    if (problems.length > 0) throw new EdgeValidationError(problems);
    return files;
  }

  #file(chart: Chart, objects: ApiObject[]): ManifestFile {
    return {
      chart: chart.node.path,
      name: `${Names.toDnsLabel(chart)}${this.outputFileExtension}`,
      objects: objects.map((object) => ({ path: object.node.path, json: object.toJson() })),
    };
  }

  /** What the cdk8s CLI reads to name constructs in the reports of validation plugins. */
  #writeConstructMetadata(manifests: Manifest[]): void {
    const resources = Object.fromEntries(manifests.map(({ json, path }) => [json.metadata.name, { path }]));
    const file = path.join(this.outdir, 'construct-metadata.json');
    writeFileSync(file, JSON.stringify({ version: '1.0.0', resources }));
  }
}

interface ManifestFile {
  readonly chart: string;
  readonly name: string;
  readonly objects: Manifest[];
}

function sharedNames(files: ManifestFile[]): string[] {
  const owners = new Map<string, string>();
  const problems: string[] = [];
  for (const { name, chart } of files) {
    const owner = owners.get(name);
    if (owner !== undefined) {
      const problem = describe('EDGE_ERR_FILE_DUPLICATE', {
        at: 'the file of a chart',
        value: name,
        rule: `chart [${owner}] is written to it`,
        fix: 'Give the chart another id',
      });
      problems.push(`[${chart}] ${problem}`);
    }
    owners.set(name, chart);
  }
  return problems;
}

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { App, type Chart, type IResolver, Yaml } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { EdgeErrorCode } from '../error-codes';
import { EdgeValidationError } from '../errors';
import { acceptProblem } from '../synth/accepted-problems';
import { checkObjects } from '../synth/checked-objects';
import type { Manifest } from '../synth/manifest';
import { type ManifestFile, manifestLayout, sortedCharts } from '../synth/manifest-layout';
import { type OrderAnnotation, wantOrderAnnotations } from '../synth/order-annotations';
import { sideFiles } from '../synth/side-files';
import { warningsOf } from '../synth/warnings';

export interface EdgeAppProps {
  /** Folder for the manifests. @default - what `cdk8s synth` asks for, else 'dist' */
  readonly outdir?: string;
  /** Turn values of other frameworks into plain ones. @default - none */
  readonly resolvers?: IResolver[];
  /**
   * Tools that are told through annotations in which order objects are applied. `kubectl apply -f` needs none: it
   * follows the names of the files.
   *
   * @default - none
   */
  readonly orderAnnotations?: OrderAnnotation[];
}

/**
 * A cdk8s app that is checked as a whole.
 *
 * It writes one file per chart, named after the chart, with a number in front that says when it is applied: `00` for
 * the namespaces, `01` for charts that depend on no other, `02` for those that depend on these. A number changes only
 * when what its chart depends on does. All problems of the tree are reported together. The time it takes grows with the
 * number of objects, not with the paths between them.
 */
export class EdgeApp extends App {
  /**
   * Lets the objects of a construct be what a check of finished manifests would refuse: an API version that only an old
   * cluster serves, for instance.
   *
   * @param reason why it is right here, for whoever reads the stack
   */
  static accept(construct: IConstruct, code: EdgeErrorCode, reason: string): void {
    acceptProblem(construct, code, reason);
  }

  readonly #recordConstructMetadata: boolean;

  constructor(props: EdgeAppProps = {}) {
    super({ outdir: props.outdir, resolvers: props.resolvers });
    this.#recordConstructMetadata = process.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true';
    wantOrderAnnotations(this, props.orderAnnotations ?? []);
  }

  /** All charts, each after those it depends on; the one with the namespaces first. */
  override get charts(): Chart[] {
    return sortedCharts(this);
  }

  /** What is allowed and yet worth knowing, as `[construct path] text`. `synth()` prints it to standard error. */
  get warnings(): string[] {
    return warningsOf(this);
  }

  /**
   * Writes the manifests, and into the folder `patches` what is added to objects that others own.
   *
   * @throws EdgeValidationError with every problem of the tree; then nothing is written
   */
  override synth(): void {
    const files = this.#files();
    mkdirSync(this.outdir, { recursive: true });
    for (const { name, objects } of files) this.#write(name, Yaml.stringify(...objects.map(({ json }) => json)));
    for (const [name, content] of sideFiles(this)) this.#write(name, content);
    if (this.#recordConstructMetadata) this.#writeConstructMetadata(files.flatMap(({ objects }) => objects));
    for (const warning of this.warnings) console.warn(`warning: ${warning}`);
  }

  /**
   * All manifests as one YAML text, and at its end what is added to objects that others own.
   *
   * @throws EdgeValidationError with every problem of the tree
   */
  override synthYaml(): string {
    return Yaml.stringify(...this.#files().flatMap(({ objects }) => objects.map(({ json }) => json)));
  }

  #files(): ManifestFile[] {
    const checked = checkObjects(this, { late: false });
    const { files, problems } = manifestLayout(this, checked);
    const all = [...checked.problems, ...problems];
    if (all.length > 0) throw new EdgeValidationError(all);
    return files;
  }

  #write(name: string, content: string): void {
    const file = path.join(this.outdir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** What the cdk8s CLI reads to name constructs in the reports of validation plugins. */
  #writeConstructMetadata(manifests: Manifest[]): void {
    const resources = Object.fromEntries(manifests.map(({ json, path }) => [json.metadata.name, { path }]));
    const file = path.join(this.outdir, 'construct-metadata.json');
    writeFileSync(file, JSON.stringify({ version: '1.0.0', resources }));
  }
}

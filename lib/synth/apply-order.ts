import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';

const AFTER = Symbol.for('cdk8s-edge-inference.applyAfter');

interface Ordered {
  [AFTER]?: Set<IConstruct>;
}

/**
 * Declares that everything in `construct` is applied after everything in `others`.
 *
 * It means the same as `construct.node.addDependency(..)`, which EdgeApp reads too; but a plain cdk8s App walks every
 * path between such dependencies, which takes exponential time, and it never meets these.
 */
export function applyAfter(construct: IConstruct, ...others: IConstruct[]): void {
  const ordered = construct as Ordered;
  ordered[AFTER] ??= new Set();
  for (const other of others) ordered[AFTER].add(other);
}

/** What was declared for this construct itself, with either of the two. */
export function dependenciesOf(construct: IConstruct): IConstruct[] {
  return [...new Set([...construct.node.dependencies, ...((construct as Ordered)[AFTER] ?? [])])];
}

/** What was found about the order of objects or charts. */
export interface ApplyOrder<T> {
  /** The step of each: greater than those of all it depends on. */
  readonly steps: ReadonlyMap<T, number>;
  /** Constructs that depend on each other, each list from one of them around to it again. */
  readonly circles: readonly (readonly IConstruct[])[];
}

/** The order of all objects of a tree. Takes time in proportion to constructs and declared dependencies. */
export function applyOrder(root: IConstruct): ApplyOrder<ApiObject> {
  return new StepFinder(root).find();
}

class StepFinder {
  readonly #starts = new Map<IConstruct, number>();
  readonly #ends = new Map<IConstruct, number>();
  /** What is being looked at, outermost first. */
  readonly #open = new Set<IConstruct>();
  readonly #circles: IConstruct[][] = [];

  constructor(readonly root: IConstruct) {}

  find(): ApplyOrder<ApiObject> {
    this.#end(this.root);
    const objects = this.root.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
    return { steps: new Map(objects.map((object) => [object, this.#start(object)])), circles: this.#circles };
  }

  /** The first step at which anything in the construct may be applied. */
  #start(construct: IConstruct): number {
    const known = this.#starts.get(construct);
    if (known !== undefined) return known;
    const scope = construct === this.root ? undefined : construct.node.scope;
    const outer = scope ? this.#start(scope) : 0;
    const start = dependenciesOf(construct).reduce((latest, other) => Math.max(latest, this.#end(other)), outer);
    this.#starts.set(construct, start);
    return start;
  }

  /** The first step after everything in the construct. */
  #end(construct: IConstruct): number {
    const known = this.#ends.get(construct);
    if (known !== undefined) return known;
    if (this.#open.has(construct)) {
      this.#circles.push(circleIn([...this.#open], construct));
      return 0;
    }
    this.#open.add(construct);
    const own = this.#start(construct) + (ApiObject.isApiObject(construct) ? 1 : 0);
    const end = construct.node.children.reduce((latest, child) => Math.max(latest, this.#end(child)), own);
    this.#open.delete(construct);
    this.#ends.set(construct, end);
    return end;
  }
}

/** The order of all charts: each after every chart with something that it, or anything in it, depends on. */
export function chartOrder(root: IConstruct): ApplyOrder<Chart> {
  const before = chartsBefore(root);
  const steps = new Map<Chart, number>();
  const open = new Set<Chart>();
  const circles: Chart[][] = [];
  const step = (chart: Chart): number => {
    const known = steps.get(chart);
    if (known !== undefined) return known;
    if (open.has(chart)) {
      circles.push(circleIn([...open], chart));
      return 0;
    }
    open.add(chart);
    const found = [...(before.get(chart) ?? [])].reduce((highest, other) => Math.max(highest, step(other) + 1), 0);
    open.delete(chart);
    steps.set(chart, found);
    return found;
  };
  for (const chart of before.keys()) step(chart);
  return { steps, circles };
}

function circleIn<T extends IConstruct>(open: T[], again: T): T[] {
  return [...open.slice(open.indexOf(again)), again];
}

/** Each chart of the tree, in the order they were made, with the charts it depends on. */
function chartsBefore(root: IConstruct): Map<Chart, Set<Chart>> {
  const before = new Map<Chart, Set<Chart>>();
  const chartsIn = new Map<IConstruct, Chart[]>();
  for (const construct of root.node.findAll()) {
    const chart = chartOf(construct);
    if (!chart) continue;
    const others = before.get(chart) ?? new Set();
    before.set(chart, others);
    for (const dependency of dependenciesOf(construct)) {
      const charts = chartsIn.get(dependency) ?? chartsOf(dependency);
      chartsIn.set(dependency, charts);
      for (const other of charts) if (other !== chart) others.add(other);
    }
  }
  return before;
}

function chartOf(construct: IConstruct): Chart | undefined {
  return construct.node.scopes.toReversed().find((scope) => Chart.isChart(scope)) as Chart | undefined;
}

/** The chart that a construct is in, and the charts in it. */
function chartsOf(construct: IConstruct): Chart[] {
  const outer = chartOf(construct);
  const inner = construct.node.findAll().filter((child) => Chart.isChart(child));
  return outer ? [outer, ...inner] : inner;
}

import { Counter, type CounterConfiguration, Histogram, type HistogramConfiguration } from 'prom-client';

/** A cell for each combination of the values of labels, found without putting a key together. */
class Cells<Cell> {
  readonly #create: () => Cell;
  readonly #branches = new Map<string, Cells<Cell>>();
  #cell: Cell | undefined;

  constructor(create: () => Cell) {
    this.#create = create;
  }

  at(values: readonly string[], depth = 0): Cell {
    const value = values[depth];
    if (value === undefined) {
      this.#cell ??= this.#create();
      return this.#cell;
    }
    let branch = this.#branches.get(value);
    if (!branch) {
      branch = new Cells(this.#create);
      this.#branches.set(value, branch);
    }
    return branch.at(values, depth + 1);
  }

  *all(path: readonly string[] = []): Generator<[readonly string[], Cell]> {
    if (this.#cell !== undefined) yield [path, this.#cell];
    for (const [value, branch] of this.#branches) yield* branch.all([...path, value]);
  }
}

/**
 * A counter for what happens with every message: prom-client checks labels and puts them together for each count, this
 * one only when somebody asks.
 */
export class TalliedCounter<Label extends string> extends Counter<Label> {
  readonly #labelNames: readonly Label[];
  readonly #cells = new Cells(() => ({ count: 0 }));

  constructor(configuration: CounterConfiguration<Label>) {
    super(configuration);
    this.#labelNames = configuration.labelNames ?? [];
  }

  /** @param values of all labels, in their order */
  count(...values: string[]): void {
    this.#cells.at(values).count += 1;
  }

  /** It can be counted, and has not been yet: Prometheus sees a growth only of what was there before. */
  expect(...values: string[]): void {
    this.#cells.at(values);
  }

  /** How often something was counted, by the value of the first label. */
  totals(): Map<string, number> {
    const totals = new Map<string, number>();
    for (const [[first = ''], { count }] of this.#cells.all()) totals.set(first, (totals.get(first) ?? 0) + count);
    return totals;
  }

  override get() {
    this.reset();
    for (const [values, { count }] of this.#cells.all()) this.inc(labelled(this.#labelNames, values), count);
    return super.get();
  }
}

/** The same for a histogram. */
export class TalliedHistogram<Label extends string> extends Histogram<Label> {
  readonly #configuration: HistogramConfiguration<Label>;
  readonly #bounds: readonly number[];
  readonly #cells: Cells<{ sum: number; readonly counts: number[] }>;

  constructor(configuration: HistogramConfiguration<Label> & { readonly buckets: number[] }) {
    super(configuration);
    this.#configuration = configuration;
    this.#bounds = configuration.buckets;
    this.#cells = new Cells(() => ({ sum: 0, counts: Array(this.#bounds.length + 1).fill(0) }));
  }

  /** @param values of all labels, in their order */
  record(observed: number, ...values: string[]): void {
    const cell = this.#cells.at(values);
    let bucket = 0;
    while (observed > (this.#bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    cell.counts[bucket] = (cell.counts[bucket] ?? 0) + 1;
    cell.sum += observed;
  }

  /** What the registry, and `get`, ask for in place of what the base class knows. */
  async getForPromString() {
    const { name, help } = this.#configuration;
    const values = [...this.#cells.all()].flatMap(([values, cell]) => this.#samples(name, values, cell));
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }

  /** Prometheus counts in each bucket what is in those before it as well. */
  #samples(name: string, values: readonly string[], { sum, counts }: { sum: number; counts: readonly number[] }) {
    const labels = labelled(this.#configuration.labelNames ?? [], values);
    let count = 0;
    const buckets = counts.map((found, i) => {
      count += found;
      return { metricName: `${name}_bucket`, labels: { le: this.#bounds[i] ?? '+Inf', ...labels }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}

function labelled<Label extends string>(names: readonly Label[], values: readonly string[]): Record<Label, string> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? ''])) as Record<Label, string>;
}

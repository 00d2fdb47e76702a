/** Numbers read from Prometheus text pages, summed over their labels. */
export class Metrics {
  readonly #lines: readonly string[];

  constructor(...pages: string[]) {
    this.#lines = pages.flatMap((page) => page.split('\n')).filter((line) => !line.startsWith('#'));
  }

  /** The numbers of several processes. */
  static joined(metrics: readonly Metrics[]): Metrics {
    return new Metrics(...metrics.flatMap((one) => one.#lines));
  }

  /** @param label only the samples with this label, written as on the page: `outcome="duplicate"` */
  sum(name: string, label = ''): number {
    return this.#lines
      .filter((line) => (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) && line.includes(label))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }
}

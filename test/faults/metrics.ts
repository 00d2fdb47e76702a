/** Numbers read from a Prometheus text page, summed over their labels. */
export class Metrics {
  readonly #lines: readonly string[];

  constructor(page: string) {
    this.#lines = page.split('\n').filter((line) => !line.startsWith('#'));
  }

  /** @param label only the samples with this label, written as on the page: `outcome="duplicate"` */
  sum(name: string, label = ''): number {
    return this.#lines
      .filter((line) => (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) && line.includes(label))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }
}

const EVERY_MS = 500;

/** One line for one scenario; on a terminal it is written again and again while the scenario plays. */
export class Progress {
  readonly #what: string;
  readonly #messages: number;
  readonly #timer: NodeJS.Timeout | undefined;
  #answered = () => 0;

  constructor(what: string, messages: number) {
    this.#what = what;
    this.#messages = messages;
    process.stdout.write(what);
    if (process.stdout.isTTY)
      this.#timer = setInterval(() => process.stdout.write(`\r${what}${this.#count()}`), EVERY_MS);
  }

  follow(answered: () => number): void {
    this.#answered = answered;
  }

  end(verdict: string): void {
    clearInterval(this.#timer);
    process.stdout.write(`${process.stdout.isTTY ? `\r${this.#what}` : ''}${this.#count()}, ${verdict}\n`);
  }

  #count(): string {
    return `: ${this.#answered().toLocaleString('en')} of ${this.#messages.toLocaleString('en')} answered`;
  }
}

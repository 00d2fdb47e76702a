const ON_TERMINAL_MS = 500;
const ELSEWHERE_MS = 15_000;

/** One line for one scenario: on a terminal written again and again, elsewhere with more below it when it takes long. */
export class Progress {
  readonly #what: string;
  readonly #messages: number;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  #answered = () => 0;

  constructor(what: string, messages: number) {
    this.#what = what;
    this.#messages = messages;
    process.stdout.write(what);
    this.#timer = process.stdout.isTTY
      ? setInterval(() => process.stdout.write(`\r${this.#what}: ${this.#count()}`), ON_TERMINAL_MS)
      : setInterval(() => process.stdout.write(`\n  after ${this.#seconds()} s: ${this.#count()}`), ELSEWHERE_MS);
  }

  follow(answered: () => number): void {
    this.#answered = answered;
  }

  end(verdict: string): void {
    clearInterval(this.#timer);
    process.stdout.write(`${process.stdout.isTTY ? `\r${this.#what}` : ''}: ${this.#count()}, ${verdict}\n`);
  }

  #count(): string {
    return `${this.#answered().toLocaleString('en')} of ${this.#messages.toLocaleString('en')} answered`;
  }

  #seconds(): number {
    return Math.round((performance.now() - this.#started) / 1000);
  }
}

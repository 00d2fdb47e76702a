import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const KEPT_LINES = 40;
const STOP_MS = 10_000;

/** A program that runs until it is stopped, and whose last words are kept. */
export class Child {
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #name: string;
  #failure: Error | undefined;

  constructor(name: string, command: string, args: string[], onLine: (line: string) => void = () => undefined) {
    this.#name = name;
    this.#process = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.on('error', (error) => {
      this.#failure = error;
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n').filter(Boolean)) {
          this.#lines.push(line);
          if (this.#lines.length > KEPT_LINES) this.#lines.shift();
          onLine(line);
        }
      });
    }
  }

  /**
   * Waits until the program answers.
   *
   * @param ready asked again and again
   * @throws Error with the program's last lines when it ends, or does not answer in time
   */
  async whenReady(ready: () => Promise<boolean>, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await ready())) {
      const { exitCode, signalCode } = this.#process;
      if (this.#failure) throw new Error(`${this.#name} cannot be started: ${this.#failure.message}`);
      if (exitCode !== null || signalCode !== null) throw this.#problem(`ended with ${exitCode ?? signalCode}`);
      if (Date.now() > deadline) {
        await this.stop();
        throw this.#problem(`was not ready after ${timeoutMs / 1000} s`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits until the program has ended. */
  async ended(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null && !this.#failure) await once(this.#process, 'exit');
  }

  /** Asks the program to end, and makes it end when it does not. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null || this.#failure) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(killer);
  }

  #problem(what: string): Error {
    return new Error(`${this.#name} ${what}. Its last words:\n  ${this.#lines.join('\n  ')}`);
  }
}

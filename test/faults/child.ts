import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { endWithThisProcess } from './leftovers';

const LINES_KEPT = 50;
const END_MS = 20_000;

/** A child process that is waited for, listened to, and ended. */
export class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();

  /** @param name what to call it in messages */
  constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#process = child;
    endWithThisProcess(child);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface(stream).on('line', (line) => this.#hear(line));
    }
  }

  get exitCode(): number | null {
    return this.#process.exitCode;
  }

  get running(): boolean {
    const { pid, exitCode, signalCode } = this.#process;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** The last it said. */
  get lastWords(): string {
    return this.#lines.join('\n');
  }

  /** An error about this process, with the last it said. */
  error(what: string): Error {
    return new Error(`${this.#name} ${what}. Its last words:\n${this.lastWords}`);
  }

  /** Resolves with the first match in what the process says from now on, or has said last. */
  says(pattern: RegExp, withinMs: number): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(this.error(`did not say ${pattern} within ${withinMs} ms`)), withinMs);
      const stop = () => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        this.#process.off('error', fail).off('close', ended);
      };
      const fail = (error: Error) => {
        stop();
        reject(error);
      };
      // Not "exit": what it said before may still be on its way.
      const ended = (code: number | null, signal: NodeJS.Signals | null) =>
        fail(this.error(`ended with ${signal ?? `code ${code}`} before it said ${pattern}`));
      const look = (line: string) => {
        const match = pattern.exec(line);
        if (!match) return;
        stop();
        resolve(match);
      };
      this.#listeners.add(look);
      this.#process.once('error', fail).once('close', ended);
      for (const line of this.#lines) look(line);
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Resolves when the process has ended by itself, and all it said has been heard. */
  async ended(withinMs: number): Promise<void> {
    if (this.running) await once(this.#process, 'close', { signal: AbortSignal.timeout(withinMs) });
  }

  /** @throws Error when the process is still there after 20 s; it is killed then */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) return;
    const exited = once(this.#process, 'exit', { signal: AbortSignal.timeout(END_MS) });
    this.#process.kill(signal);
    try {
      await exited;
    } catch {
      this.#process.kill('SIGKILL');
      throw this.error(`did not end within ${END_MS} ms of ${signal}`);
    }
  }

  #hear(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > LINES_KEPT) this.#lines.shift();
    for (const listener of this.#listeners) listener(line);
  }
}

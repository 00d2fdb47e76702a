import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { endWithThisProcess } from './leftovers';

const LINES_KEPT = 20;
const END_MS = 20_000;

/** A child process that is waited for, listened to, and ended. */
export class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];

  /** @param name what to call it in messages */
  constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#process = child;
    endWithThisProcess(child);
  }

  get exitCode(): number | null {
    return this.#process.exitCode;
  }

  get running(): boolean {
    const { pid, exitCode, signalCode } = this.#process;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** An error about this process, with the last it said. */
  error(what: string): Error {
    return new Error(`${this.#name} ${what}. Its last words:\n${this.#lines.join('\n')}`);
  }

  /** Resolves with the first match in what the process says; to be called once, right after its start. */
  says(pattern: RegExp, withinMs: number): Promise<RegExpExecArray> {
    const { stdout, stderr } = this.#process;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(this.error(`was not up after ${withinMs} ms`)), withinMs);
      const settle = (result: () => void) => {
        clearTimeout(timer);
        result();
      };
      this.#process.once('error', (error) => settle(() => reject(error)));
      this.#process.once('exit', (code, signal) => {
        settle(() => reject(this.error(`ended with ${signal ?? `code ${code}`} before it was up`)));
      });
      for (const stream of [stdout, stderr]) {
        if (!stream) continue;
        createInterface(stream).on('line', (line) => {
          this.#lines.push(line);
          if (this.#lines.length > LINES_KEPT) this.#lines.shift();
          const match = pattern.exec(line);
          if (match) settle(() => resolve(match));
        });
      }
    });
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
}

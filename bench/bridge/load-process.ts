import { type ChildProcess, fork } from 'node:child_process';
import { on } from 'node:events';
import { Child } from '../../test/faults/child';
import type { Measured, Order, Report } from './order';

/** Something that puts load on something else, in a process of its own. */
export class LoadProcess {
  readonly #process: ChildProcess;
  readonly #child: Child;
  readonly #reports: AsyncIterator<[Report]>;

  private constructor(process: ChildProcess, child: Child) {
    this.#process = process;
    this.#child = child;
    const ended = new AbortController();
    process.once('exit', () => ended.abort(child.error('ended')));
    this.#reports = on(process, 'message', { signal: ended.signal }) as AsyncIterator<[Report]>;
  }

  /** Resolves when it can be given orders. */
  static async start(program: string, ...args: string[]): Promise<LoadProcess> {
    const process = fork(program, args, { execArgv: [] });
    const load = new LoadProcess(process, new Child(program, process));
    await load.#hear('ready');
    return load;
  }

  /**
   * @param look called when the measured part begins, and when it is over
   * @throws Error when a request was left without an answer
   */
  async carryOut(order: Order, look = async () => {}): Promise<Measured> {
    this.#process.send(order);
    await this.#hear('warm');
    await look();
    const measured = await this.#hear('measured');
    await look();
    const { unanswered } = await this.#hear('idle');
    if (unanswered > 0) throw new Error(`${unanswered} requests were not answered`);
    return measured;
  }

  async close(): Promise<void> {
    await this.#child.end('SIGKILL');
  }

  async #hear<At extends Report['at']>(at: At): Promise<Report & { at: At }> {
    const { value } = await this.#reports.next();
    const [report] = value as [Report];
    if (report.at !== at) throw this.#child.error(`said "${report.at}" instead of "${at}"`);
    return report as Report & { at: At };
  }
}

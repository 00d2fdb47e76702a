import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child';
import type { ModelMessage } from './model-process';

const ANSWER_MS = 15_000;

/** A model in a process of its own, so that its timers do not wait for the harness and the other way round. */
export class ModelServer {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #child: Child;

  private constructor(process: ChildProcess, child: Child, port: number) {
    this.#process = process;
    this.#child = child;
    this.url = `http://127.0.0.1:${port}/v1/models/faults:predict`;
  }

  static async start(): Promise<ModelServer> {
    const process = fork(path.join(__dirname, 'model-process.ts'), {
      execArgv: ['--import', 'tsx'],
      cwd: path.join(__dirname, '../..'),
    });
    const child = new Child('the model', process);
    const message = await next(process);
    if ('port' in message) return new ModelServer(process, child, message.port);
    throw child.error('did not begin with its port');
  }

  /** How often the model was called. */
  async calls(): Promise<number> {
    const reply = next(this.#process);
    this.#process.send('report');
    const message = await reply;
    if ('calls' in message) return message.calls;
    throw this.#child.error('did not answer with its calls');
  }

  /** Resolves when the model has been called so often. */
  async whenCalled(times: number): Promise<void> {
    const deadline = Date.now() + ANSWER_MS;
    while ((await this.calls()) < times) {
      if (Date.now() > deadline) throw this.#child.error(`was not called ${times} times`);
      await sleep(20);
    }
  }

  async close(): Promise<void> {
    await this.#child.end('SIGKILL');
  }
}

async function next(process: ChildProcess): Promise<ModelMessage> {
  const [message] = await once(process, 'message', { signal: AbortSignal.timeout(ANSWER_MS) });
  return message as ModelMessage;
}

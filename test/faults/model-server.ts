import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { Child } from './child';
import type { ModelCommand, ModelList, ModelMessage, ModelReport } from './model-process';

const START_MS = 20_000;
const CALLED_MS = 30_000;
const LOOK_EVERY_MS = 20;

/** A model in a process of its own, so that its timers do not wait for the harness and the other way round. */
export class ModelServer {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #child: Child;
  readonly #told = new Map<number, PromiseWithResolvers<Partial<ModelReport & ModelList>>>();
  #commands = 0;

  private constructor(process: ChildProcess, child: Child, port: number) {
    this.#process = process;
    this.#child = child;
    this.url = `http://127.0.0.1:${port}/v1/models/faults:predict`;
    process.on('message', (message: ModelMessage) => {
      if (!('re' in message)) return;
      this.#told.get(message.re)?.resolve(message);
      this.#told.delete(message.re);
    });
    process.once('exit', () => {
      for (const { reject } of this.#told.values()) reject(child.error('is gone'));
    });
  }

  /** @param directory for its program */
  static async start(directory: string): Promise<ModelServer> {
    const process = fork(writeProgram(directory));
    const child = new Child('the model', process);
    const [message] = await once(process, 'message', { signal: AbortSignal.timeout(START_MS) });
    return new ModelServer(process, child, (message as { port: number }).port);
  }

  /** How often the model was called, and how often it said no. */
  report(): Promise<ModelReport> {
    return this.#tell<ModelReport>({ do: 'report' });
  }

  /** Every id it was ever asked for. */
  async asked(): Promise<readonly string[]> {
    return (await this.#tell<ModelList>({ do: 'list' })).ids;
  }

  /** Resolves when the model has been called so often. */
  async whenCalled(times: number): Promise<void> {
    const deadline = performance.now() + CALLED_MS;
    while ((await this.report()).calls < times) {
      if (performance.now() > deadline) throw this.#child.error(`was not called ${times} times`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Tells the model what to do from now on; resolves when it does. */
  async tell(command: ModelCommand): Promise<void> {
    await this.#tell(command);
  }

  async close(): Promise<void> {
    await this.#child.end('SIGKILL');
  }

  async #tell<T extends object>(command: ModelCommand): Promise<T> {
    this.#commands += 1;
    const re = this.#commands;
    const told = Promise.withResolvers<Partial<ModelReport & ModelList>>();
    this.#told.set(re, told);
    this.#process.send({ re, command });
    return (await told.promise) as T;
  }
}

let program: string | undefined;

/** The model as one file of JavaScript: it starts in a tenth of the time it would take from its sources. */
function writeProgram(directory: string): string {
  program ??= bundle();
  const file = path.join(directory, 'model.cjs');
  writeFileSync(file, program);
  return file;
}

function bundle(): string {
  const entryPoints = [path.join(__dirname, 'model-process.ts')];
  const { outputFiles } = buildSync({ entryPoints, write: false, bundle: true, platform: 'node', format: 'cjs' });
  return outputFiles[0]?.text ?? '';
}

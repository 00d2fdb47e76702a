import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child';
import { Metrics } from './metrics';

const BUNDLE = path.join(__dirname, '../../bundle/bridge.cjs');
const CLOCK_PRELOAD = path.join(__dirname, 'clock-preload.cjs');
const WRONG_CONFIGURATION = 2;
const START_MS = 30_000;
const READY_MS = 30_000;
const RETIRED_MS = 60_000;
const SHOWS_MS = 30_000;
const SAYS_MS = 30_000;
const ANSWER_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** The bundled program as users run it: one configuration, one process after another. */
export class BridgeProcess {
  readonly #config: object;
  readonly #configFile: string;
  readonly #command: 'run' | 'gateway';
  #process: ChildProcess | undefined;
  #child: Child | undefined;
  #operationsPort = 0;
  #starts = 0;
  #closed = false;

  /** @param configFile is written at each start */
  constructor(configFile: string, config: object, command: 'run' | 'gateway' = 'run') {
    this.#config = config;
    this.#configFile = configFile;
    this.#command = command;
  }

  /** How many processes there have been. */
  get starts(): number {
    return this.#starts;
  }

  get running(): boolean {
    return this.#child?.running ?? false;
  }

  /** Resolves when the process answers probes; it takes requests as soon as the broker lets it. */
  async start(): Promise<void> {
    this.#starts += 1;
    const [, port] = await this.#spawn(this.#config).says(/"operationsPort":(\d+)/, START_MS);
    this.#operationsPort = Number(port);
  }

  /**
   * Starts the bridge with another configuration, which is wrong.
   *
   * @returns what it says about that
   * @throws Error when it does not end with the exit code for wrong configurations
   */
  async refuse(config: object): Promise<string> {
    const child = this.#spawn(config);
    await child.ended(START_MS);
    if (child.exitCode === WRONG_CONFIGURATION) return child.lastWords;
    throw child.error(`did not refuse its configuration, it ended with code ${child.exitCode}`);
  }

  /** Has the running bridge read another configuration. */
  reload(config: object): void {
    writeFileSync(this.#configFile, JSON.stringify(config));
    this.#running().signal('SIGHUP');
  }

  /**
   * Works off what waits for this bridge, which is gone, and ends its session.
   *
   * @throws Error when that does not end by itself, and well
   */
  async retire(): Promise<void> {
    const child = this.#spawn(this.#config, '--retire');
    await child.ended(RETIRED_MS);
    if (child.exitCode !== 0) throw child.error(`did not retire, it ended with code ${child.exitCode}`);
  }

  /** Whether it says so, and is there to say it. */
  async isReady(): Promise<boolean> {
    const said = await this.#get('/readyz').catch(() => undefined);
    return said?.status === 200;
  }

  /** Resolves when the bridge is connected and subscribed. */
  async ready(): Promise<void> {
    const deadline = performance.now() + READY_MS;
    while ((await this.#get('/readyz')).status !== 200) {
      if (performance.now() > deadline) throw this.#running().error(`was not ready after ${READY_MS} ms`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Resolves when a metric has reached a value. */
  async shows(metric: string, atLeast: number): Promise<void> {
    await this.#until((value) => value >= atLeast, metric);
  }

  /** Resolves when everything it has taken is acknowledged. */
  async idle(): Promise<void> {
    await this.#until((value) => value === 0, 'bridge_unacked');
  }

  /** Resolves when the bridge has said so in its log. */
  async says(pattern: RegExp): Promise<void> {
    await this.#running().says(pattern, SAYS_MS);
  }

  /** Moves the bridge's wall clock. */
  moveClock(moveMs: number): void {
    this.#process?.send({ moveMs });
  }

  /** @throws Error when SIGTERM does not end it with exit code 0 */
  async stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#running();
    await child.end(signal);
    if (signal === 'SIGTERM' && child.exitCode !== 0) throw child.error(`ended SIGTERM with code ${child.exitCode}`);
  }

  async metrics(): Promise<Metrics> {
    const page = await this.#get('/metrics');
    return new Metrics(await page.text());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#child?.end('SIGKILL');
  }

  #spawn(config: object, ...flags: string[]): Child {
    if (this.#closed) throw new Error('this bridge was closed, it does not start again');
    if (!existsSync(BUNDLE)) throw new Error(`there is no ${BUNDLE}. Make it with "npm run bundle"`);
    writeFileSync(this.#configFile, JSON.stringify(config));
    const args = ['--require', CLOCK_PRELOAD, BUNDLE, this.#command, '--config', this.#configFile, ...flags];
    this.#process = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = new Child('the bridge', this.#process);
    return this.#child;
  }

  async #until(reached: (value: number) => boolean, metric: string): Promise<void> {
    const deadline = performance.now() + SHOWS_MS;
    for (;;) {
      const value = (await this.metrics()).sum(metric);
      if (reached(value)) return;
      if (performance.now() > deadline) throw this.#running().error(`still had a ${metric} of ${value}`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  async #get(path: string): Promise<Response> {
    this.#running();
    return fetch(`http://127.0.0.1:${this.#operationsPort}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
  }

  #running(): Child {
    if (!this.#child) throw new Error('the bridge was never started');
    if (!this.#child.running) throw this.#child.error('is not running');
    return this.#child;
  }
}

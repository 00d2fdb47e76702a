import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BridgeConfigInput } from '../../bridge/config';
import { Child } from './child';
import { Metrics } from './metrics';

const BUNDLE = path.join(__dirname, '../../bundle/bridge.cjs');
const START_MS = 20_000;
const READY_MS = 20_000;
const ANSWER_MS = 5_000;
const LOOK_EVERY_MS = 20;

/** The bundled bridge as users run it: one configuration, one process after another. */
export class BridgeProcess {
  readonly #configFile: string;
  #child: Child | undefined;
  #operationsPort = 0;
  #starts = 0;
  #closed = false;

  constructor(directory: string, config: BridgeConfigInput) {
    this.#configFile = path.join(directory, 'bridge.json');
    writeFileSync(this.#configFile, JSON.stringify(config));
  }

  /** How many processes there have been. */
  get starts(): number {
    return this.#starts;
  }

  /** Resolves when the process answers probes; it takes requests as soon as the broker lets it. */
  async start(): Promise<void> {
    if (this.#closed) throw new Error('this bridge was closed, it does not start again');
    if (!existsSync(BUNDLE)) throw new Error(`there is no ${BUNDLE}. Make it with "npm run bundle"`);
    this.#starts += 1;
    const child = new Child('the bridge', spawn(process.execPath, [BUNDLE, '--config', this.#configFile]));
    this.#child = child;
    const [, port] = await child.says(/"operationsPort":(\d+)/, START_MS);
    this.#operationsPort = Number(port);
  }

  /** Resolves when the bridge is connected and subscribed. */
  async ready(): Promise<void> {
    const deadline = performance.now() + READY_MS;
    while ((await this.#get('/readyz')).status !== 200) {
      if (performance.now() > deadline) throw this.#running().error(`was not ready after ${READY_MS} ms`);
      await sleep(LOOK_EVERY_MS);
    }
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

  #get(path: string): Promise<Response> {
    this.#running();
    return fetch(`http://127.0.0.1:${this.#operationsPort}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
  }

  #running(): Child {
    if (!this.#child) throw new Error('the bridge was never started');
    if (!this.#child.running) throw this.#child.error('is not running');
    return this.#child;
  }
}

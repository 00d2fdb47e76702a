import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { NODE_MEMORY } from '../../lib/connector/node-environment';
import { Child } from '../../test/faults/child';
import { Metrics } from '../../test/faults/metrics';

const START_MS = 20_000;
const READY_MS = 20_000;
const LOOK_EVERY_MS = 50;
/** What the constructs' containers are told, and what V8 allows itself for old objects in one of 512 MiB, their limit. */
const MEMORY = { ...NODE_MEMORY, NODE_OPTIONS: `${NODE_MEMORY.NODE_OPTIONS} --max-old-space-size=256` };

/** What a bridge has used so far. */
export interface Usage {
  /** Messages or, of a gateway, HTTP requests. */
  readonly settled: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** A bridge in a process of its own: ours, or anything that takes the same configuration and answers the same probes. */
export class BridgeProgram {
  readonly #child: Child;
  readonly #port: number;

  private constructor(child: Child, port: number) {
    this.#child = child;
    this.#port = port;
  }

  /** Resolves when it takes requests. */
  static async start(command: readonly string[], configFile: string, config: object): Promise<BridgeProgram> {
    writeFileSync(configFile, JSON.stringify(config));
    const env = { ...process.env, ...MEMORY };
    const [file = '', ...args] = [...command, '--config', configFile];
    const child = new Child(command.join(' '), spawn(file, args, { env }));
    const [, port] = await child.says(/"operationsPort":(\d+)/, START_MS);
    const bridge = new BridgeProgram(child, Number(port));
    await bridge.#ready();
    return bridge;
  }

  async usage(): Promise<Usage> {
    const metrics = new Metrics(await (await this.#get('/metrics')).text());
    return {
      settled: metrics.sum('bridge_messages_settled_total') + metrics.sum('gateway_requests_total'),
      cpuSeconds: metrics.sum('process_cpu_seconds_total'),
      rssBytes: metrics.sum('process_resident_memory_bytes'),
    };
  }

  async close(): Promise<void> {
    await this.#child.end('SIGKILL');
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + READY_MS;
    while ((await this.#get('/readyz')).status !== 200) {
      if (performance.now() > deadline) throw this.#child.error(`was not ready after ${READY_MS} ms`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  #get(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.#port}${path}`);
  }
}

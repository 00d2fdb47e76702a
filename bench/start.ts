import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BridgeConfigInput } from '../bridge';
import { BridgeCode } from '../lib';
import { LOADER } from '../lib/connector/bridge-code';
import { median } from './child';

/**
 * How long a bridge takes from the start of its process to its first attempt to reach the broker: as a file, which is what
 * an image has, and put together from ConfigMaps. A program that does nothing but connect says how much of that is Node.
 * What counts is the fastest of several processes, taken in turns: whatever else the machine does only adds to it.
 */

const RUNS = 11;
const LIMIT_MS = 300;
const PATIENCE_MS = 20_000;

/** Takes connections, and says nothing. */
async function silentBroker(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => socket.on('error', () => undefined));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

function configuration(port: number): BridgeConfigInput {
  return {
    broker: { url: `mqtt://127.0.0.1:${port}`, clientId: 'bench' },
    http: { host: '127.0.0.1', port: 0 },
    routes: [
      {
        name: 'iris',
        requestTopic: 'staging/iris/input',
        model: { url: 'http://iris.staging.svc.cluster.local/v1/models/iris:predict' },
        reply: { topic: 'staging/iris/output' },
        deadLetter: { topic: 'staging/iris/dead-letter' },
      },
    ],
  };
}

/** The volume that the construct's ConfigMaps become. */
function mountedProgram(folder: string): string {
  const volume = path.join(folder, 'code');
  mkdirSync(volume);
  for (const { data = {}, binaryData } of BridgeCode.bundled()._parts()) {
    for (const [name, text] of Object.entries(data)) writeFileSync(path.join(volume, name), text);
    for (const [name, base64] of Object.entries(binaryData)) {
      writeFileSync(path.join(volume, name), Buffer.from(base64, 'base64'));
    }
  }
  return path.join(volume, LOADER);
}

async function connecting(server: Server, args: string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const words: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => words.push(chunk.toString()));
  try {
    await Promise.race([
      once(server, 'connection', { signal: AbortSignal.timeout(PATIENCE_MS) }),
      failure(child, words),
    ]);
    return performance.now() - start;
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

async function failure(child: ChildProcess, words: string[]): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`it ended with ${code} before it connected: ${words.join('')}`);
}

async function main(): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-start-'));
  const { server, port } = await silentBroker();
  try {
    const config = path.join(folder, 'bridge.json');
    writeFileSync(config, JSON.stringify(configuration(port)));
    const programs = {
      'Node alone': ['--eval', `require('node:net').connect(${port}, '127.0.0.1')`],
      'bundle/bridge.cjs': [path.join(__dirname, '..', 'bundle', 'bridge.cjs'), '--config', config],
      'from ConfigMaps': [mountedProgram(folder), '--config', config],
    };
    const turns: Record<string, number>[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const turn: Record<string, number> = {};
      for (const [name, args] of Object.entries(programs)) turn[name] = await connecting(server, args);
      turns.push(turn);
    }
    return report(Object.keys(programs), turns);
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the exit code */
function report([alone = '', ...bridges]: string[], turns: readonly Record<string, number>[]): number {
  const times = (name: string) => turns.map((turn) => turn[name] ?? Number.NaN);
  const fastest = (name: string) => Math.min(...times(name));
  const shown = (name: string) =>
    `${name}: ${fastest(name).toFixed(0)} ms (median ${median(times(name)).toFixed(0)} ms)`;
  console.log(`${shown(alone)} to the first connection`);
  for (const name of bridges) {
    const ratio = fastest(name) / fastest(alone);
    const verdict = fastest(name) <= LIMIT_MS ? 'within' : 'ABOVE';
    console.log(`${shown(name)}, ratio ${ratio.toFixed(1)}, ${verdict} the limit of ${LIMIT_MS} ms`);
  }
  return bridges.every((name) => fastest(name) <= LIMIT_MS) ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 2;
  },
);

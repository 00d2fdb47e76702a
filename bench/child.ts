import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const TSX = createRequire(__filename).resolve('tsx/cli');

/** What a file of this folder prints as JSON, run in a process of its own. */
export function runChild<T>(file: string, ...args: string[]): T {
  const output = execFileSync(process.execPath, [TSX, path.join(__dirname, file), ...args], { encoding: 'utf8' });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as T;
}

/** The middle of an odd number of figures. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const ROOT = join(__dirname, '../../..');

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<CommandResult>;
  /** Resolves when the process has printed a text to standard output. */
  printed(text: string): Promise<void>;
}

/** The bridge's program in a process of its own, which is gone after the test. */
export function startCommand(...args: string[]): RunningCommand {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bridge/main.ts', ...args], { cwd: ROOT });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let stdout = '';
  let stderr = '';
  const waiting: { text: string; resolve: () => void }[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
    for (const { text, resolve } of waiting) if (stdout.includes(text)) resolve();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  return {
    child,
    ended: once(child, 'close').then(([code]) => ({ code: code as number, stdout, stderr })),
    printed: (text) =>
      new Promise((resolve) => {
        waiting.push({ text, resolve });
      }),
  };
}

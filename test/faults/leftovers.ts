import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const processes = new Set<ChildProcess>();
const directories = new Set<string>();

// Scenarios clean up after themselves; this is for the harness that is interrupted or fails in the middle of one.
process.once('exit', () => {
  for (const child of processes) child.kill('SIGKILL');
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Makes sure that a child process does not outlive this one. */
export function endWithThisProcess(child: ChildProcess): void {
  processes.add(child);
  child.once('exit', () => processes.delete(child));
}

/** Makes a directory that does not outlive this process. */
export function makeTemporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'bridge-faults-'));
  directories.add(directory);
  return directory;
}

export function removeTemporaryDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  directories.delete(directory);
}

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeTemporaryDirectory, removeTemporaryDirectory } from './leftovers';

const KIBIBYTE = 1024;
const SMALLEST_KIB = 16;

/** A disk of its own, in memory, that gets full. */
export class SmallDisk {
  readonly directory: string;
  readonly #kibibytes: number;

  /** @throws Error when this process may not mount anything */
  constructor(directory: string, kibibytes: number) {
    mkdirSync(directory, { recursive: true });
    const problem = mount(directory, kibibytes);
    if (problem) throw new Error(problem);
    this.directory = directory;
    this.#kibibytes = kibibytes;
    process.once('exit', this.#unmount);
  }

  /** Leaves no room for anything. */
  fill(): void {
    try {
      writeFileSync(path.join(this.directory, 'ballast'), Buffer.alloc(this.#kibibytes * KIBIBYTE));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
    throw new Error(`${this.directory} took more than there is room for`);
  }

  async close(): Promise<void> {
    process.off('exit', this.#unmount);
    this.#unmount();
  }

  readonly #unmount = () => spawnSync('umount', ['--lazy', this.directory]);
}

/** Says why no disk can be mounted, or nothing. */
export function smallDiskProblem(): string | undefined {
  const directory = makeTemporaryDirectory();
  const problem = mount(directory, SMALLEST_KIB);
  if (!problem) spawnSync('umount', [directory]);
  removeTemporaryDirectory(directory);
  return problem;
}

function mount(directory: string, kibibytes: number): string | undefined {
  const { error, status, stderr } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', directory],
    {
      encoding: 'utf8',
    },
  );
  if (status === 0) return undefined;
  return `a disk that gets full needs the right to mount one: ${error?.message ?? stderr.trim()}`;
}

import { type FSWatcher, readFileSync, watch } from 'node:fs';
import path from 'node:path';

export interface WatchTiming {
  /** Whoever replaces a file does so in several steps. */
  readonly settleMs: number;
  /** For file systems that tell of no changes. */
  readonly pollMs: number;
}

const TIMING: WatchTiming = { settleMs: 250, pollMs: 30_000 };

/**
 * Tells when a file says something else than before.
 *
 * It is the folder that is watched. A kubelet puts a link to another folder in place of `..data`, and editors put a new
 * file in place of the old one; a watch of the file itself would go on watching what is no longer there.
 *
 * @returns a function that ends it
 */
export function watchFile(file: string, changed: () => void, { settleMs, pollMs }: WatchTiming = TIMING): () => void {
  let before = contentOf(file);
  let settling: NodeJS.Timeout | undefined;
  const look = () => {
    const now = contentOf(file);
    if (now === before) return;
    before = now;
    changed();
  };
  const poll = setInterval(look, pollMs).unref();
  const watcher = watchFolder(path.dirname(file), () => {
    clearTimeout(settling);
    settling = setTimeout(look, settleMs).unref();
  });
  return () => {
    clearInterval(poll);
    clearTimeout(settling);
    watcher?.close();
  };
}

/** A system that has no watch left for us is polled. */
function watchFolder(folder: string, stirred: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, stirred);
    return watcher.on('error', () => watcher.close());
  } catch {
    return undefined;
  }
}

/** Nothing for a file that cannot be read: whoever is told then finds out why. */
function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

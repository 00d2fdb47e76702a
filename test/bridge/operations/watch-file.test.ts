import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchFile } from '../../../bridge/operations/watch-file';

const FAST = { settleMs: 20, pollMs: 60_000 };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('watchFile', () => {
  let folder: string;
  const ends: (() => void)[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridge-watch-'));
  });
  afterEach(() => {
    for (const end of ends.splice(0)) end();
    rmSync(folder, { recursive: true });
  });

  function watched(file: string, timing = FAST) {
    let count = 0;
    const waiting: (() => void)[] = [];
    ends.push(
      watchFile(
        file,
        () => {
          count += 1;
          waiting.shift()?.();
        },
        timing,
      ),
    );
    return {
      count: () => count,
      /** Resolves at the next change. */
      changed: () =>
        new Promise<void>((resolve) => {
          waiting.push(resolve);
        }),
    };
  }

  /** A folder as a kubelet makes it for a ConfigMap: files are links through `..data`, which is replaced as a whole. */
  function mountedConfigMap(text: string): string {
    publish('..2026_01', text);
    symlinkSync('..data/bridge.yaml', join(folder, 'bridge.yaml'));
    return join(folder, 'bridge.yaml');
  }

  function publish(version: string, text: string): void {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'bridge.yaml'), text);
    symlinkSync(version, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  }

  it('tells when a ConfigMap that is mounted has changed', async () => {
    const { changed, count } = watched(mountedConfigMap('one'));

    const told = changed();
    publish('..2026_02', 'two');

    await told;
    await pause(FAST.settleMs * 5);
    expect(count()).toBe(1);
  });

  it('tells each time', async () => {
    const { changed } = watched(mountedConfigMap('one'));

    for (const version of ['..2026_02', '..2026_03', '..2026_04']) {
      const told = changed();
      publish(version, version);
      await told;
    }
  });

  it('tells once of a file that is written in several steps', async () => {
    const file = join(folder, 'bridge.yaml');
    writeFileSync(file, 'one');
    const { changed, count } = watched(file);

    const told = changed();
    for (const text of ['t', 'tw', 'two']) writeFileSync(file, text);

    await told;
    await pause(FAST.settleMs * 5);
    expect(count()).toBe(1);
  });

  it('says nothing of another file in the folder, and nothing of a file that says the same as before', async () => {
    const file = join(folder, 'bridge.yaml');
    writeFileSync(file, 'one');
    const { count } = watched(file);

    writeFileSync(join(folder, 'other.yaml'), 'two');
    writeFileSync(file, 'one');

    await pause(FAST.settleMs * 10);
    expect(count()).toBe(0);
  });

  it('tells when the file is gone, and when it is back', async () => {
    const file = join(folder, 'bridge.yaml');
    writeFileSync(file, 'one');
    const { changed } = watched(file);

    const gone = changed();
    unlinkSync(file);
    await gone;
    const back = changed();
    writeFileSync(file, 'one');
    await back;
  });

  it('looks from time to time where a change in the folder cannot be seen', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'bridge-watch-'));
    ends.push(() => rmSync(elsewhere, { recursive: true }));
    writeFileSync(join(elsewhere, 'bridge.yaml'), 'one');
    symlinkSync(join(elsewhere, 'bridge.yaml'), join(folder, 'bridge.yaml'));
    const { changed } = watched(join(folder, 'bridge.yaml'), { settleMs: 20, pollMs: 50 });

    const told = changed();
    writeFileSync(join(elsewhere, 'bridge.yaml'), 'two');

    await told;
  });

  it('says nothing any more once it is ended', async () => {
    const file = join(folder, 'bridge.yaml');
    writeFileSync(file, 'one');
    const { count } = watched(file, { settleMs: 20, pollMs: 20 });

    for (const end of ends.splice(0)) end();
    writeFileSync(file, 'two');

    await pause(FAST.settleMs * 5);
    expect(count()).toBe(0);
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** The folder of the package. */
export const ROOT = path.join(__dirname, '..', '..', '..');

/** An empty folder that is removed after the test. */
export function temporaryFolder(): string {
  const { folder, remove } = suiteFolder();
  onTestFinished(remove);
  return folder;
}

export interface SuiteFolder {
  readonly folder: string;
  readonly remove: () => void;
}

/** An empty folder for a whole suite, which removes it itself. */
export function suiteFolder(): SuiteFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'edge-inference-test-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The files of a folder, and of the folders in it, with their content, sorted by name. */
export function filesIn(folder: string): Record<string, string> {
  return Object.fromEntries(filesBelow(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}

/** All files below a folder, as paths from there. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

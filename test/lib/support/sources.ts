import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow, ROOT } from './folders';

export interface Import {
  /** The importing file, from the root of the package. */
  readonly from: string;
  /** A package, `node:…`, or a file from the root of the package, without extension. */
  readonly to: string;
}

const SPECIFIER = /(?:\bfrom|\bimport|\brequire|\bresolve)\s*\(?\s*['"]([^'"]+)['"]/g;

/** Everything that the sources of a folder import, types too. */
export function importsOf(folder: string): Import[] {
  return filesBelow(path.join(ROOT, folder))
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const from = path.join(folder, file);
      const text = readFileSync(path.join(ROOT, from), 'utf8');
      return [...text.matchAll(SPECIFIER)].map(([, specifier = '']) => ({ from, to: target(from, specifier) }));
    });
}

function target(from: string, specifier: string): string {
  return specifier.startsWith('.') ? path.join(path.dirname(from), specifier) : specifier;
}

/** Whether a file or folder is in a folder. */
export function isWithin(folder: string, file: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}

import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { BUNDLED_ENTRIES, bundleLibrary } from './library-bundles';

/** Puts the bundles in the place of what the compiler has written. The types stay, one file each. */
const built = path.join(__dirname, '..', 'build', 'lib');
/** An entry of its own, which takes nothing but types from the rest. */
const TESTING = 'testing';

async function main(): Promise<void> {
  await bundleLibrary(built);
  for (const file of readdirSync(built, { recursive: true, encoding: 'utf8' })) {
    const isProgram = /\.js(\.map)?$/.test(file);
    const isEntry = BUNDLED_ENTRIES.some((entry) => file.startsWith(`${path.normalize(entry)}.`));
    if (isProgram && !isEntry && !file.startsWith(`${TESTING}${path.sep}`)) rmSync(path.join(built, file));
  }
}

void main();

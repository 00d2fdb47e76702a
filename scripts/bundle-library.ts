import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';

/**
 * Packs the program of the root entry into one file: hundreds of small ones take as long to load as cdk8s. The types stay
 * as the compiler has written them, one file each.
 */
const root = path.join(__dirname, '..');
const built = path.join(root, 'build', 'lib');
/** An entry of its own, which takes nothing but types from the rest. */
const TESTING = 'testing';

buildSync({
  entryPoints: [path.join(root, 'lib', 'index.ts')],
  outfile: path.join(built, 'index.js'),
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  packages: 'external',
  minifyWhitespace: true,
  keepNames: true,
  sourcemap: true,
});

for (const file of readdirSync(built, { recursive: true, encoding: 'utf8' })) {
  const isProgram = /\.js(\.map)?$/.test(file);
  const isEntry = file.startsWith('index.') || file.startsWith(`${TESTING}${path.sep}`);
  if (isProgram && !isEntry) rmSync(path.join(built, file));
}

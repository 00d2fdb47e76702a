import path from 'node:path';
import { buildSync } from 'esbuild';

/** The bridge as users run it, made by `npm run bundle`. */
export const OURS = path.join(__dirname, '../../bundle/bridge.cjs');

/** Packs programs of a benchmark the way the bridge is packed, so that none starts or runs at a disadvantage. */
export function bundlePrograms<Name extends string>(
  directory: string,
  files: Readonly<Record<Name, string>>,
): Record<Name, string> {
  buildSync({
    entryPoints: files,
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minify: true,
    logLevel: 'error',
  });
  const bundles = Object.keys(files).map((name) => [name, path.join(directory, `${name}.cjs`)]);
  return Object.fromEntries(bundles);
}

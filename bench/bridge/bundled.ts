import path from 'node:path';
import { buildSync } from 'esbuild';

/** The bridge as users run it, made by `npm run bundle`. */
export const OURS = path.join(__dirname, '../../bundle/bridge.cjs');

const PROGRAMS = ['naive', 'trivial-model', 'requester', 'caller'] as const;

/** Packs the benchmark's own programs the way the bridge is packed, so that none starts or runs at a disadvantage. */
export function bundlePrograms(directory: string): Record<(typeof PROGRAMS)[number], string> {
  buildSync({
    entryPoints: PROGRAMS.map((name) => path.join(__dirname, `${name}.ts`)),
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minify: true,
    logLevel: 'error',
  });
  const files = PROGRAMS.map((name) => [name, path.join(directory, `${name}.cjs`)]);
  return Object.fromEntries(files);
}

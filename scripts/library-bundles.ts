import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { sharedModules } from './shared-modules';

const SOURCES = path.join(__dirname, '..', 'lib');
const ROOT_ENTRY = 'index';
const PULUMI_ENTRIES = ['pulumi/index', 'pulumi/policy/index', 'pulumi/plugin/index'];

/** The entries whose programs are one file each, as paths from `lib`, without extension. */
export const BUNDLED_ENTRIES = [ROOT_ENTRY, ...PULUMI_ENTRIES];

const OPTIONS: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  packages: 'external',
  minifyWhitespace: true,
  keepNames: true,
  sourcemap: true,
};

/**
 * Packs the program of each entry into one file: hundreds of small ones take as long to load as cdk8s.
 *
 * What the entries for Pulumi have in common with the root entry they take from its file, so that a class is the same
 * one wherever it was imported from.
 *
 * @param folder where the files go
 */
export async function bundleLibrary(folder: string): Promise<void> {
  const host = path.join(folder, `${ROOT_ENTRY}.js`);
  const shared = sharedModules({ sources: SOURCES, own: path.join(SOURCES, 'pulumi'), host });
  for (const entry of PULUMI_ENTRIES) {
    const outfile = path.join(folder, `${entry}.js`);
    await build({
      ...OPTIONS,
      entryPoints: [path.join(SOURCES, `${entry}.ts`)],
      outfile,
      plugins: [shared.borrow(outfile)],
    });
  }
  const contents = `export * from './${ROOT_ENTRY}';\n${shared.lend()}`;
  await build({
    ...OPTIONS,
    stdin: { contents, resolveDir: SOURCES, sourcefile: 'library.ts' },
    outfile: host,
  });
}

import path from 'node:path';
import type { Plugin } from 'esbuild';

/** The export of the host by which others reach its modules. It is in no declaration. */
const EXPORT = '_modules';
const NAMESPACE = 'shared';

export interface SharedModulesOptions {
  /** The folder with the sources of all. */
  readonly sources: string;
  /** The folder with the sources of those who borrow, within that. */
  readonly own: string;
  /** The bundle that has the modules. */
  readonly host: string;
}

export interface SharedModules {
  /** Makes a bundle take modules from the host that are not its own. */
  borrow(outfile: string): Plugin;
  /** Code for the host that hands out what was borrowed. */
  lend(): string;
}

/**
 * Lets several bundles have one instance of each module: one of them hosts it, and the others ask that one for it.
 */
export function sharedModules({ sources, own, host }: SharedModulesOptions): SharedModules {
  const borrowed = new Set<string>();
  return {
    borrow: (outfile) => ({
      name: 'shared-modules',
      setup: ({ onResolve, onLoad }) => {
        const place = path.relative(path.dirname(outfile), host);
        onResolve({ filter: /^\./, namespace: 'file' }, ({ path: specifier, resolveDir }) => {
          const target = path.resolve(resolveDir, specifier);
          if (!path.relative(own, target).startsWith('..')) return undefined;
          const module = path.relative(sources, target);
          borrowed.add(module);
          return { path: module, namespace: NAMESPACE };
        });
        onResolve({ filter: /./, namespace: NAMESPACE }, () => ({ path: place, external: true }));
        onLoad({ filter: /./, namespace: NAMESPACE }, ({ path: module }) => ({
          contents: `module.exports = require(${JSON.stringify(place)}).${EXPORT}[${JSON.stringify(module)}];`,
        }));
      },
    }),
    lend: () => {
      const modules = [...borrowed].sort();
      const imports = modules.map((module, i) => `import * as module${i} from ${JSON.stringify(`./${module}`)};`);
      const entries = modules.map((module, i) => `${JSON.stringify(module)}: module${i},`);
      return [...imports, `export const ${EXPORT} = {`, ...entries, '};'].join('\n');
    },
  };
}

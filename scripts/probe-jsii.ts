import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * Compiles what the root entry exports with jsii, to see that its types can be read from other languages. Nothing of the
 * result is kept.
 *
 * Left out are the error classes: jsii has no subclasses of Error, other languages see the message of what is thrown.
 */

const root = path.join(__dirname, '..');
const modules = path.join(root, 'node_modules');
const folder = mkdtempSync(path.join(root, 'build', 'jsii-'));
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Not in anybody's signature, and nothing that jsii could express. */
const LEFT_OUT = /^export .* from '\.\/(errors|error-codes)';$/gm;
/** The sources are newer than what jsii would compile them with; names that are words of other languages are fine. */
const OPTIONS = ['--tsconfig', 'tsconfig.json', '--validate-tsconfig', 'off', '--silence-warnings', 'reserved-word'];
/** What the bridge's configuration is checked with. */
const BUNDLED = ['ajv', 'ajv-formats', 'yaml', 'zod'];
/** Only what jsii itself asks for. */
const PROJECT = {
  name: manifest.name,
  version: manifest.version,
  description: manifest.description,
  license: manifest.license,
  author: { name: manifest.author },
  repository: { type: 'git', url: 'https://example.com/cdk8s-edge-inference.git' },
  main: 'lib/index.js',
  types: 'lib/index.d.ts',
  jsii: { outdir: 'dist', versionFormat: 'full', targets: {} },
  peerDependencies: Object.fromEntries(peers('cdk8s', 'cdk8s-plus-27', 'constructs')),
  dependencies: Object.fromEntries([...peers('cdk8s', 'cdk8s-plus-27', 'constructs'), ...own(...BUNDLED)]),
  bundleDependencies: BUNDLED,
};

/** As the sources are written. */
const COMPILER = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024'],
    module: 'node16',
    moduleResolution: 'node16',
    esModuleInterop: true,
    strict: true,
    declaration: true,
    skipLibCheck: true,
    types: ['node'],
  },
  include: ['lib', 'bridge'],
};

function peers(...names: string[]): [string, string][] {
  return names.map((name) => [name, manifest.peerDependencies[name]]);
}

function own(...names: string[]): [string, string][] {
  return names.map((name) => [name, manifest.dependencies[name]]);
}

try {
  cpSync(path.join(root, 'lib'), path.join(folder, 'lib'), { recursive: true });
  for (const part of ['config', 'payload', 'errors.ts']) {
    cpSync(path.join(root, 'bridge', part), path.join(folder, 'bridge', part), { recursive: true });
  }
  for (const entry of ['testing', 'pulumi']) rmSync(path.join(folder, 'lib', entry), { recursive: true });
  const index = path.join(folder, 'lib', 'index.ts');
  writeFileSync(index, readFileSync(index, 'utf8').replace(LEFT_OUT, ''));
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(COMPILER));
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(PROJECT, undefined, 2));
  symlinkSync(modules, path.join(folder, 'node_modules'));
  const jsii = createRequire(__filename).resolve('jsii/bin/jsii');
  execFileSync(process.execPath, [jsii, ...OPTIONS], { cwd: folder, stdio: 'inherit' });
  console.log('jsii reads all types of the root entry');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { buildSync } from 'esbuild';

/**
 * Packs the bridge and all it needs into bundle/bridge.cjs, and compresses it for the ConfigMap that the construct
 * carries it in.
 */
const root = path.join(__dirname, '..');
const plain = path.join(root, 'bundle', 'bridge.cjs');
const compressed = `${plain}.br`;

const { outputFiles } = buildSync({
  entryPoints: [path.join(root, 'bridge', 'main.ts')],
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  // With short names, esbuild writes modules as arrow functions, for which V8 takes three times the memory to read this file.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  // Only for those who load .proto files; the bridge brings its own messages.
  external: ['@grpc/proto-loader'],
  alias: {
    // MQTT.js writes debugging output for every packet; that nobody reads it is found out only when it is put together.
    debug: path.join(__dirname, 'silent-debug.ts'),
    undici: path.join(__dirname, 'lean-undici.ts'),
  },
  banner: { js: '#!/usr/bin/env node' },
  write: false,
});
const [output] = outputFiles;
if (!output) throw new Error('esbuild produced nothing');

const upToDate = existsSync(compressed) && existsSync(plain) && readFileSync(plain).equals(output.contents);
if (!upToDate) {
  mkdirSync(path.dirname(plain), { recursive: true });
  writeFileSync(plain, output.contents, { mode: 0o755 });
  writeFileSync(compressed, brotliCompressSync(output.contents, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } }));
}

import { createRequire } from 'node:module';
import path from 'node:path';

/** The newest SDK that is installed, or the oldest that the library supports. */
export type Sdk = 'current' | 'oldest';

export const SDKS: readonly Sdk[] = ['current', 'oldest'];

const { resolve } = createRequire(__filename);

/** The SDK's runner of programs. */
export function runnerOf(sdk: Sdk): string {
  return resolve(sdk === 'current' ? '@pulumi/pulumi/cmd/run' : 'pulumi-oldest/cmd/run');
}

/** Options of Node with which everything that a program loads finds the SDK. */
export function nodeOptionsOf(sdk: Sdk): string[] {
  return sdk === 'current' ? [] : ['--require', path.join(__dirname, 'oldest-sdk.cjs')];
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { endWithThisProcess } from '../../faults/leftovers';
import { ROOT } from '../../lib/support/folders';
import { nodeOptionsOf, type Sdk } from '../engine/sdk';

const { resolve } = createRequire(__filename);

/** A folder that one of the SDK's runners serves. */
export interface Hosted {
  readonly address: string;
  readonly end: () => Promise<void>;
}

export interface HostedOptions {
  readonly runner: 'run-plugin' | 'run-policy-pack';
  /** From the root of the package. */
  readonly folder: string;
  /** What the CLI gives to the runner. */
  readonly args: readonly string[];
  readonly sdk?: Sdk;
}

/**
 * Runs a folder of the package as the CLI does, and waits for the port that it says.
 *
 * @throws Error with what it wrote, when it ends before
 */
export async function hosted({ runner, folder, args, sdk = 'current' }: HostedOptions): Promise<Hosted> {
  const cwd = path.join(ROOT, folder);
  const loaders = ['--require', path.join(__dirname, 'from-sources.cjs'), ...nodeOptionsOf(sdk), '--import', 'tsx'];
  const module = resolve(`${sdk === 'current' ? '@pulumi/pulumi' : 'pulumi-oldest'}/cmd/${runner}`);
  const child = spawn(process.execPath, [...loaders, module, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithThisProcess(child);
  const closed = once(child, 'close');
  let written = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    written += text;
  });
  for await (const line of createInterface(child.stdout)) {
    if (/^\d+$/.test(line)) {
      const end = async () => {
        child.kill('SIGKILL');
        await closed;
      };
      return { address: `127.0.0.1:${line}`, end };
    }
    written += `${line}\n`;
  }
  throw new Error(`${folder} has ended:\n${written}`);
}

import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './folders';

const TSX = createRequire(__filename).resolve('tsx/cli');

/** What Pulumi runs, and cdk8s does not. */
const PULUMI_PROGRAMS = ['aws'];

/** The apps that can be synthesized. */
export function appNames(): string[] {
  const folder = path.join(ROOT, 'apps');
  return readdirSync(folder).filter(
    (name) => existsSync(path.join(folder, name, 'main.ts')) && !PULUMI_PROGRAMS.includes(name),
  );
}

/** Runs an app as cdk8s.yaml says, with its manifests going to a folder. */
export async function synthesizeApp(name: string, outdir: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  await promisify(execFile)(process.execPath, [TSX, path.join('apps', name, 'main.ts')], {
    cwd: ROOT,
    env: { ...process.env, ...env, CDK8S_OUTDIR: outdir },
  });
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { endWithThisProcess } from '../../faults/leftovers';
import { ROOT } from '../../lib/support/folders';
import type { ProgramConfig } from './config';
import { nodeOptionsOf, runnerOf, type Sdk } from './sdk';
import type { StackName } from './urn';

/** Less than tests have, so that it is this that speaks. */
const TIMEOUT_MS = 55_000;

export interface ProgramOptions extends StackName {
  /** From the root of the package. */
  readonly program: string;
  readonly sdk: Sdk;
  /** Of the engine and of the monitor. */
  readonly address: string;
  readonly preview: boolean;
  readonly config: ProgramConfig;
  readonly env: Readonly<Record<string, string>>;
}

export interface Ended {
  /** 32 when it has failed, and said why in the log. */
  readonly exitCode: number;
  /** What it wrote by itself, past the engine. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program as Pulumi's language host does. */
export async function runProgram(options: ProgramOptions): Promise<Ended> {
  const child = spawn(process.execPath, argumentsOf(options), {
    cwd: ROOT,
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  endWithThisProcess(child);
  const stdout = textOf(child.stdout);
  const stderr = textOf(child.stderr);
  const [exitCode, signal] = await once(child, 'close');
  if (signal) throw new Error(`${options.program} was ended with ${signal} after ${TIMEOUT_MS} ms:\n${await stderr}`);
  return { exitCode, stdout: await stdout, stderr: await stderr };
}

function argumentsOf({ sdk, address, project, stack, preview, program }: ProgramOptions): string[] {
  const entry = path.join(ROOT, program);
  return [
    ...nodeOptionsOf(sdk),
    ...['--import', 'tsx'],
    runnerOf(sdk),
    ...['--monitor', address, '--engine', address],
    ...['--organization', 'organization', '--project', project, '--stack', stack],
    ...['--pwd', path.dirname(entry), '--root-directory', ROOT],
    ...['--parallel', '16'],
    ...(preview ? ['--dry-run'] : []),
    entry,
  ];
}

/** Nothing of the caller's settings for Pulumi and for clouds: providers take defaults from these. */
function environmentOf({ config, env }: ProgramOptions): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    ...{ PATH, HOME, TMPDIR },
    PULUMI_CONFIG: JSON.stringify(config.values),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
    PULUMI_NODEJS_TYPESCRIPT: 'false',
    ...env,
  };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return text;
}

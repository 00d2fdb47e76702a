import { type Clouds, cloudsOf } from './clouds';
import { type Configuration, programConfig } from './config';
import type { Invocation } from './deployment';
import { Engine } from './engine';
import { type Ended, runProgram } from './program';
import type { LogRecord } from './program-log';
import type { RegisteredResource } from './registered-resource';
import type { Sdk } from './sdk';
import type { StackName } from './urn';

export interface RunOptions extends Configuration, Partial<StackName>, Partial<Clouds> {
  /** Of the program, which gets nothing else but PATH, HOME and TMPDIR. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Run extends Ended {
  /** All but the stack itself, sorted by URN. */
  readonly resources: readonly RegisteredResource[];
  /** Of the stack; plain data, with `UNKNOWN` for what is not known before an update. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly secretOutputPaths: readonly string[];
  readonly invocations: readonly Invocation[];
  /** Without what is for debugging. */
  readonly log: readonly LogRecord[];
  /** Why the engine has refused to do something. */
  readonly refusals: readonly string[];
}

/** A program that has not come to its end. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';

  constructor(
    program: string,
    readonly run: Run,
  ) {
    const errors = run.log.filter(({ severity }) => severity === 'error').map(({ message }) => message);
    super([`${program} has failed with exit code ${run.exitCode}.`, ...errors, run.stderr].join('\n'));
  }
}

/** @throws ProgramError when the program has failed */
export async function run(
  program: string,
  { preview, sdk }: { readonly preview: boolean; readonly sdk: Sdk },
  { project = 'project', stack = 'stack', env = {}, ...options }: RunOptions,
): Promise<Run> {
  const config = programConfig(project, options);
  const { engine, address } = await Engine.start({ project, stack, preview, ...cloudsOf(options) });
  try {
    const ended = await runProgram({ project, stack, program, sdk, address, preview, config, env });
    const { resources, stackOutputs, invocations, refusals } = engine.deployment;
    const { value: outputs, secretPaths: secretOutputPaths } = stackOutputs;
    const result = { ...ended, resources, outputs, secretOutputPaths, invocations, refusals, log: engine.log };
    if (ended.exitCode !== 0) throw new ProgramError(program, result);
    return result;
  } finally {
    engine.close();
  }
}

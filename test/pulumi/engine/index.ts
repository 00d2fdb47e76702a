/**
 * A stand-in for the Pulumi engine: it serves the two services that a program talks to, and runs unmodified programs
 * against them with the SDK's own runner. There is no CLI, no plugin and no network.
 *
 * It does not emulate: state, and so diffs, replacement, deletion, refresh and import; the checks and defaults of
 * providers, default providers, names that providers make up; options that children inherit from their parents in the
 * engine; remote components and calls of their methods; transforms of invokes, hooks; one resource that fails while others
 * go on. A program that asks for a feature that is missing here fails.
 */

import type { RegisteredResource } from './registered-resource';
import { ProgramError, type Run, type RunOptions, run } from './run';
import type { Sdk } from './sdk';

export { ACCOUNT, REGION } from './aws-provider';
export type { Invocation } from './deployment';
export { INGRESS_HOSTNAME } from './kubernetes-provider';
export type { RegisteredResource } from './registered-resource';
export type { Run, RunOptions } from './run';
export { SDKS } from './sdk';
export { UNKNOWN } from './values';

export interface Runs {
  /** Runs a program, named from the root of the package, as `pulumi preview` does. @throws ProgramError when it fails */
  readonly preview: (program: string, options?: RunOptions) => Promise<Run>;
  /** The same as the first `pulumi up` does. @throws ProgramError when it fails */
  readonly update: (program: string, options?: RunOptions) => Promise<Run>;
}

export function engineOn(sdk: Sdk): Runs {
  return {
    preview: (program, options = {}) => run(program, { preview: true, sdk }, options),
    update: (program, options = {}) => run(program, { preview: false, sdk }, options),
  };
}

export const { preview, update } = engineOn('current');

/** The run of a program that is expected to fail. @throws Error when it does not */
export async function failure(running: Promise<Run>): Promise<Run> {
  try {
    await running;
  } catch (error) {
    if (error instanceof ProgramError) return error.run;
    throw error;
  }
  throw new Error('The program was expected to fail, but it has not');
}

/** @throws Error when there is none, with those there are */
export function findResource({ resources }: Pick<Run, 'resources'>, type: string, name: string): RegisteredResource {
  const found = resources.find((resource) => resource.type === type && resource.name === name);
  if (found) return found;
  const others = resources.map((resource) => `  ${resource.type} ${resource.name}`);
  throw new Error(`There is no ${type} ${name}, but:\n${others.join('\n')}`);
}

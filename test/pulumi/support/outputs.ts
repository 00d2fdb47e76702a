import * as pulumi from '@pulumi/pulumi';

/** What is to be known of an Output by those who handle it without looking into it. */
export interface State {
  /** Nothing while it is not known. */
  readonly value: unknown;
  readonly isKnown: boolean;
  readonly isSecret: boolean;
}

interface Internals {
  readonly isKnown: Promise<boolean>;
  readonly isSecret: Promise<boolean>;
  promise(): Promise<unknown>;
}

/** @throws what the Output fails with */
export async function stateOf(input: pulumi.Input<unknown>): Promise<State> {
  const output = pulumi.output(input) as unknown as Internals;
  const value = await output.promise();
  const isKnown = await output.isKnown;
  return { value: isKnown ? value : undefined, isKnown, isSecret: await output.isSecret };
}

/** What is not known before an update. */
export function unknown<T>(): pulumi.Output<T> {
  return pulumi.output(pulumi.unknown) as unknown as pulumi.Output<T>;
}

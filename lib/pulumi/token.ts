import * as pulumi from '@pulumi/pulumi';
import { declareSecret } from '../synth/when-known';

const TOKENS = Symbol.for('cdk8s-edge-inference.pulumi.tokens');

/** Of the process: two copies of the library would else give one placeholder to two Outputs. */
const global = globalThis as { [TOKENS]?: pulumi.Output<unknown>[] };

/**
 * A placeholder for a value that is known only when something has been deployed, to be given wherever a construct takes
 * a text: alone, or within a longer one. {@link ClusterObjects} puts the value in its place.
 *
 * Names, namespaces, hosts, numbers and keys must be known before, and refuse it. Nobody may look into it: not its
 * length, nor its characters.
 *
 * @returns the text itself when it is known already
 */
export function token(value: pulumi.Input<string>): string {
  if (typeof value === 'string') return value;
  return placeholderOf(pulumi.Output.isInstance(value) ? value : pulumi.output(value));
}

/**
 * A placeholder for a secret that is known already: from the configuration of the stack, for one. Constructs can check it
 * at once, before anything is registered, and what Pulumi is told of it is a secret.
 */
export function secretToken(value: string): string {
  const placeholder = placeholderOf(pulumi.secret(value));
  declareSecret(placeholder, value);
  return placeholder;
}

/** The same for values of any type; it comes back as what it was where it stands alone. */
export function placeholderOf(output: pulumi.Output<unknown>): string {
  global[TOKENS] ??= [];
  const known = global[TOKENS].indexOf(output);
  const index = known < 0 ? global[TOKENS].push(output) - 1 : known;
  return `$\{pulumi:${index}}`;
}

/** What a placeholder with this number stands for, if this process has made it. */
export function outputOf(index: number): pulumi.Output<unknown> | undefined {
  return global[TOKENS]?.[index];
}

import * as pulumi from '@pulumi/pulumi';
import { checkKnown, type KnownText, type LateCheck, lateChecks } from '../synth/when-known';
import { outputOf } from './token';
import { tokenText } from './token-text';

/**
 * What constructs could not check while they were made, for the Outputs with these numbers: each fails when the values
 * are not what they must be.
 */
export function lateChecksOf(tokens: readonly number[]): pulumi.Output<void>[] {
  const concerns = ({ values }: LateCheck) => values.flatMap((value) => tokenText(value).tokens);
  return lateChecks()
    .filter((check) => concerns(check).some((token) => tokens.includes(token)))
    .map(({ values, check }) => pulumi.all(values.map(known)).apply((texts) => checkKnown(check, texts)));
}

function known(value: string): pulumi.Output<KnownText> {
  const { texts, tokens } = tokenText(value);
  const outputs = tokens.map((token) => outputOf(token));
  const secret = Promise.all(outputs.map((output) => output !== undefined && pulumi.isSecret(output)));
  return pulumi.all([pulumi.all(outputs), secret]).apply(([values, secrets]) => ({
    text: texts.reduce((before, after, i) => `${before}${values[i - 1]}${after}`),
    isSecret: secrets.includes(true),
  }));
}

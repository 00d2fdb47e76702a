import { isUnresolved } from '../naming/unresolved';

const LATE_CHECKS = Symbol.for('cdk8s-edge-inference.lateChecks');
const SECRETS = Symbol.for('cdk8s-edge-inference.secrets');

/** Throws when values are not what they must be. */
export type Check = (values: readonly string[]) => void;

/** What is to be asked of values once they are known. */
export interface LateCheck {
  /** Texts with placeholders in some of them. */
  readonly values: readonly string[];
  readonly check: Check;
}

/** A text that is known by now. */
export interface KnownText {
  readonly text: string;
  readonly isSecret: boolean;
}

const global = globalThis as { [LATE_CHECKS]?: LateCheck[]; [SECRETS]?: Map<string, string> };

/**
 * Checks values: at once, or when placeholders in them have been replaced, which is when `ClusterObjects` comes to an
 * object that holds one of them.
 */
export function whenKnown(values: readonly string[], check: Check): void {
  const known = values.map(revealed);
  if (known.some(({ text }) => isUnresolved(text))) lateChecks().push({ values: [...values], check });
  else checkKnown(check, known);
}

/** Lets a secret be checked at once though only its placeholder goes into objects. */
export function declareSecret(placeholder: string, value: string): void {
  global[SECRETS] ??= new Map();
  global[SECRETS].set(placeholder, value);
}

/** Messages show the value that is wrong, but for secrets. */
export function checkKnown(check: Check, known: readonly KnownText[]): void {
  try {
    check(known.map(({ text }) => text));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    for (const { text } of known.filter(({ isSecret }) => isSecret)) {
      error.message = error.message.replaceAll(text, '[secret]');
    }
    throw error;
  }
}

/** All that was put off in this process, by any copy of the library. */
export function lateChecks(): LateCheck[] {
  global[LATE_CHECKS] ??= [];
  return global[LATE_CHECKS];
}

/** A secret stands alone: within a longer text its placeholder is one like any other. */
function revealed(value: string): KnownText {
  const secret = global[SECRETS]?.get(value);
  return { text: secret ?? value, isSecret: secret !== undefined };
}

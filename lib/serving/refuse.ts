import type { EdgeErrorCode } from '../error-codes';
import { EdgeError } from '../errors';

/** A value that was looked at, and what to do when it is wrong. */
export interface Checked {
  readonly at: string;
  readonly value: unknown;
  readonly fix: string;
}

/** @throws EdgeError when there is a rule that the value breaks */
export function refuse(code: EdgeErrorCode, rule: string | undefined, checked: Checked): void {
  if (rule) throw new EdgeError(code, { ...checked, rule });
}

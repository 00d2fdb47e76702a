import { expect } from 'vitest';
import { EdgeError, type EdgeErrorCode, EdgeValidationError } from '../../../lib';

/** The parts of a message that a test insists on. */
export interface Refusal {
  readonly code: EdgeErrorCode;
  /** What was found, as the message shows it: texts are in quotes. */
  readonly value: string;
  /** A part of the rule that was broken. */
  readonly rule: string;
}

/** Expects an EdgeError that names its code, the value, the rule, and what to do. */
export function expectRefusal(action: () => unknown, refusal: Refusal): void {
  const error = thrownBy(action);
  expect(error).toBeInstanceOf(EdgeError);
  expect((error as EdgeError).code).toBe(refusal.code);
  expectMessage((error as EdgeError).message, refusal);
}

/** Expects exactly one of an app's problems to be this one of a construct. */
export function expectProblem(problems: readonly string[], path: string, refusal: Refusal): void {
  const start = `[${path}] `;
  const own = problems.filter((problem) => problem.startsWith(`${start}${refusal.code}: `));
  expect(own, `one ${refusal.code} of ${path} among:\n${problems.join('\n')}`).toHaveLength(1);
  expectMessage(String(own[0]).slice(start.length), refusal);
}

/** The problems that synth reports. */
export function problemsOf(app: { synthYaml(): string }): string[] {
  const error = thrownBy(() => app.synthYaml());
  expect(error).toBeInstanceOf(EdgeValidationError);
  return (error as EdgeValidationError).problems;
}

/** What an action throws. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** `<CODE>: <place> is <value>, but <rule>. <Fix>.` */
const FORM = /^(?<code>[A-Z_]+): (?<found>.+?), but (?<rule>.+)\. (?<fix>.+)$/s;

function expectMessage(message: string, { code, value, rule }: Refusal): void {
  const parts = FORM.exec(message)?.groups;
  const found = parts?.found ?? '';
  expect({ ...parts, found: found.endsWith(` is ${value}`) ? value : found }, message).toStrictEqual({
    code,
    found: value,
    rule: expect.stringContaining(rule),
    fix: expect.stringMatching(/^[A-Z].*\.$/s),
  });
}

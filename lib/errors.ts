import type { EdgeErrorCode } from './error-codes';
import { isUnresolved } from './naming/unresolved';

/** The four parts of a message that helps: where, what was found, what is asked for, and what to do. */
export interface Problem {
  /** The prop, or the object, that is wrong. */
  readonly at: string;
  /** What was found there. Never a secret. */
  readonly value: unknown;
  /** What it must be, as the end of a sentence: "… is X, but <rule>". */
  readonly rule: string;
  /** What to do, as a sentence without its full stop. */
  readonly fix: string;
}

/**
 * The problem of a placeholder is that it is one, whatever rule it breaks: whoever gave an Output learns nothing from
 * being told about characters.
 */
function diagnose(code: EdgeErrorCode, problem: Problem): [EdgeErrorCode, Problem] {
  if (code === LATE || !isUnresolved(problem.value)) return [code, problem];
  const rule = 'this decides what there is, and must be known before anything is deployed';
  return [LATE, { ...problem, rule, fix: 'Give the value itself, from the configuration of the stack for instance' }];
}

const LATE = 'EDGE_ERR_TOKEN';

/** One line for one problem. */
export function describe(code: EdgeErrorCode, problem: Problem): string {
  return line(...diagnose(code, problem));
}

function line(code: EdgeErrorCode, { at, value, rule, fix }: Problem): string {
  const shown = typeof value === 'string' ? `"${value}"` : String(value);
  return `${code}: ${at} is ${shown}, but ${rule}. ${fix}.`;
}

const BRAND = Symbol.for('cdk8s-edge-inference.EdgeError');
const VALIDATION_BRAND = Symbol.for('cdk8s-edge-inference.EdgeValidationError');

/** Thrown at once for a bad prop. Recognised across several installed copies of the library. */
export class EdgeError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  readonly code: EdgeErrorCode;

  constructor(code: EdgeErrorCode, problem: Problem) {
    const [actual] = diagnose(code, problem);
    super(describe(code, problem));
    this.name = 'EdgeError';
    this.code = actual;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Thrown by `EdgeApp.synth()`, with every problem of the tree. */
export class EdgeValidationError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && VALIDATION_BRAND in value;
  }

  /** One line per problem, `[construct path] CODE: …`, sorted. */
  readonly problems: string[];

  constructor(problems: string[]) {
    const sorted = [...problems].sort();
    super(`${sorted.length} problem(s) in this topology:\n  ${sorted.join('\n  ')}`);
    this.name = 'EdgeValidationError';
    this.problems = sorted;
    Object.defineProperty(this, VALIDATION_BRAND, { value: true });
  }
}

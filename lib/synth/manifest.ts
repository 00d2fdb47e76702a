import type { EdgeErrorCode } from '../error-codes';
import type { Problem } from '../errors';

/** An object as it goes into a file, and where in the tree it comes from. */
export interface Manifest {
  readonly path: string;
  readonly json: ManifestJson;
  /** Codes of problems that the stack accepts for it. */
  readonly accepted: readonly EdgeErrorCode[];
}

export interface ManifestJson {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ManifestMetadata;
  readonly spec?: unknown;
  readonly data?: unknown;
}

interface ManifestMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

/** A problem of one object. */
export interface ManifestProblem {
  readonly path: string;
  readonly code: EdgeErrorCode;
  readonly problem: Problem;
}

/** The API group of an object; `core` for those without. */
export function groupOf({ apiVersion }: ManifestJson): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : 'core';
}

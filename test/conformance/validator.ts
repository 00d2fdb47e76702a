import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import type { Manifest } from '../../lib/testing';
import { ROOT } from '../lib/support/folders';

const FOLDER = path.join(ROOT, '..', 'shared', 'validate');

/** What is missing of the validator, if anything is. */
export const MISSING_VALIDATOR = [FOLDER, path.join(FOLDER, 'node_modules')].find((folder) => !existsSync(folder));
/** For the names of tests that are skipped without it. */
export const SKIP_NOTE = MISSING_VALIDATOR ? ` (skipped: there is no ${path.relative(ROOT, MISSING_VALIDATOR)})` : '';

interface Verdict {
  readonly key: string;
  readonly status: 'ok' | 'invalid' | 'unknown';
  readonly errors: object[];
  readonly warnings: string[];
}

export type Validate = (object: unknown) => Verdict;

interface Validation {
  createValidator(options: { kubernetes: string }): Validate;
}

const validators = new Map<string, Validate>();

export async function validator(kubernetes: string): Promise<Validate> {
  const { createValidator }: Validation = await import(pathToFileURL(path.join(FOLDER, 'validate.mjs')).href);
  const validate = validators.get(kubernetes) ?? createValidator({ kubernetes });
  validators.set(kubernetes, validate);
  return validate;
}

/** What is wrong with objects, or merely frowned upon. */
export function findings(manifests: readonly Manifest[], validate: Validate) {
  expect(manifests.length).toBeGreaterThan(0);
  const verdicts = manifests.map((manifest) => ({ ...validate(manifest), name: manifest.metadata.name }));
  return verdicts.filter(({ status, warnings }) => status !== 'ok' || warnings.length > 0);
}

import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CamelRendering } from '../../lib';
import { camelObjects, camelStack } from '../lib/support/camel';
import { ROOT } from '../lib/support/folders';

const VALIDATOR = path.join(ROOT, '..', 'shared', 'validate');

/** The versions whose CRDs there are to validate against, and what is made for them. */
const VERSIONS: [folder: string, rendering: CamelRendering][] = [
  ['camel-k-v2.10.1', CamelRendering.INTEGRATION],
  ['camel-k-v2.10.1', CamelRendering.PIPE],
  ['camel-k-v2.5.1', CamelRendering.INTEGRATION],
  // The last version with the kinds of Camel K 1.
  ['camel-k-v2.5.1', CamelRendering.KAMELET_BINDING],
];

interface Verdict {
  readonly key: string;
  readonly status: 'ok' | 'invalid' | 'unknown';
  readonly errors: object[];
}

interface Validation {
  createValidator(options: { only: string[] }): (object: unknown) => Verdict;
}

const missing = [VALIDATOR, path.join(VALIDATOR, 'node_modules')].find((folder) => !existsSync(folder));
const note = missing ? ` (skipped: there is no ${path.relative(ROOT, missing)})` : '';

describe.skipIf(missing)(`every object of Camel K is valid${note}`, () => {
  it.each(VERSIONS)('to %s, as %s', async (folder, rendering) => {
    const { createValidator }: Validation = await import(pathToFileURL(path.join(VALIDATOR, 'validate.mjs')).href);
    const validate = createValidator({ only: [folder] });

    const objects = camelObjects(camelStack({}, { rendering }).app).filter(({ apiVersion }) =>
      apiVersion.startsWith('camel.apache.org/'),
    );

    expect(objects.map(({ kind }) => kind)).toContain(rendering);
    expect(objects.map((object) => validate(object)).filter(({ status }) => status !== 'ok')).toStrictEqual([]);
  });
});

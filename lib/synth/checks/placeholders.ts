import type { Manifest, ManifestProblem } from '../manifest';

const PLACEHOLDERS: [pattern: RegExp, what: string][] = [
  [/\$\{pulumi:\d+\}/, 'a Pulumi Output that only `pulumi up` replaces'],
  [/Calling \[(toString|toJSON)\] on an \[Output<T>\]/, 'the help text of a Pulumi Output that was put into a string'],
  [/\$\{Token\[[^\]]*\]\}/, 'a token that nothing resolved'],
];

/** Placeholders that were never replaced by their values. */
export function placeholders(manifests: readonly Manifest[]): ManifestProblem[] {
  return manifests.flatMap(({ path, json }) =>
    leaves(json, '').flatMap(({ at, text }) => {
      const found = PLACEHOLDERS.find(([pattern]) => pattern.test(text));
      if (!found) return [];
      const [pattern, what] = found;
      const problem = {
        at: `${json.kind}${at}`,
        value: pattern.exec(text)?.[0],
        rule: `that is ${what}`,
        fix: 'Give the value itself, from configuration for instance',
      };
      return [{ path, code: 'EDGE_ERR_TOKEN', problem }];
    }),
  );
}

function leaves(value: unknown, at: string): { at: string; text: string }[] {
  if (typeof value === 'string') return [{ at, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    ...leaves(key, `${at}.${key}`),
    ...leaves(child, Array.isArray(value) ? `${at}[${key}]` : `${at}.${key}`),
  ]);
}

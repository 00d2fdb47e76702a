import { CHECKSUM_ANNOTATION } from '../../kubernetes/labels';
import { hidesToken, OUTPUT_TOKEN } from '../../naming/unresolved';
import type { Manifest, ManifestProblem } from '../manifest';

interface Leaf {
  /** Where it is, as `.metadata.name`. */
  readonly at: string;
  readonly text: string;
  readonly isKey: boolean;
}

/** What is wrong with a text, and the part of it that shows it. */
export interface Finding {
  readonly value: string | undefined;
  readonly rule: string;
}

/** What nobody replaces, whoever reads the manifests. */
const LOST: [pattern: RegExp, what: string][] = [
  [/Calling \[(toString|toJSON)\] on an \[Output<T>\]/, 'the help text of a Pulumi Output that was put into a string'],
  [/\$\{Token\[[^\]]*\]\}/, 'a token that nothing resolved'],
];

/** Decides which object there is. */
const IDENTITY = /^\.(apiVersion|kind|metadata\.(name|namespace))$/;

/** Placeholders that were never replaced by their values. */
export function placeholders(manifests: readonly Manifest[]): ManifestProblem[] {
  return problemsOf(manifests, ({ text }) => placeholderIn(text));
}

/** Placeholders that nothing can replace, or that stand where the value must be known before anything is deployed. */
export function misplacedTokens(manifests: readonly Manifest[]): ManifestProblem[] {
  return problemsOf(manifests, (leaf) => lostIn(leaf.text) ?? misplaced(leaf));
}

/** A placeholder in a text that is written as it is, or nothing. */
export function placeholderIn(text: string): Finding | undefined {
  const value = OUTPUT_TOKEN.exec(text)?.[0];
  return value === undefined ? lostIn(text) : { value, rule: 'that is a Pulumi Output that only `pulumi up` replaces' };
}

/** A placeholder that nothing finds again, or nothing. */
export function lostIn(text: string): Finding | undefined {
  const found = LOST.find(([pattern]) => pattern.test(text));
  if (found) return { value: found[0].exec(text)?.[0], rule: `that is ${found[1]}` };
  const rule = 'the token of a Pulumi Output is in it, where nothing finds it to replace it';
  return hidesToken(text) ? { value: 'a text in base64', rule } : undefined;
}

function misplaced({ at, text, isKey }: Leaf): Finding | undefined {
  const value = OUTPUT_TOKEN.exec(text)?.[0];
  if (value === undefined) return undefined;
  if (isKey) return { value, rule: 'a key must be known before anything is deployed' };
  if (IDENTITY.test(at)) return { value, rule: 'which objects there are must be known before anything is deployed' };
  const rule = 'a checksum is made of the text, and pods would not be replaced when the value of the Output changes';
  return at.includes(CHECKSUM_ANNOTATION) ? { value, rule } : undefined;
}

function problemsOf(manifests: readonly Manifest[], find: (leaf: Leaf) => Finding | undefined): ManifestProblem[] {
  return manifests.flatMap(({ path, json }) =>
    leaves(json, '').flatMap((leaf) => {
      const finding = find(leaf);
      if (!finding) return [];
      const fix = 'Give the value itself, from configuration for instance';
      return [{ path, code: 'EDGE_ERR_TOKEN', problem: { at: `${json.kind}${leaf.at}`, ...finding, fix } }];
    }),
  );
}

function leaves(value: unknown, at: string, isKey = false): Leaf[] {
  if (typeof value === 'string') return [{ at, text: value, isKey }];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((child, i) => leaves(child, `${at}[${i}]`));
  return Object.entries(value).flatMap(([key, child]) => [
    ...leaves(key, `${at}.${key}`, true),
    ...leaves(child, `${at}.${key}`),
  ]);
}

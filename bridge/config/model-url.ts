import type { Captures } from './topic-pattern';

/**
 * What Kubernetes takes for the name of a namespace or a model; no dots, slashes or percent signs. And nothing that says it
 * is encoded: Node 22 knows no host with a part like "xn--a", which decodes to nothing.
 */
const SAFE = /^(?!xn--)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** What URLs drop or take for something else: line ends, tabs, backslashes, dots of other scripts. */
const MISREAD = /[^\x21-\x7e]|\\/;

/** Says why a URL with placeholders could become one to somewhere else, or nothing when it could not. */
export function modelUrlProblem(template: string): string | undefined {
  if (!/[{}]/.test(template)) return undefined;
  if (MISREAD.test(template)) {
    return 'with a part taken from the topic it has visible ASCII characters only, and no backslash';
  }
  const [, authority = '', rest = ''] = /^[a-z]+:\/\/([^/?#]*)(.*)$/.exec(template) ?? [];
  // In a URL with one slash too many, what comes next would be the host.
  if (authority === '') return 'it names no host';
  if (/[{}]/.test(authority)) {
    const parts = authority.replace(/\.?(:\d+)?$/, '').split('.');
    const torn = parts.find((part) => !/^(\{[^{}]*\}|[\w-]+)$/.test(part));
    if (torn !== undefined) return `"${torn}" is not a whole part of the host`;
    if (parts.at(-1)?.endsWith('}')) return 'the host must end with a part that is not taken from the topic';
  }
  if (/[?#].*[{}]/.test(rest)) return 'what is taken from the topic may be in the host and in the path only';
  return undefined;
}

/** Says why something captured from a topic cannot go into a URL, or nothing when all of it can. */
export function captureProblem(captures: Captures, names: readonly string[]): string | undefined {
  const name = names.find((name) => !SAFE.test(captures[name] ?? ''));
  if (name === undefined) return undefined;
  return `{${name}} is "${excerpt(captures[name] ?? '')}", but it becomes part of a URL, and has 1 to 63 of a-z, 0-9 and -, without xn-- at its beginning`;
}

function excerpt(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

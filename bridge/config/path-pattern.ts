/** What needs no encoding in a path, and means nothing to a router. */
const SEGMENT = /^[\w.~-]+(:[A-Za-z]+)?$/;
/** A part of the path that a request chooses; behind a colon comes what is asked of it. */
const NAMED = /^\{([A-Za-z][A-Za-z0-9]*)\}(:[A-Za-z]+)?$/;

/** Says why `path` is no path of a route, or nothing when it is one. */
export function pathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return 'a path begins with /';
  const segments = path.slice(1).split('/');
  const wrong = segments.find((segment) => !SEGMENT.test(segment) && !NAMED.test(segment));
  if (wrong !== undefined) {
    return `"${wrong}" is no part of a path, which is a word or a name in braces, each perhaps with a colon and another word`;
  }
  if (segments.some((segment) => /^\.{1,2}$/.test(segment))) return 'parts that are only dots never arrive';
  const names = segments.map((segment) => NAMED.exec(segment)?.[1]).filter((name) => name !== undefined);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return twice === undefined ? undefined : `two parts have the name {${twice}}`;
}

/** The path as the router writes it. */
export function routerPath(path: string): string {
  return path
    .split('/')
    .map((segment) => {
      const [, name, verb = ''] = NAMED.exec(segment) ?? [];
      // A colon that comes encoded ends no name, but then there is one where no name has it.
      return name === undefined ? segment.replace(':', '::') : `:${name}(^[^:/]+)${verb.replace(':', '::')}`;
    })
    .join('/');
}

/** The path without the names: requests to two paths of one shape cannot be told apart. */
export function pathShape(path: string): string {
  return path.replace(/\{[^{}]*\}/g, '{}');
}

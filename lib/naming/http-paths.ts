/** Which requests a path stands for. */
export enum PathMatch {
  /** The path, and everything below it: `/info` takes `/info`, `/info/` and `/info/a`, and not `/information`. */
  PREFIX = 'Prefix',
  /** Nothing but the path: `/info` does not take `/info/`. */
  EXACT = 'Exact',
}

const PATH = /^\/([A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*)?$/;
const MAX_PATH = 1024;

/** Says why `path` cannot be that of a route, or nothing when it can. */
export function httpPathProblem(path: string): string | undefined {
  if (!PATH.test(path)) {
    return 'a path begins with /, does not end with one, and has only letters, digits and . _ ~ - between them';
  }
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) {
    return 'clients and proxies resolve the segments . and .. before they look for a route';
  }
  // The limit of the Gateway API; the others have none, or a higher one.
  return path.length > MAX_PATH
    ? `a path has at most ${MAX_PATH} characters, and this one has ${path.length}`
    : undefined;
}

/** Whether a request for `requested` is one that `path` stands for. */
export function pathMatches(path: string, match: PathMatch, requested: string): boolean {
  if (requested === path) return true;
  return match === PathMatch.PREFIX && requested.startsWith(path === '/' ? path : `${path}/`);
}

/** The requested path with what the route's path stands for replaced. */
export function rewritePath(path: string, match: PathMatch, requested: string, rewriteTo: string): string {
  if (match === PathMatch.EXACT) return rewriteTo;
  const rest = path === '/' ? requested : requested.slice(path.length);
  return `${rewriteTo === '/' ? '' : rewriteTo}${rest}` || '/';
}

/** The higher, the earlier a path is tried: a longer one before a shorter one, and an exact one before a prefix. */
export function pathRank(path: string, match: PathMatch): number {
  return 2 * path.length + (match === PathMatch.EXACT ? 1 : 0);
}

/**
 * Everything the library refuses, with why. Codes are part of the public interface: they never change their meaning.
 *
 * docs/errors.md says the same at length.
 */
export const EDGE_ERRORS = {
  EDGE_ERR_NAME: 'A name that Kubernetes, KServe or the broker would refuse.',
  EDGE_ERR_DOMAIN: 'A domain or host name that is not one, or a host label longer than DNS allows.',
  EDGE_ERR_MODEL_HOST: 'A name from which KServe would derive a host that does not lead to the model.',
  EDGE_ERR_NAMESPACE: "A platform without namespaces, or a model in a namespace that is not one of the platform's.",
  EDGE_ERR_DUPLICATE: 'Two things of the same name where only one can be.',
  EDGE_ERR_OBJECT_DUPLICATE:
    'Two Kubernetes objects of one group, kind, namespace and name: the later would replace the earlier.',
  EDGE_ERR_FILE_DUPLICATE: 'Two things that would be written to the same file: the later would replace the earlier.',
  EDGE_ERR_OBJECT_SIZE: 'A ConfigMap or Secret above the size that Kubernetes stores.',
  EDGE_ERR_TOKEN: 'A placeholder that was never replaced by its value.',
  EDGE_ERR_VALUE: 'A number or text outside of what its reader accepts.',
  EDGE_ERR_CREDENTIALS: 'A password that is missing, or too weak to be one.',
  EDGE_ERR_ROUTE_MODEL: 'A route to a model that is not part of the app.',
  EDGE_ERR_ROUTE_CLIENT:
    'A route without a client, or with a client of another broker: its topic would be one nobody may write.',
  EDGE_ERR_ROUTE_TOPIC: 'A topic with a wildcard, or one that the broker keeps for itself.',
  EDGE_ERR_ROUTE_CONFLICT: "Routes that would take each other's requests, or an answer for a request.",
  EDGE_ERR_NO_ROUTES: 'A bridge without a route has nothing to do.',
  EDGE_ERR_ENTRY_POINT: 'A Traefik entry point whose name or port Traefik would refuse.',
  EDGE_ERR_TRAEFIK_TLS:
    'TLS without a host: Traefik picks the certificate, and the route, by the host a client asks for.',
  EDGE_ERR_BUNDLE: "The bridge's program is not where the library expects it.",
} as const;

export type EdgeErrorCode = keyof typeof EDGE_ERRORS;

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

/** One line for one problem. */
export function describe(code: EdgeErrorCode, { at, value, rule, fix }: Problem): string {
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
    super(describe(code, problem));
    this.name = 'EdgeError';
    this.code = code;
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

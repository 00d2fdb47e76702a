import { EdgeError } from '../../errors';

/** A port that Traefik listens on. */
export interface TraefikEntryPoint {
  /** At most 15 of a-z, 0-9 and -: the chart cuts longer names. */
  readonly name: string;
  /** The port of Traefik's container and of its Service. */
  readonly port: number;
}

/** @throws EdgeError EDGE_ERR_ENTRY_POINT for a name or port that Traefik or its Service cannot have, or has already */
export function validateEntryPoint({ name, port }: TraefikEntryPoint, there: readonly TraefikEntryPoint[]): void {
  const rule = nameProblem(name, there);
  if (rule) {
    const at = 'the name of an entry point';
    throw new EdgeError('EDGE_ERR_ENTRY_POINT', { at, value: name, rule, fix: 'Choose another name' });
  }
  const at = `the port of entry point "${name}"`;
  const owner = there.find((other) => other.port === port);
  if (owner) {
    throw new EdgeError('EDGE_ERR_ENTRY_POINT', {
      at,
      value: port,
      rule: `entry point "${owner.name}", which this Traefik has already, listens on it`,
      fix: `Choose another one than ${there.map((other) => other.port).join(', ')}`,
    });
  }
  if (!Number.isInteger(port) || port < 1024 || port > 65_535) {
    throw new EdgeError('EDGE_ERR_ENTRY_POINT', {
      at,
      value: port,
      rule: 'Traefik runs as an ordinary user and listens on ports from 1024 to 65535',
      fix: 'Choose one of those',
    });
  }
}

/** @see https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports */
function nameProblem(name: string, there: readonly TraefikEntryPoint[]): string | undefined {
  // Traefik does not distinguish upper and lower case here.
  if (there.some((other) => other.name.toLowerCase() === name)) {
    return 'this Traefik has an entry point of this name already, whose settings it would change';
  }
  if (/^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/.test(name) && /[a-z]/.test(name) && !name.includes('--')) return undefined;
  return 'Kubernetes names ports with at most 15 of a-z, 0-9 and -, a letter among them and no two - in a row';
}

/** Says why two entry points of one Traefik exclude each other, or nothing when they do not; they may be the same. */
export function entryPointClash(one: TraefikEntryPoint, other: TraefikEntryPoint): string | undefined {
  if (one.name === other.name && one.port !== other.port) {
    return `entry point "${one.name}" has port ${other.port} there, and the later would replace the earlier`;
  }
  if (one.name !== other.name && one.port === other.port) return `entry point "${other.name}" listens on it there`;
  return undefined;
}

import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Middleware, type MiddlewareReference, MiddlewareTcp, type TraefikApiVersion } from '../../crds/traefik';
import { EdgeError } from '../../errors';
import { sourceRangeProblem } from './source-ranges';

export interface ConnectionLimitsProps {
  readonly name: string;
  readonly namespace: string;
  readonly apiVersion: TraefikApiVersion;
  /** What Traefik calls a list of addresses that may connect. */
  readonly allowList: 'ipAllowList' | 'ipWhiteList';
  readonly allowedSourceRanges?: string[];
  readonly maxConnectionsPerClient?: number;
  /** Whether there are HTTP routes too, which take middlewares of their own kind. */
  readonly http: boolean;
}

/** The middlewares that decide who may connect, and how often at a time. */
export class ConnectionLimits extends Construct {
  readonly middlewares: ApiObject[] = [];
  /** The names of the middlewares, which are the same for both kinds of routes. */
  readonly references: MiddlewareReference[] | undefined;

  /** @throws EdgeError EDGE_ERR_VALUE for ranges and numbers that would let nobody in, or that Traefik does not read */
  constructor(scope: Construct, id: string, props: ConnectionLimitsProps) {
    super(scope, id);
    validate(props);
    const { allowList, allowedSourceRanges: sourceRange, maxConnectionsPerClient: amount } = props;
    // First who may, then how often: somebody who is refused does not count.
    const wishes: Wish[] = [];
    if (sourceRange) {
      const spec = { [allowList]: { sourceRange } };
      wishes.push({ id: 'source-ranges', tcp: spec, http: spec });
    }
    if (amount !== undefined) {
      const tcp = { inFlightConn: { amount } };
      // A websocket is one request for as long as it is open. A depth of 0 is the address of the connection.
      const http = { inFlightReq: { amount, sourceCriterion: { ipStrategy: { depth: 0 } } } };
      wishes.push({ id: 'connections', tcp, http });
    }
    for (const wish of wishes) this.#add(wish, props);
    this.references = wishes.length > 0 ? wishes.map((wish) => ({ name: `${props.name}-${wish.id}` })) : undefined;
  }

  #add({ id, tcp, http }: Wish, { name, namespace, apiVersion, http: withHttp }: ConnectionLimitsProps): void {
    const metadata = { name: `${name}-${id}`, namespace };
    this.middlewares.push(new MiddlewareTcp(this, `${id}-tcp`, { apiVersion, metadata, spec: tcp }));
    if (withHttp) this.middlewares.push(new Middleware(this, `${id}-http`, { apiVersion, metadata, spec: http }));
  }
}

interface Wish {
  readonly id: string;
  readonly tcp: Record<string, object>;
  readonly http: Record<string, object>;
}

function validate({ allowedSourceRanges, maxConnectionsPerClient }: ConnectionLimitsProps): void {
  if (allowedSourceRanges?.length === 0) {
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: 'exposeThroughTraefik(..).allowedSourceRanges',
      value: '[]',
      rule: 'an empty list would let nobody in, and Traefik refuses it',
      fix: 'Name a range, or leave the option out',
    });
  }
  for (const [i, range] of (allowedSourceRanges ?? []).entries()) {
    const rule = sourceRangeProblem(range);
    if (!rule) continue;
    const at = `exposeThroughTraefik(..).allowedSourceRanges[${i}]`;
    const fix = 'Write it as 192.0.2.0/24 or 2001:db8::/32';
    throw new EdgeError('EDGE_ERR_VALUE', { at, value: range, rule, fix });
  }
  if (
    maxConnectionsPerClient !== undefined &&
    !(Number.isSafeInteger(maxConnectionsPerClient) && maxConnectionsPerClient > 0)
  ) {
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: 'exposeThroughTraefik(..).maxConnectionsPerClient',
      value: maxConnectionsPerClient,
      rule: 'it is a whole number of at least 1, and with 0 nobody could connect',
      fix: 'Choose one, or leave the option out',
    });
  }
}

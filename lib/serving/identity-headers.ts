import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { EnvoyFilter } from '../crds/istio-networking';
import { EdgeError } from '../errors';
import { dnsSubdomainProblem } from '../naming/kubernetes-names';
import { stripHeadersScript } from './strip-headers-script';

/** Kubeflow takes these for the name and the groups of whoever has been let in. */
export const KUBEFLOW_IDENTITY_HEADERS = ['kubeflow-userid', 'kubeflow-groups'];

/** A load balancer adds these after a login. */
export const ALB_IDENTITY_HEADERS = ['x-amzn-oidc-*'];

/**
 * After all that have none, which is zero: of two filters that are inserted first, the one applied later is before the
 * other.
 */
const PRIORITY = 100;

const HEADER = /^[a-z0-9-]+\*?$/;

export interface IdentityHeaderFilterProps {
  /** Name of the EnvoyFilter. */
  readonly name: string;
  /** @default 'istio-system' */
  readonly namespace?: string;
  /** Labels of the gateway's pods. @default { istio: 'ingressgateway' } */
  readonly gatewayLabels?: Record<string, string>;
  /** Hosts whose requests lose the headers. A `*` in front stands for any beginning. */
  readonly hosts: string[];
  /**
   * Names in lower case; a `*` at the end stands for any ending.
   *
   * @default ['kubeflow-userid', 'kubeflow-groups', 'x-amzn-oidc-*']
   */
  readonly headers?: string[];
}

/**
 * Removes the headers by which the cluster knows its users from what comes in: whoever may send one can be anybody.
 *
 * It is the first of the gateway's HTTP filters, so that those that add an identity, or decide by it, come after it.
 */
export class IdentityHeaderFilter extends Construct {
  readonly envoyFilter: ApiObject;

  /**
   * @throws EdgeError EDGE_ERR_DOMAIN for a host that is none; EDGE_ERR_NAME for a header that no request can have;
   * EDGE_ERR_VALUE for labels that say nothing
   */
  constructor(scope: Construct, id: string, props: IdentityHeaderFilterProps) {
    super(scope, id);
    const headers = props.headers ?? [...KUBEFLOW_IDENTITY_HEADERS, ...ALB_IDENTITY_HEADERS];
    for (const host of props.hosts) validateHost(host);
    for (const header of headers) validateHeader(header);
    if (props.gatewayLabels) validateLabels(props.gatewayLabels);

    this.envoyFilter = new EnvoyFilter(this, 'Resource', {
      metadata: { name: props.name, namespace: props.namespace ?? 'istio-system' },
      spec: {
        workloadSelector: { labels: props.gatewayLabels ?? { istio: 'ingressgateway' } },
        priority: PRIORITY,
        configPatches: [
          {
            applyTo: 'HTTP_FILTER',
            match: {
              context: 'GATEWAY',
              listener: { filterChain: { filter: { name: 'envoy.filters.network.http_connection_manager' } } },
            },
            patch: {
              operation: 'INSERT_FIRST',
              value: {
                name: 'edge-inference.identity-headers',
                typed_config: {
                  '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
                  default_source_code: { inline_string: stripHeadersScript(props.hosts, headers) },
                },
              },
            },
          },
        ],
      },
    });
  }
}

function validateHost(host: string): void {
  // What stands behind the wildcard is the end of a label, or begins with the dot after one.
  const rule = dnsSubdomainProblem(host.replace(/^\*[.-]?/, ''));
  if (!rule) return;
  const at = 'a host of IdentityHeaderFilter.hosts';
  throw new EdgeError('EDGE_ERR_DOMAIN', { at, value: host, rule, fix: 'Give a host, or the end of one after a *' });
}

function validateHeader(header: string): void {
  if (HEADER.test(header)) return;
  throw new EdgeError('EDGE_ERR_NAME', {
    at: 'a header of IdentityHeaderFilter.headers',
    value: header,
    rule: "Envoy has headers' names in lower case, and these are made of a-z, 0-9 and -",
    fix: 'Write it so, with a * at most at its end',
  });
}

function validateLabels(labels: Record<string, string>): void {
  if (Object.keys(labels).length > 0) return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'IdentityHeaderFilter.gatewayLabels',
    value: '{}',
    rule: 'without labels the filter is for every gateway of the namespace, and in istio-system of the whole mesh',
    fix: "Give labels of the gateway's pods",
  });
}

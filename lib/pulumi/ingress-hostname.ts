import * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../errors';
import type { KubernetesObject } from './kubernetes-object';

interface IngressStatus {
  readonly loadBalancer?: { readonly ingress?: { readonly hostname?: string }[] };
}

/**
 * The host name in the status of an Ingress. Unknown in a preview as long as there is none.
 *
 * @param at what messages call the Ingress
 */
export function hostnameOf(ingress: KubernetesObject, at: string): pulumi.Output<string> {
  return ingress.status.apply((status) => {
    const hostname = hostnameIn(status);
    if (hostname === undefined && pulumi.runtime.isDryRun()) return pulumi.unknown as unknown as string;
    return hostname ?? refuseStatus(at, status);
  });
}

/** The host name in a status, if there is one. */
export function hostnameIn(status: unknown): string | undefined {
  return (status as IngressStatus | null | undefined)?.loadBalancer?.ingress?.[0]?.hostname || undefined;
}

/** @throws EdgeError EDGE_ERR_INGRESS_ADDRESS, for an Ingress without a host name */
export function refuseStatus(at: string, status: unknown): never {
  throw new EdgeError('EDGE_ERR_INGRESS_ADDRESS', {
    at: `the status of ${at}`,
    value: JSON.stringify(status) ?? 'empty',
    rule: 'it has no host name of a load balancer in it',
    fix: 'See what its controller says (`kubectl describe`), and take pulumi.com/skipAwait from it if it is there',
  });
}

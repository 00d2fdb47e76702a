import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** A change to what Istio tells Envoy. */
interface EnvoyPatch {
  readonly applyTo: 'HTTP_FILTER';
  readonly match: {
    readonly context: 'GATEWAY';
    readonly listener: { readonly filterChain: { readonly filter: { readonly name: string } } };
  };
  readonly patch: { readonly operation: 'INSERT_FIRST'; readonly value: object };
}

export interface EnvoyFilterProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    /** Never left out: without one the patches go to every proxy of the namespace, and from the root one to all. */
    readonly workloadSelector: { readonly labels: Record<string, string> };
    /** Filters with a higher number are applied later. */
    readonly priority: number;
    readonly configPatches: EnvoyPatch[];
  };
}

/** @see https://istio.io/latest/docs/reference/config/networking/envoy-filter/ */
export class EnvoyFilter extends ApiObject {
  constructor(scope: Construct, id: string, props: EnvoyFilterProps) {
    super(scope, id, { apiVersion: 'networking.istio.io/v1alpha3', kind: 'EnvoyFilter', ...props });
  }
}

import { awsProvider } from './aws-provider';
import { kubernetesProvider } from './kubernetes-provider';
import type { RegisteredResource } from './registered-resource';
import type { PlainObject } from './values';

/** What a provider makes of a resource. */
export interface ProviderAnswer {
  /** @default the name of the resource with "-id", or the ID that it is imported or read by */
  readonly id?: string;
  /** Outputs beside the inputs, and instead of inputs of the same name. */
  readonly outputs?: PlainObject;
}

/** The clouds behind a program, as a test imagines them. */
export interface Clouds {
  /**
   * Creates a resource in an update. A preview asks nobody: there, all outputs that are not inputs are unknown.
   * @returns undefined for a resource whose outputs are its inputs
   */
  readonly provider: (resource: RegisteredResource) => ProviderAnswer | undefined;
  /** Finds a resource that exists already, in previews too. @returns undefined when that was not expected */
  readonly read: (resource: RegisteredResource) => ProviderAnswer | undefined;
  /** Answers a function of a provider, in previews too. @returns undefined when that was not expected */
  readonly invoke: (token: string, args: PlainObject) => PlainObject | undefined;
}

/** The clouds of a test, which create what it does not care about as AWS and Kubernetes do. */
export function cloudsOf({ provider, read, invoke }: Partial<Clouds>): Clouds {
  return {
    provider: (resource) => provider?.(resource) ?? awsProvider(resource) ?? kubernetesProvider(resource),
    read: (resource) => read?.(resource),
    invoke: (token, args) => invoke?.(token, args),
  };
}

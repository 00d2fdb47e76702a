import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

const V1 = 'camel.apache.org/v1';
const V1_ALPHA_1 = 'camel.apache.org/v1alpha1';

/** What the operator does to the workload it makes. */
export interface CamelTraits {
  readonly container: {
    readonly runAsNonRoot?: boolean;
    readonly requestCPU?: string;
    readonly requestMemory?: string;
    readonly limitCPU?: string;
    readonly limitMemory?: string;
  };
  readonly deployment: { readonly strategy: 'Recreate' };
  readonly mount: { readonly configs: string[] };
}

/** An endpoint of a Pipe or KameletBinding: a Camel URI, or a Kamelet with its properties. */
interface CamelEndpoint {
  readonly uri?: string;
  readonly ref?: { readonly apiVersion: string; readonly kind: 'Kamelet'; readonly name: string };
  readonly properties?: Record<string, string | number>;
}

interface CamelErrorHandler {
  readonly sink: {
    readonly endpoint: CamelEndpoint;
    readonly parameters?: { readonly maximumRedeliveries: number; readonly redeliveryDelay: number };
  };
}

/** What a Pipe or KameletBinding does with a message. */
export interface CamelBindingFlow {
  readonly source: CamelEndpoint;
  readonly steps: CamelEndpoint[];
  readonly sink: CamelEndpoint;
  readonly errorHandler: CamelErrorHandler;
}

/** What an Integration does with a message. */
export interface IntegrationFlow {
  /** Camel's YAML DSL. */
  readonly flows: object[];
  readonly dependencies?: string[];
}

interface WorkloadSpec {
  readonly replicas: number;
  readonly serviceAccountName: string;
}

interface WithTraits {
  readonly traits: CamelTraits;
}

export interface IntegrationProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: IntegrationFlow & Partial<WorkloadSpec & WithTraits>;
}

/** @see https://camel.apache.org/camel-k/2.10.x/apis/camel-k.html#_camel_apache_org_v1_Integration */
export class Integration extends ApiObject {
  constructor(scope: Construct, id: string, props: IntegrationProps) {
    super(scope, id, { apiVersion: V1, kind: 'Integration', ...props });
  }
}

export interface PipeProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: CamelBindingFlow & WorkloadSpec & WithTraits;
}

/** @see https://camel.apache.org/camel-k/2.10.x/apis/camel-k.html#_camel_apache_org_v1_Pipe */
export class Pipe extends ApiObject {
  constructor(scope: Construct, id: string, props: PipeProps) {
    super(scope, id, { apiVersion: V1, kind: 'Pipe', ...props });
  }
}

export interface KameletBindingProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: CamelBindingFlow & WorkloadSpec & { readonly integration: WithTraits };
}

/** @see https://camel.apache.org/camel-k/1.12.x/kamelets/kameletbindings.html */
export class KameletBinding extends ApiObject {
  constructor(scope: Construct, id: string, props: KameletBindingProps) {
    super(scope, id, { apiVersion: V1_ALPHA_1, kind: 'KameletBinding', ...props });
  }
}

export interface KameletProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    /** A JSON schema. */
    readonly definition: object;
    readonly dependencies: string[];
    /** Camel's YAML DSL. */
    readonly template: object;
  };
}

/** @see https://camel.apache.org/camel-k/2.10.x/kamelets/kamelets.html */
export class Kamelet extends ApiObject {
  constructor(scope: Construct, id: string, props: KameletProps) {
    super(scope, id, { apiVersion: V1, kind: 'Kamelet', ...props });
  }
}

/** The only version of Kamelets that Camel K 1 knows. */
export class KameletV1Alpha1 extends ApiObject {
  constructor(scope: Construct, id: string, props: KameletProps) {
    super(scope, id, { apiVersion: V1_ALPHA_1, kind: 'Kamelet', ...props });
  }
}

export interface IntegrationPlatformProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly profile: 'Kubernetes';
    readonly build: {
      readonly publishStrategy: 'Jib';
      readonly buildConfiguration: { readonly strategy: string };
      readonly registry: {
        readonly address: string;
        readonly organization?: string;
        readonly secret?: string;
        readonly insecure?: boolean;
        readonly ca?: string;
      };
    };
  };
}

/** @see https://camel.apache.org/camel-k/2.10.x/architecture/cr/integration-platform.html */
export class IntegrationPlatform extends ApiObject {
  constructor(scope: Construct, id: string, props: IntegrationPlatformProps) {
    super(scope, id, { apiVersion: V1, kind: 'IntegrationPlatform', ...props });
  }
}

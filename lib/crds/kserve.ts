import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import { clusterScoped } from './cluster-scoped';

/** A variable in clear, or where in a Secret its value is. */
export interface KServeVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

/** Its name says which protocol is spoken there. */
export interface KServePort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol: 'TCP';
}

export interface KServeContainer {
  /** The container that KServe takes for the server is called `kserve-container`. */
  readonly name: 'kserve-container';
  readonly image: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly env?: KServeVariable[];
  readonly ports?: KServePort[];
  readonly resources?: object;
  readonly securityContext?: object;
}

/** How one component is scaled, called and looked at. */
export interface ComponentSpec {
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly scaleTarget?: number;
  readonly scaleMetric?: string;
  /** Knative mode only. */
  readonly containerConcurrency?: number;
  /** Seconds a request may take: of the revision in Knative mode, of the HTTPRoute in Standard mode. */
  readonly timeout?: number;
  readonly serviceAccountName?: string;
  /** Knative mode only. */
  readonly canaryTrafficPercent?: number;
  /** The webhook refuses a logger without a mode. */
  readonly logger?: { readonly mode: string; readonly url?: string };
  readonly batcher?: { readonly maxBatchSize?: number; readonly maxLatency?: number };
}

interface ModelSpec {
  readonly modelFormat: { readonly name: string; readonly version?: string };
  readonly protocolVersion: string;
  readonly storageUri?: string;
  readonly storage?: {
    readonly key?: string;
    readonly path?: string;
    readonly parameters?: Record<string, string>;
  };
  readonly runtime?: string;
  readonly runtimeVersion?: string;
  readonly env?: KServeVariable[];
  readonly args?: string[];
  readonly ports?: KServePort[];
  readonly resources?: object;
}

/** The part of a predictor's spec that this library writes. The webhook asks for exactly one of its two forms. */
export interface PredictorSpec extends ComponentSpec {
  readonly model?: ModelSpec;
  readonly containers?: KServeContainer[];
}

export interface TransformerSpec extends ComponentSpec {
  readonly containers: KServeContainer[];
}

export interface InferenceServiceProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: { readonly predictor: PredictorSpec; readonly transformer?: TransformerSpec };
}

/** @see https://kserve.github.io/website/docs/reference/crd-api */
export class InferenceService extends ApiObject {
  constructor(scope: Construct, id: string, props: InferenceServiceProps) {
    super(scope, id, { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', ...props });
  }
}

interface ServingRuntimeSpec {
  readonly supportedModelFormats: {
    readonly name: string;
    readonly version?: string;
    readonly autoSelect?: boolean;
    readonly priority?: number;
  }[];
  readonly protocolVersions: string[];
  readonly multiModel: false;
  readonly containers: KServeContainer[];
}

export interface ServingRuntimeProps {
  /** With a namespace for a ServingRuntime, without one for a ClusterServingRuntime. */
  readonly metadata: ApiObjectMetadata;
  readonly spec: ServingRuntimeSpec;
}

/** @see https://kserve.github.io/website/docs/concepts/resources/servingruntime */
export class ServingRuntimeObject extends ApiObject {
  constructor(scope: Construct, id: string, props: ServingRuntimeProps) {
    const { namespace } = props.metadata;
    const kind = namespace === undefined ? 'ClusterServingRuntime' : 'ServingRuntime';
    super(scope, id, { apiVersion: 'serving.kserve.io/v1alpha1', kind, ...props });
    if (namespace === undefined) clusterScoped(this);
  }
}

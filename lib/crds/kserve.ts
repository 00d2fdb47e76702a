import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** The part of a predictor's spec that this library writes. */
export interface PredictorSpec {
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  /** Seconds a request may take; Knative mode only. */
  readonly timeout?: number;
  readonly serviceAccountName?: string;
  readonly model: {
    readonly modelFormat: { readonly name: string; readonly version?: string };
    readonly protocolVersion: string;
    readonly storageUri: string;
    readonly runtime?: string;
    readonly resources?: object;
  };
}

export interface InferenceServiceProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: { readonly predictor: PredictorSpec };
}

/** @see https://kserve.github.io/website/docs/reference/crd-api */
export class InferenceService extends ApiObject {
  constructor(scope: Construct, id: string, props: InferenceServiceProps) {
    super(scope, id, { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', ...props });
  }
}

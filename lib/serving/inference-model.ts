import { type ApiObject, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { InferenceService } from '../crds/kserve';
import { EdgeError } from '../errors';
import { type ContainerResources, renderResources } from '../kubernetes/plus';
import {
  externalHost,
  hostDerivationProblem,
  hostLengthProblem,
  inClusterHost,
  type ModelUrls,
  modelNameProblem,
  modelUrls,
} from '../naming/model-hosts';
import type { ModelFormat } from './model-format';

/** What a model speaks. */
export enum InferenceProtocol {
  /** `{"instances": …}` at `/v1/models/<model>:predict`. */
  V1 = 'v1',
  /** The Open Inference Protocol: `{"inputs": …}` at `/v2/models/<model>/infer`. */
  V2 = 'v2',
}

/** Knative refuses revisions with a longer request timeout unless its operator allows them. */
const KNATIVE_MAX_TIMEOUT = Duration.seconds(600);
const STORAGE_URI = /^([a-z][a-z0-9+.-]*:\/\/\S+|\/\S+)$/;

export interface ModelOptions {
  /** One of the platform's namespaces. */
  readonly namespace: string;
  readonly format: ModelFormat;
  /** Where KServe's storage initializer fetches the model from: `gs://`, `s3://`, `pvc://`, `https://`, `oci://`, … */
  readonly storageUri: string;
  /** @default InferenceProtocol.V1 */
  readonly protocol?: InferenceProtocol;
  /**
   * The ServingRuntime to use.
   *
   * @default - KServe picks one that supports the format
   */
  readonly runtime?: string;
  /**
   * How long a prediction may take, for Knative and for the bridge alike. At most 600 seconds.
   *
   * @default Duration.seconds(60)
   */
  readonly timeout?: Duration;
  /** Pods kept running without requests; 0 lets Knative scale to zero. @default - KServe's: 1 */
  readonly minReplicas?: number;
  /** @default - no limit */
  readonly maxReplicas?: number;
  /** ServiceAccount with the rights to fetch the model. @default - the namespace's default */
  readonly serviceAccountName?: string;
  /** @default - the runtime's */
  readonly resources?: ContainerResources;
}

export interface InferenceModelProps extends ModelOptions {
  readonly name: string;
  readonly domain: string;
  readonly externalScheme: 'http' | 'https';
}

const BRAND = Symbol.for('cdk8s-edge-inference.InferenceModel');

/** A model served by KServe, and where it is found. Made by `InferencePlatform.addModel(..)`. */
export class InferenceModel extends Construct {
  /** Whether `value` is a model, also one of another installed copy of the library. */
  static isInferenceModel(value: unknown): value is InferenceModel {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  readonly name: string;
  readonly namespace: string;
  readonly protocol: InferenceProtocol;
  readonly timeout: Duration;
  /** The host that Knative publishes the model at. */
  readonly externalHost: string;
  /** Where pods of the cluster call the model. */
  readonly inClusterUrls: ModelUrls;
  /** Where everybody else calls it. */
  readonly externalUrls: ModelUrls;
  /** Where pods of the cluster call the model, by the protocol it speaks. */
  readonly predictUrl: string;
  readonly inferenceService: ApiObject;

  constructor(scope: Construct, id: string, props: InferenceModelProps) {
    super(scope, id);
    Object.defineProperty(this, BRAND, { value: true });
    const { name, namespace, format, storageUri, runtime, minReplicas, maxReplicas, serviceAccountName } = props;
    this.name = name;
    this.namespace = namespace;
    this.protocol = props.protocol ?? InferenceProtocol.V1;
    this.timeout = props.timeout ?? Duration.seconds(60);
    this.externalHost = externalHost(name, namespace, props.domain);
    this.#validate(props);

    this.inClusterUrls = modelUrls('http', inClusterHost(name, namespace), name);
    this.externalUrls = modelUrls(props.externalScheme, this.externalHost, name);
    this.predictUrl =
      this.protocol === InferenceProtocol.V1 ? this.inClusterUrls.v1Predict : this.inClusterUrls.v2Infer;
    this.inferenceService = new InferenceService(this, 'Resource', {
      metadata: { name, namespace },
      spec: {
        predictor: {
          minReplicas,
          maxReplicas,
          timeout: this.timeout.toSeconds(),
          serviceAccountName,
          model: {
            modelFormat: { name: format.name, version: format.version },
            protocolVersion: this.protocol,
            storageUri,
            runtime,
            resources: props.resources && renderResources(props.resources),
          },
        },
      },
    });
  }

  #validate(props: InferenceModelProps): void {
    const { name, storageUri, minReplicas, maxReplicas } = props;
    refuse('EDGE_ERR_NAME', 'the name of a model', name, modelNameProblem(name), 'Rename the model');
    refuse('EDGE_ERR_MODEL_HOST', 'the name of a model', name, hostDerivationProblem(name), 'Rename the model');
    const tooLong = hostLengthProblem(externalHost(`${name}-predictor`, props.namespace, props.domain));
    const hostProblem = tooLong && `its predictor's has "-predictor" after the name: ${tooLong}`;
    refuse('EDGE_ERR_DOMAIN', 'the host of a model', this.externalHost, hostProblem, 'Shorten one of its parts');
    const uriProblem = STORAGE_URI.test(storageUri) ? undefined : 'it is a URI that KServe can fetch from';
    refuse(
      'EDGE_ERR_VALUE',
      `${name}.storageUri`,
      storageUri,
      uriProblem,
      'Begin it with gs://, s3://, pvc:// or https://',
    );
    const formatProblem = typeof props.format?.name === 'string' ? undefined : 'it is a ModelFormat';
    refuse(
      'EDGE_ERR_VALUE',
      `${name}.format`,
      props.format,
      formatProblem,
      'Use ModelFormat.SKLEARN for instance, or ModelFormat.of(..)',
    );
    const seconds = this.timeout.toMilliseconds() / 1000;
    const limit = KNATIVE_MAX_TIMEOUT.toSeconds();
    const timeoutProblem =
      Number.isInteger(seconds) && seconds >= 1 && seconds <= limit
        ? undefined
        : `Knative takes whole seconds from 1 to ${limit}`;
    refuse('EDGE_ERR_VALUE', `${name}.timeout`, `${seconds} s`, timeoutProblem, 'Choose a time within that');
    const replicas = { minReplicas, maxReplicas };
    refuse('EDGE_ERR_VALUE', `${name}'s replicas`, JSON.stringify(replicas), replicasProblem(replicas), 'Correct them');
  }
}

function replicasProblem({ minReplicas, maxReplicas }: { minReplicas?: number; maxReplicas?: number }) {
  const counts = [minReplicas, maxReplicas].filter((count) => count !== undefined);
  if (counts.some((count) => !Number.isInteger(count) || count < 0)) return 'they are whole numbers from 0 on';
  if (maxReplicas && minReplicas !== undefined && minReplicas > maxReplicas)
    return 'minReplicas is at most maxReplicas';
  return undefined;
}

function refuse(
  code: 'EDGE_ERR_NAME' | 'EDGE_ERR_MODEL_HOST' | 'EDGE_ERR_DOMAIN' | 'EDGE_ERR_VALUE',
  at: string,
  value: unknown,
  rule: string | undefined,
  fix: string,
): void {
  if (rule) throw new EdgeError(code, { at, value, rule, fix });
}

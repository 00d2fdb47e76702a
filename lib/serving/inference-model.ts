import { type ApiObject, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { InferenceService, type PredictorSpec, type TransformerSpec } from '../crds/kserve';
import { knownValue } from '../known-values';
import type { SelectedDomain } from '../naming/domain-selection';
import { HostLayout } from '../naming/host-layout';
import { componentName, type ModelComponent, type ModelUrls, modelUrls } from '../naming/model-hosts';
import { declareHost } from '../synth/served-hosts';
import { renderContainer } from './container-options';
import { DeploymentMode } from './deployment-mode';
import { DomainMapping, type DomainMappingOptions } from './domain-mapping';
import { grpcPort } from './grpc-port';
import { InferenceProtocol } from './inference-protocol';
import type { KServeOptions } from './kserve-options';
import { type KServeTarget, resolveKServe } from './kserve-target';
import { type ModelAddresses, modelAddresses } from './model-addresses';
import {
  checkCanary,
  checkGrpc,
  checkHosts,
  checkMetadata,
  checkModelName,
  checkName,
  checkTimeout,
  checkVisibility,
} from './model-checks';
import { renderExtras } from './model-extras';
import { ModelVisibility, type ServingOptions, type Transformer } from './model-options';
import { checkScaling, renderScaling } from './model-scaling';
import type { Predictor } from './predictor';
import { refuse } from './refuse';
import { runtimeProblems } from './runtime-checks';

/** Knative refuses revisions with a longer request timeout unless its operator allows them. */
const KNATIVE_MAX_TIMEOUT = Duration.seconds(600);

export interface InferenceModelProps extends ServingOptions {
  readonly name: string;
  readonly predictor: Predictor;
  readonly domain: string;
  readonly externalScheme: 'http' | 'https';
  /** @default HostLayout.PER_NAMESPACE */
  readonly hostLayout?: HostLayout;
  /** Domains of models with certain labels; Knative mode only. @default - none */
  readonly selectedDomains?: SelectedDomain[];
  /** The longest timeout that Knative takes. @default Duration.seconds(600) in Knative mode, none in Standard mode */
  readonly maxTimeout?: Duration;
  /** @default - the newest that this library knows, in Knative mode */
  readonly kserve?: KServeOptions;
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
  /** Whether it is asked by gRPC, and by nothing else. */
  readonly speaksGrpc: boolean;
  readonly timeout: Duration;
  readonly visibility: ModelVisibility;
  /** The name under which the server has the model, as it is in its URLs. */
  readonly modelName: string;
  readonly predictor: Predictor;
  /** The host that the model is published at; of a cluster-local model the host inside the cluster, as it has no other. */
  readonly externalHost: string;
  /** Where pods of the cluster call the model. */
  readonly inClusterUrls: ModelUrls;
  /** Where everybody else calls it. */
  readonly externalUrls: ModelUrls;
  /** Where pods of the cluster call the model, by the protocol it speaks. */
  readonly predictUrl: string;
  readonly inferenceService: ApiObject;
  readonly #externalScheme: 'http' | 'https';
  readonly #kserve: KServeTarget;
  readonly #component: ModelComponent;
  readonly #addresses: ModelAddresses;

  constructor(scope: Construct, id: string, props: InferenceModelProps) {
    super(scope, id);
    Object.defineProperty(this, BRAND, { value: true });
    const { name, namespace, labels = {}, hostLayout = HostLayout.PER_NAMESPACE, selectedDomains = [] } = props;
    this.name = name;
    this.namespace = namespace;
    this.protocol = knownValue(`${name}.protocol`, props.protocol ?? InferenceProtocol.V1, InferenceProtocol);
    this.speaksGrpc = props.grpcPort !== undefined;
    this.timeout = props.timeout ?? Duration.seconds(60);
    this.visibility = props.visibility ?? ModelVisibility.PUBLIC;
    this.modelName = props.modelName ?? name;
    this.predictor = props.predictor;
    this.#externalScheme = props.externalScheme;
    this.#kserve = resolveKServe(props.kserve);
    this.#component = props.transformer ? 'transformer' : 'predictor';
    const parts = { name, namespace, component: this.#component, labels, domain: props.domain };
    this.#addresses = modelAddresses({ ...parts, selectedDomains, hostLayout, kserve: this.#kserve });
    this.#check(props);

    const { external, inCluster } = this.#addresses;
    const isPublic = this.visibility === ModelVisibility.PUBLIC;
    this.inClusterUrls = modelUrls('http', inCluster, this.modelName);
    this.externalHost = isPublic ? external : inCluster;
    this.externalUrls = isPublic ? modelUrls(props.externalScheme, external, this.modelName) : this.inClusterUrls;
    this.predictUrl = this.#predictUrl(this.inClusterUrls);
    this.inferenceService = new InferenceService(this, 'Resource', {
      metadata: { name, namespace, ...this.#metadata(props) },
      spec: {
        predictor: this.#predictorSpec(props),
        ...(props.transformer && { transformer: this.#transformerSpec(props.transformer) }),
      },
    });
    for (const host of isPublic ? [external, ...this.#addresses.others] : []) {
      declareHost(this, host, props.externalScheme === 'https');
    }
    this.node.addValidation({ validate: () => runtimeProblems(this) });
  }

  /** The domains that were given to the model besides its own host. */
  get domains(): DomainMapping[] {
    return this.node.children.filter((child) => child instanceof DomainMapping);
  }

  /**
   * Publishes the model at a domain of its own, besides its host. Requests go to its predictor or transformer directly,
   * past what KServe sets up for the model as a whole.
   *
   * @throws EdgeError EDGE_ERR_DOMAIN for what is no domain that a model can have; EDGE_ERR_DUPLICATE for one that is
   * taken; EDGE_ERR_CLUSTER_LOCAL for a model that is not public; EDGE_ERR_DEPLOYMENT_MODE without Knative
   */
  addDomain(domain: string, options: DomainMappingOptions = {}): DomainMapping {
    const checked = { at: `a domain of model ${this.namespace}/${this.name}`, value: domain };
    const standard = this.#kserve.mode === DeploymentMode.STANDARD ? 'it is Knative that maps domains' : undefined;
    refuse('EDGE_ERR_DEPLOYMENT_MODE', standard, { ...checked, fix: 'Route it with an Ingress, or use Knative mode' });
    const local = this.visibility === ModelVisibility.PUBLIC ? undefined : 'a mapping would open a cluster-local model';
    refuse('EDGE_ERR_CLUSTER_LOCAL', local, { ...checked, fix: 'Make the model public, or leave the domain out' });
    return new DomainMapping(this, domain, {
      ...options,
      domain,
      namespace: this.namespace,
      service: componentName(this.name, this.#component),
      tls: this.#externalScheme === 'https',
    });
  }

  /**
   * All hosts outside of the cluster that are made for the model, those of its components too.
   *
   * @internal
   */
  _hosts(): string[] {
    return this.visibility === ModelVisibility.PUBLIC ? this.#addresses.taken : [];
  }

  #predictUrl({ v1Predict, v2Infer, grpc }: ModelUrls): string {
    if (this.speaksGrpc) return grpc;
    return this.protocol === InferenceProtocol.V1 ? v1Predict : v2Infer;
  }

  #check(props: InferenceModelProps): void {
    const { name, labels = {}, annotations = {}, canaryTrafficPercent } = props;
    const { mode, version } = this.#kserve;
    checkName(name, this.#component, this.#kserve);
    checkHosts(this.#component, this.#addresses);
    checkMetadata(name, labels, annotations);
    checkModelName(name, this.modelName);
    checkVisibility(name, this.visibility);
    checkTimeout(name, this.timeout, mode, maxTimeout(props, mode));
    checkGrpc(name, { ...props, protocol: this.protocol });
    checkCanary(name, canaryTrafficPercent, mode);
    checkScaling(props, { at: name, mode, version, annotations });
    if (props.transformer) checkScaling(props.transformer, { at: `${name}.transformer`, mode, version, annotations });
  }

  #metadata({ labels, annotations }: InferenceModelProps) {
    const all = { ...annotations, ...this.#kserve.annotations };
    const key = `networking.${this.#kserve.mode === DeploymentMode.KNATIVE ? 'knative.dev' : 'kserve.io'}/visibility`;
    const local = this.visibility === ModelVisibility.CLUSTER_LOCAL;
    const allLabels = { ...labels, ...(local && { [key]: ModelVisibility.CLUSTER_LOCAL }) };
    return {
      ...(Object.keys(allLabels).length > 0 && { labels: allLabels }),
      ...(Object.keys(all).length > 0 && { annotations: all }),
    };
  }

  #predictorSpec(props: InferenceModelProps): PredictorSpec {
    return {
      ...renderScaling(props),
      timeout: this.timeout.toSeconds(),
      serviceAccountName: props.serviceAccountName,
      canaryTrafficPercent: props.canaryTrafficPercent,
      ...renderExtras(this.name, props, this.protocol),
      ...this.predictor._spec(this.name, {
        protocol: this.protocol,
        grpcPort: grpcPort(props.grpcPort, this.#kserve.mode),
      }),
    };
  }

  /** It waits for the predictor, so it may take as long. */
  #transformerSpec(transformer: Transformer): TransformerSpec {
    const at = `${this.name}.transformer`;
    return {
      ...renderScaling(transformer),
      timeout: this.timeout.toSeconds(),
      ...renderExtras(at, transformer, this.protocol),
      containers: [renderContainer(`${at}.container`, transformer.container)],
    };
  }
}

function maxTimeout({ maxTimeout }: InferenceModelProps, mode: DeploymentMode): Duration | undefined {
  return maxTimeout ?? (mode === DeploymentMode.KNATIVE ? KNATIVE_MAX_TIMEOUT : undefined);
}

import type { Duration } from 'cdk8s';
import type { ServerContainer } from './container-options';
import type { InferenceProtocol } from './inference-protocol';
import type { ModelExtras } from './model-extras';
import type { ScalingOptions } from './model-scaling';
import type { CustomServer, SavedModel } from './predictor';

/** Who may call a model. */
export enum ModelVisibility {
  /** Everybody whom the gateway lets in. */
  PUBLIC = 'public',
  /** Pods of the cluster only: nothing is published outside. */
  CLUSTER_LOCAL = 'cluster-local',
}

/** What turns requests into what the model takes, and its answers into what clients expect. */
export interface Transformer extends ScalingOptions, ModelExtras {
  /** KServe tells it where the model is by the argument `--predictor_host`. */
  readonly container: ServerContainer;
}

/** How a model is served, whatever it is made of. */
export interface ServingOptions extends ScalingOptions, ModelExtras {
  /** One of the platform's namespaces. */
  readonly namespace: string;
  /** @default InferenceProtocol.V1 */
  readonly protocol?: InferenceProtocol;
  /**
   * The port at which the server speaks gRPC, for models of protocol V2. The model is then asked by gRPC and by nothing else:
   * KServe publishes one port of a server. 8081 for KServe's own Python servers, 9000 for Triton and MLServer as KServe runs
   * them.
   *
   * @default - the model is asked by HTTP
   */
  readonly grpcPort?: number;
  /**
   * How long a prediction may take, for Knative and for the bridge alike. In Knative mode at most the platform's
   * `maxTimeout`.
   *
   * @default Duration.seconds(60)
   */
  readonly timeout?: Duration;
  /** ServiceAccount with the rights to fetch the model. @default - the namespace's default */
  readonly serviceAccountName?: string;
  /**
   * The name under which the server has the model, which is in the path of its URLs: Triton's is the model's folder.
   *
   * @default - the name of the model, as KServe's own runtimes have it
   */
  readonly modelName?: string;
  /** @default - requests go to the model as they are */
  readonly transformer?: Transformer;
  /**
   * Per cent of the requests for the newest revision; the others go to the one that was rolled out before. Knative mode
   * only.
   *
   * @default - all of them, once it is ready
   */
  readonly canaryTrafficPercent?: number;
  /** @default ModelVisibility.PUBLIC */
  readonly visibility?: ModelVisibility;
  /** Of the InferenceService; KServe hands them on to what it makes of it. @default - none */
  readonly labels?: Record<string, string>;
  /** Of the InferenceService; KServe hands them on to what it makes of it. @default - none */
  readonly annotations?: Record<string, string>;
}

/** A saved model, and how it is served. */
export interface ModelOptions extends ServingOptions, SavedModel {}

/** A server of your own, and how it is run. */
export interface CustomModelOptions extends ServingOptions, CustomServer {}

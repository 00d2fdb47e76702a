import type { Credentials } from '../broker/credentials';
import type { IMqttBroker } from '../broker/mqtt-broker';
import type { ContainerResources } from '../kubernetes/plus';
import type { BridgeCode } from './bridge-code';
import type { BridgeTracingOptions } from './bridge-tracing';
import type { ModelLogin } from './model-login';
import type { BridgeScaling } from './scaling/bridge-scaling';

export interface InferenceBridgeProps {
  /** The broker to take requests from: a `Mosquitto`, or a `RabbitMq` with MQTT. */
  readonly broker: IMqttBroker;
  /** @default - the construct's id */
  readonly name?: string;
  /** @default - the broker's */
  readonly namespace?: string;
  /**
   * Whether the app creates the namespace.
   *
   * @default true, but not for the broker's namespace, nor for one that a platform of the app leaves to others
   */
  readonly createNamespace?: boolean;
  /**
   * The bridge's password at the broker.
   *
   * @default - key `password` of a Secret `<name>-mqtt` in the broker's namespace, which you create
   */
  readonly credentials?: Credentials;
  /** @default BridgeCode.bundled() */
  readonly code?: BridgeCode;
  /**
   * Requests taken from the broker and not yet acknowledged. Acknowledgements keep their order, so one slow prediction
   * holds up no other as long as fewer than this many arrive meanwhile: rate × timeout is a good value.
   *
   * @default 1024
   */
  readonly window?: number;
  /** Namespaces, besides the models', that requests to models pass through. @default - Istio's, Knative's and Kourier's */
  readonly servingNamespaces?: string[];
  /**
   * What the bridge tells the gateway in front of the models, where that lets nobody in without a login: Kubeflow's,
   * or one with a `JwtLogin`.
   *
   * @default - nothing
   */
  readonly modelLogin?: ModelLogin;
  /** Where the traces of requests go. @default - nowhere; a trace that a request came with is passed on all the same */
  readonly tracing?: BridgeTracingOptions;
  /** @default - requests 100m and 128Mi, limit 512Mi of memory */
  readonly resources?: ContainerResources;
  /** More pods than one, which share the requests. @default - one pod */
  readonly scaling?: BridgeScaling;
}

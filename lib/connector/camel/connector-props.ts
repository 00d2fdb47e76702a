import type { Duration } from 'cdk8s';
import type { Credentials } from '../../broker/credentials';
import type { Mosquitto } from '../../broker/mosquitto';
import type { ContainerResources } from '../../kubernetes/plus';
import type { CamelRendering } from './camel-rendering';

export interface CamelConnectorProps {
  /** The broker to take requests from. */
  readonly broker: Mosquitto;
  /** What its objects' names begin with, and its user at the broker. @default - the construct's id */
  readonly name?: string;
  /** One that the operator watches. @default - the broker's */
  readonly namespace?: string;
  /**
   * Whether the app creates the namespace.
   *
   * @default true, but not for the broker's namespace, nor for one that a platform of the app leaves to others
   */
  readonly createNamespace?: boolean;
  /** @default CamelRendering.INTEGRATION */
  readonly rendering?: CamelRendering;
  /**
   * The connector's password at the broker. Camel takes the Secret's entry as it is, a line break at its end included.
   *
   * @default - key `password` of a Secret `<name>-mqtt` in the connector's and the broker's namespace, which you create
   */
  readonly credentials?: Credentials;
  /**
   * How often a call that failed is repeated before the request becomes a dead letter; what the model refused (4xx
   * but 408 and 429) is not. Meanwhile no other request of the route is answered. Not for Pipes.
   *
   * @default 3
   */
  readonly maximumRedeliveries?: number;
  /** Time between two calls. Not for Pipes. @default Duration.seconds(2) */
  readonly redeliveryDelay?: Duration;
  /** Namespaces, besides the models', that requests to models pass through. @default - Istio's, Knative's and Kourier's */
  readonly servingNamespaces?: string[];
  /** Of each route's pod. @default - requests 100m and 256Mi, limit 512Mi of memory */
  readonly resources?: ContainerResources;
}

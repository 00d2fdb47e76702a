import type { Credentials } from '../../broker/credentials';
import type { RabbitMqBroker } from '../../broker/rabbitmq/rabbitmq-broker';
import type { ContainerResources } from '../../kubernetes/plus';
import type { ConnectorScaling } from '../amqp/connector-scaling';
import type { ExternalRabbitMq } from '../amqp/external-rabbitmq';
import type { BridgeCode } from '../bridge-code';
import type { BridgeTracingOptions } from '../bridge-tracing';
import type { ModelLogin } from '../model-login';

export interface ProviderDeploymentProps {
  /** The broker to take requests from: a `RabbitMq` or `RabbitMqCluster` of the app, or one that somebody else runs. */
  readonly broker: RabbitMqBroker | ExternalRabbitMq;
  /** @default - the construct's id */
  readonly name?: string;
  /** @default - the broker's; needed for one that somebody else runs */
  readonly namespace?: string;
  /**
   * Whether the app creates the namespace.
   *
   * @default true, but not for the broker's namespace
   */
  readonly createNamespace?: boolean;
  /** Who the provider is at the broker. @default - its name */
  readonly user?: string;
  /**
   * How it proves that. With `Credentials.fromCertificate()` the certificate is all it shows, and its common name is the user.
   *
   * @default - key `password` of a Secret `<name>-amqp` in the broker's namespace, and in the provider's, which you create
   */
  readonly credentials?: Credentials;
  /** @default BridgeCode.bundled() */
  readonly code?: BridgeCode;
  /** What models on KServe, or the gateway before them, are told. @default - nothing */
  readonly modelLogin?: ModelLogin;
  /** Where the traces of requests go. @default - nowhere; a trace that a request came with is passed on all the same */
  readonly tracing?: BridgeTracingOptions;
  /** @default - requests 100m and 128Mi, limit 512Mi of memory */
  readonly resources?: ContainerResources;
  /** @default ConnectorScaling.fixed(2) */
  readonly scaling?: ConnectorScaling;
}

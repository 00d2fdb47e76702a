import type { Duration, Size } from 'cdk8s';
import type { Credentials } from '../../broker/credentials';
import type { IMqttBroker } from '../../broker/mqtt-broker';
import type { RabbitMqBroker } from '../../broker/rabbitmq/rabbitmq-broker';
import type { ContainerResources } from '../../kubernetes/plus';
import type { ConnectorScaling } from '../amqp/connector-scaling';
import type { ExternalRabbitMq } from '../amqp/external-rabbitmq';
import type { BridgeCode } from '../bridge-code';
import type { BridgeTracingOptions } from '../bridge-tracing';
import type { GatewayAccess } from './gateway-access';

/** What a gateway takes at most, in each pod. */
export interface GatewayLimits {
  /** Of one request; a larger one gets a 413. At most 16 MiB. @default - 4 MiB */
  readonly maxBody?: Size;
  /** Requests that wait for an answer; further ones get a 503. @default 1000 */
  readonly maxInFlight?: number;
  /** Bodies of them in all. @default - 256 MiB */
  readonly maxInFlightBodies?: Size;
}

/** Names of headers that are handed on, besides RqUID and those of a trace; all others stay where they are. */
export interface GatewayHeaders {
  /** Of a request. @default - none */
  readonly request?: string[];
  /** Of an answer. @default - none */
  readonly answer?: string[];
}

/** Answers that are kept for whoever asks with `Prefer: respond-async`. Each pod keeps its own. */
export interface GatewayResults {
  /** How long an answer is kept. @default - 5 minutes */
  readonly keepFor?: Duration;
  /** As many are kept; then the oldest go. @default 1000 */
  readonly maxResults?: number;
  /** Where a single pod is reached, by its name: `https://{hostname}.gateway.example.com`. @default - the gateway itself */
  readonly baseUrl?: string;
}

export interface GatewayDeploymentProps {
  /** Who gets as far as the routes. */
  readonly access: GatewayAccess;
  /** For routes through RabbitMQ: of the app, or one that somebody else runs. @default - none */
  readonly broker?: RabbitMqBroker | ExternalRabbitMq;
  /** For routes to an `InferenceBridge`: its broker. @default - none */
  readonly mqttBroker?: IMqttBroker;
  /** @default - the construct's id */
  readonly name?: string;
  /** @default - the broker's; needed without a RabbitMQ of the app */
  readonly namespace?: string;
  /**
   * Whether the app creates the namespace.
   *
   * @default true, but not for the broker's namespace
   */
  readonly createNamespace?: boolean;
  /** Who the gateway is at its brokers. @default - its name */
  readonly user?: string;
  /**
   * How it proves that to RabbitMQ. With `Credentials.fromCertificate()` the certificate is all it shows.
   *
   * @default - key `password` of a Secret `<name>-amqp` in the broker's namespace, and in the gateway's, which you create
   */
  readonly credentials?: Credentials;
  /** The same for `mqttBroker`. @default - key `password` of a Secret `<name>-mqtt` */
  readonly mqttCredentials?: Credentials;
  /** @default BridgeCode.bundled() */
  readonly code?: BridgeCode;
  /** @default - as each of them says */
  readonly limits?: GatewayLimits;
  /** @default - RqUID and the headers of a trace only */
  readonly headers?: GatewayHeaders;
  /** @default - as each of them says */
  readonly results?: GatewayResults;
  /** Where the traces of requests go. @default - nowhere; a trace that a request came with is passed on all the same */
  readonly tracing?: BridgeTracingOptions;
  /** @default - requests 100m and 256Mi, limit 1Gi of memory */
  readonly resources?: ContainerResources;
  /** @default ConnectorScaling.fixed(2) */
  readonly scaling?: ConnectorScaling;
}

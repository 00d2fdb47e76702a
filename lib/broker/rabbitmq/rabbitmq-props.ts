import type { Duration, Size } from 'cdk8s';
import type { ContainerResources } from '../../kubernetes/plus';
import type { Credentials } from '../credentials';
import type { ClientCertificates } from './client-certificates';
import type { RabbitMqTls } from './rabbitmq-tls';
import type { RabbitMqVersion } from './rabbitmq-version';

/** What sessions of MQTT clients that stay are kept in. */
export enum SessionQueues {
  /** On a majority of the nodes: a session outlives the loss of one. Each is a small cluster of its own. */
  QUORUM = 'quorum',
  /** On one node. For many thousands of sessions, or a broker of one node. */
  CLASSIC = 'classic',
}

/** MQTT, over TCP and over websockets. */
export interface RabbitMqMqttOptions {
  /**
   * Whether there are listeners without TLS (1883, and 15675 for websockets) too. They are needed where Traefik ends TLS.
   *
   * @default false
   */
  readonly plaintext?: boolean;
  /**
   * Must not be changed for a broker that has sessions.
   *
   * @default SessionQueues.QUORUM for several nodes, SessionQueues.CLASSIC for one
   */
  readonly sessionQueues?: SessionQueues;
  /**
   * The longest that a session is kept whose client is away: whole seconds. A client of MQTT 5 that asks for more gets
   * this; one of MQTT 3.1.1 always does.
   *
   * @default - a week, what a bridge asks for
   */
  readonly maxSessionExpiry?: Duration;
}

/** What brokers have in common, with an operator and without. */
export interface RabbitMqBrokerProps {
  /** @default 'rabbitmq' */
  readonly namespace?: string;
  /**
   * Whether the app creates the namespace.
   *
   * @default true
   */
  readonly createNamespace?: boolean;
  /** Name of the broker's Service, and of what runs it. @default 'rabbitmq' */
  readonly name?: string;
  /**
   * Which RabbitMQ the image has. It is not guessed from the image's tag.
   *
   * @default RabbitMqVersion.V4_3
   */
  readonly version?: RabbitMqVersion;
  /**
   * An image of this version, laid out as the official one on Debian: user 999, `rabbitmq-server` and its tools, a shell.
   *
   * @default - the official image of the version
   */
  readonly image?: string;
  /**
   * Nodes of the cluster: an odd number. Nothing is lost while the majority of them is there.
   *
   * @default 3
   */
  readonly replicas?: number;
  /**
   * Opens a listener for AMQP over TLS (5671), and with `mqtt` those for MQTT over TLS (8883) and secure websockets (15676).
   *
   * @default - no TLS, which needs `plaintext`
   */
  readonly tls?: RabbitMqTls;
  /**
   * Whether clients show a certificate.
   *
   * @default ClientCertificates.required() with `tls`
   */
  readonly clientCertificates?: ClientCertificates;
  /**
   * Opens a listener for AMQP without TLS (5672): passwords and messages cross the cluster's network in clear.
   *
   * @default false
   */
  readonly plaintext?: boolean;
  /** The virtual host that everything is in. @default '/' */
  readonly vhost?: string;
  /** @default - no MQTT */
  readonly mqtt?: RabbitMqMqttOptions;
  /** Size of each node's volume. @default Size.gibibytes(10) */
  readonly storage?: Size;
  /** @default - the cluster's default StorageClass */
  readonly storageClassName?: string;
  /** @default - requests 500m and 2Gi, limit 2Gi of memory */
  readonly resources?: ContainerResources;
  /**
   * Share of the memory limit above which publishers have to wait, in per cent: 10 to 80.
   *
   * @default 60
   */
  readonly memoryWatermarkPercent?: number;
  /**
   * Free space on a node's volume below which publishers have to wait.
   *
   * @default - as much as the memory limit
   */
  readonly diskFreeLimit?: Size;
  /**
   * The largest message, and MQTT packet, that is taken. A larger one ends the client's connection.
   *
   * @default 16777216
   */
  readonly maxMessageBytes?: number;
  /**
   * How long a consumer may keep a message unacknowledged; then it is handed to another. A model has to be faster, with
   * everything that is done for one message.
   *
   * @default - 30 minutes
   */
  readonly consumerTimeout?: Duration;
}

export interface RabbitMqProps extends RabbitMqBrokerProps {
  /**
   * What nodes, and the tools in their pods, know each other by. A new one counts when all nodes have been ended at once.
   *
   * @default - key `cookie` of a Secret `<name>-erlang-cookie` in the broker's namespace, which you create
   */
  readonly erlangCookie?: Credentials;
}

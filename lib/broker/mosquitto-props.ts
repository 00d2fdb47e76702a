import type { Duration, Size } from 'cdk8s';
import type { ContainerResources } from '../kubernetes/plus';
import type { CertificateAuthority } from './certificate-authority';
import type { MosquittoTls } from './mosquitto-tls';
import type { MosquittoVersion } from './mosquitto-version';

export interface MosquittoProps {
  /** @default 'mosquitto' */
  readonly namespace?: string;
  /**
   * Whether the app creates the namespace.
   *
   * @default true
   */
  readonly createNamespace?: boolean;
  /** Name of the broker's Service, StatefulSet and ServiceAccount. @default 'mosquitto' */
  readonly name?: string;
  /**
   * Which Mosquitto the image has. It is not guessed from the image's tag.
   *
   * @default MosquittoVersion.V2_0
   */
  readonly version?: MosquittoVersion;
  /**
   * An image of this version, with `mosquitto_passwd`, a shell and its usual programs, as the official one.
   *
   * @default - the official image of the version
   */
  readonly image?: string;
  /**
   * Opens listeners for MQTT over TLS (8883) and over secure websockets (8443).
   *
   * @default - no TLS
   */
  readonly tls?: MosquittoTls;
  /**
   * Opens a listener (8884) for clients that log in with a certificate of this authority; the common name is the user.
   * The authority decides who is who: one that signs other things too could make anybody the bridge.
   *
   * @default - no such listener
   */
  readonly clientCertificates?: CertificateAuthority;
  /**
   * Whether there are listeners without TLS (1883, and 8080 for websockets). They are needed where Traefik ends TLS.
   *
   * @default true
   */
  readonly plainListeners?: boolean;
  /** Size of the volume for sessions and queues. @default Size.gibibytes(5) */
  readonly storage?: Size;
  /** @default - the cluster's default StorageClass */
  readonly storageClassName?: string;
  /** @default - requests 100m and 256Mi, limit 1Gi of memory */
  readonly resources?: ContainerResources;
  /** Clients that each listener lets in at a time; further ones are turned away. @default - any number */
  readonly maxConnections?: number;
  /**
   * The largest MQTT packet the broker takes. A larger one ends the client's connection. Pictures need more.
   *
   * @default - 2,000,000 bytes, the default of Mosquitto 2.1
   */
  readonly maxPacketBytes?: number;
  /**
   * Messages on their way to a client of MQTT 3.1.1 at a time, and from one of MQTT 5. Clients of MQTT 5 say for
   * themselves how many they take.
   *
   * @default - Mosquitto's, 20
   */
  readonly maxInflightMessages?: number;
  /**
   * Messages that may wait for each client that is away; Mosquitto drops further ones without telling the publisher.
   *
   * @default 500000
   */
  readonly maxQueuedMessages?: number;
  /**
   * Payload that may wait for each client that is away. The queue is in memory.
   *
   * @default - a quarter of the memory limit
   */
  readonly maxQueuedBytes?: number;
  /**
   * After how long the broker gives up a session whose client has not come back, with everything that waits in it:
   * whole hours. A bridge's session ends too.
   *
   * @default - never: a client that is gone for good keeps its queue
   */
  readonly persistentClientExpiration?: Duration;
  /**
   * Seconds between two writes of sessions and queues to the volume. What is newer is lost when the broker is killed; a
   * broker that is stopped writes everything.
   *
   * @default 60
   */
  readonly autosaveIntervalSeconds?: number;
  /**
   * Rounds of PBKDF2 in the passwords' hashes. Mosquitto is single-threaded and does nothing else while it checks a
   * password, so a high count makes a reconnecting fleet wait; passwords drawn at random do not need one.
   *
   * @default 100000
   */
  readonly passwordIterations?: number;
}

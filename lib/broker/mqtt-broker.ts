import type { ApiObject } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import type { NetworkPeer } from '../kubernetes/objects';
import type { ProjectedSource } from '../kubernetes/pod';
import type { CertificateAuthority } from './certificate-authority';
import type { Credentials } from './credentials';
import type { RegisteredRoute } from './route-registry';

/** What a client inside the cluster needs to trust a broker that speaks TLS only. */
export interface BrokerTrust {
  readonly authority: CertificateAuthority;
  /** The name to hold the certificate against. @default - the host of the URL */
  readonly serverName?: string;
}

/** Somebody who may log in to an {@link IMqttBroker}. Until a route or a grant says otherwise, they may do nothing. */
export interface IMqttUser {
  readonly name: string;
  readonly credentials: Credentials;
  /** Lets the user publish to what the filter matches. */
  allowPublish(topicFilter: string): IMqttUser;
  /** Lets the user receive what the filter matches. */
  allowSubscribe(topicFilter: string): IMqttUser;
}

/** A bridge, as its broker has to know it. */
export interface BridgeClient {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly credentials: Credentials;
  /** Under this id, and ids that it begins, the bridge connects. */
  readonly clientId: string;
  /** Requests that it takes unacknowledged. */
  readonly window: number;
  /** Whether several pods share its subscriptions. */
  readonly shared: boolean;
}

/** A client of the app that shows a certificate. */
export interface CertifiedClient {
  /** Of the user, which becomes the certificate's common name. */
  readonly user: string;
  /** Of the workload: the Secret is called `<name>-client-tls`. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

/** A certificate that a client shows. */
export interface ClientCertificate {
  /** cert-manager's Certificate, where the app makes one. */
  readonly object: ApiObject | undefined;
  /** The source of a volume with `tls.crt` and `tls.key`. */
  readonly source: ProjectedSource;
}

/** A broker that speaks MQTT. `Mosquitto` is one, and `RabbitMq` with MQTT. */
export interface IMqttBroker extends IConstruct {
  readonly brokerNamespace: string;
  readonly name: string;
  /** Where clients inside the cluster connect to: without TLS if that is possible. */
  readonly mqttUrl: string;
  /** Port of {@link mqttUrl}. */
  readonly mqttPort: number;
  /** Where clients inside the cluster connect to over TLS, where there is TLS. */
  readonly mqttsUrl: string | undefined;
  /** What clients of {@link mqttsUrl} need, where there is TLS. */
  readonly trust: BrokerTrust | undefined;
  /** The largest MQTT packet the broker takes, in bytes. */
  readonly maxPacketBytes: number;

  /** Whether the user is one of this broker's. */
  hasUser(user: IMqttUser): boolean;

  /**
   * Adds a bridge as a user.
   *
   * @internal
   */
  _addBridge(bridge: BridgeClient): IMqttUser;

  /**
   * What the bridge has to show; nothing where it shows none.
   *
   * @param scope the bridge, for what has to be made
   * @internal
   */
  _certifyBridge(scope: Construct, client: CertifiedClient): ClientCertificate | undefined;

  /**
   * Lets a user read how many messages the broker has dropped, to tell others of it.
   *
   * @returns the topic; nothing where the broker counts for itself
   * @internal
   */
  _addWatcher(user: IMqttUser): string | undefined;

  /**
   * What changes with a user's password and does not give it away; nothing for a password in a Secret.
   *
   * @internal
   */
  _passwordLine(user: IMqttUser): string;

  /**
   * The broker's pods, for the network policies of its clients.
   *
   * @internal
   */
  _peer(): NetworkPeer;

  /** @internal */
  _allowPeer(peer: NetworkPeer): void;

  /** @internal */
  _addRoute(route: RegisteredRoute): void;
}

import { type ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { AmqpRouteQueues } from '../../../bridge/config/amqp-conflicts';
import { declareNamespace, PodSecurity } from '../../kubernetes/namespaces';
import { type NetworkPeer, podsLabelled, podsOfNamespaces } from '../../kubernetes/objects';
import type { Credentials } from '../credentials';
import type {
  BridgeClient,
  BrokerTrust,
  CertifiedClient,
  ClientCertificate,
  IMqttBroker,
  IMqttUser,
} from '../mqtt-broker';
import { type RegisteredRoute, RouteRegistry } from '../route-registry';
import { BrokerContents } from './broker-contents';
import { addressesOf, type MqttAddresses, mqttAddresses, type RabbitMqAddresses } from './rabbitmq-addresses';
import { bindCertificates, type RabbitMqCertificates } from './rabbitmq-certificates';
import { validBrokerName, validNamespace } from './rabbitmq-checks';
import { checkBridge, checkRoute } from './rabbitmq-mqtt';
import type { RabbitMqBrokerProps } from './rabbitmq-props';
import { type RabbitMqSettings, resolveSettings } from './rabbitmq-settings';
import { clientSecretName, type RabbitMqTls } from './rabbitmq-tls';
import type { RabbitMqUser, RabbitMqUserOptions } from './rabbitmq-user';
import { RequestQueue, type RequestQueueOptions } from './request-queue';

/** What brokers of RabbitMQ have in common, whoever runs them: addresses, users, queues, and MQTT. */
export abstract class RabbitMqBroker extends Chart implements IMqttBroker {
  readonly brokerNamespace: string;
  readonly name: string;
  /** Host of the Service inside the cluster. */
  readonly host: string;
  /** The virtual host that everything is in. */
  readonly vhost: string;
  /** Where clients inside the cluster connect to by AMQP: with TLS if that is possible. The path is the virtual host. */
  readonly amqpUrl: string;
  /** Port of {@link amqpUrl}. */
  readonly amqpPort: number;
  /** What clients of {@link amqpUrl} and {@link mqttsUrl} need, where there is TLS. */
  readonly trust: BrokerTrust | undefined;
  /** Whether clients over TLS must show a certificate. */
  readonly requiresCertificates: boolean;
  /** How long a consumer may keep a message unacknowledged. */
  readonly consumerTimeoutSeconds: number;
  /** The largest message, and MQTT packet, that is taken, in bytes. */
  readonly maxPacketBytes: number;

  /** The namespace, unless it is not created. */
  readonly namespaceObject: ApiObject | undefined;
  /** cert-manager's Certificate, where the broker's comes from there. */
  readonly certificate: ApiObject | undefined;

  /** @internal */
  readonly _podLabels: Record<string, string>;
  /** @internal */
  readonly _settings: RabbitMqSettings;
  /** @internal */
  readonly _addresses: RabbitMqAddresses;
  /** @internal */
  readonly _certificates: RabbitMqCertificates;
  readonly #tls: RabbitMqTls | undefined;
  /** @internal */
  readonly _contents: BrokerContents;
  /** @internal */
  readonly _clients: NetworkPeer[] = [];
  readonly #routes = new RouteRegistry();
  /** Messages on their way to one MQTT client. @internal */
  _prefetch = 0;

  /**
   * @throws EdgeError EDGE_ERR_NAME or EDGE_ERR_VALUE for what Kubernetes or RabbitMQ would not take;
   * EDGE_ERR_BROKER_TLS for listeners that no client could use, or anybody; EDGE_ERR_CREDENTIALS for a cookie that is none
   */
  constructor(scope: Construct, id: string, props: RabbitMqBrokerProps) {
    super(scope, id, { namespace: props.namespace ?? 'rabbitmq' });
    const namespace = validNamespace('RabbitMq.namespace', props.namespace ?? 'rabbitmq');
    const name = validBrokerName('RabbitMq.name', props.name ?? 'rabbitmq');
    const settings = resolveSettings(props);
    this.brokerNamespace = namespace;
    this.name = name;
    this.host = `${name}.${namespace}.svc.cluster.local`;
    this.vhost = settings.vhost;
    this.requiresCertificates = settings.clientCertificates === 'required';
    this.consumerTimeoutSeconds = settings.consumerTimeoutMs / 1_000;
    this.maxPacketBytes = settings.maxMessageBytes;
    this._settings = settings;
    this.#tls = props.tls;
    this._podLabels = this._labelsOf(name);
    this._addresses = addressesOf(this.host, settings.vhost, settings.listeners);
    this.amqpUrl = this._addresses.amqpUrl;
    this.amqpPort = this._addresses.amqpPort;
    this._contents = new BrokerContents(`${namespace}/${name}`, settings);

    if (props.createNamespace ?? true) {
      this.namespaceObject = declareNamespace(this, namespace, PodSecurity.RESTRICTED);
    }
    const owner = { name, namespace, host: this.host, labels: this._podLabels };
    this._certificates = bindCertificates(this, props, owner);
    this.certificate = this._certificates.tls?.certificate;
    this.trust = this._certificates.trust;
  }

  /** The labels of the pods of a broker of this name. @internal */
  abstract _labelsOf(name: string): Record<string, string>;

  /**
   * Where clients inside the cluster connect to by MQTT: without TLS if that is possible.
   *
   * @throws EdgeError EDGE_ERR_BROKER_FEATURE without MQTT, as all that has to do with MQTT
   */
  get mqttUrl(): string {
    return this._mqtt().mqttUrl;
  }

  /** Port of {@link mqttUrl}. */
  get mqttPort(): number {
    return this._mqtt().mqttPort;
  }

  /** Where clients inside the cluster connect to by MQTT over TLS, where there is TLS. */
  get mqttsUrl(): string | undefined {
    return this._mqtt().mqttsUrl;
  }

  /**
   * Adds somebody who may log in. What they may do follows from the routes they are clients of, and from what they are
   * granted.
   *
   * @throws EdgeError EDGE_ERR_NAME for a name that is not 1 to 64 of letters, digits and `. _ @ -`; EDGE_ERR_DUPLICATE
   * for a name that is taken; EDGE_ERR_CREDENTIALS for a certificate at a broker that asks for none
   */
  addUser(name: string, credentials: Credentials, options?: RabbitMqUserOptions): RabbitMqUser {
    return this._contents.addUser(name, credentials, options);
  }

  /**
   * Adds a queue for requests, with the queues and the exchange that belong to it.
   *
   * @throws EdgeError EDGE_ERR_NAME or EDGE_ERR_VALUE for what RabbitMQ would not take; EDGE_ERR_ROUTE_CONFLICT for one
   * that gets in the way of another
   */
  addRequestQueue(options: RequestQueueOptions): RequestQueue {
    const queue = new RequestQueue(options);
    this._declare(queue._route());
    return queue;
  }

  /** Lets all pods of a namespace connect. Bridges, and Traefik where it is used, may already. */
  allowConnectionsFrom(namespace: string): void {
    this._allowPeer(podsOfNamespaces(validNamespace('RabbitMq.allowConnectionsFrom(namespace)', namespace)));
  }

  /** Whether the user is one of this broker's. */
  hasUser(user: IMqttUser): boolean {
    return this._contents.users.has(user);
  }

  /**
   * Declares the queues of a route of somebody who consumes.
   *
   * @internal
   */
  _declare(route: AmqpRouteQueues): void {
    this._contents.addRoute(route);
  }

  /** @internal */
  _addBridge(bridge: BridgeClient): RabbitMqUser {
    this._mqtt();
    checkBridge(bridge);
    this._prefetch = Math.max(this._prefetch, bridge.window);
    const clientIds = [bridge.clientId, `${bridge.clientId}/*`];
    return this.addUser(bridge.name, bridge.credentials, { clientIds });
  }

  /** @internal */
  _certifyBridge(scope: Construct, client: CertifiedClient): ClientCertificate | undefined {
    return this.mqttUrl === this.mqttsUrl ? this._certify(scope, client) : undefined;
  }

  /**
   * What a client of {@link amqpUrl} has to show; nothing where nobody has to.
   *
   * @param scope the client, for what has to be made
   * @internal
   */
  _certify(scope: Construct, client: CertifiedClient): ClientCertificate | undefined {
    if (!this.requiresCertificates) return undefined;
    const items = ['tls.crt', 'tls.key'].map((key) => ({ key, path: key }));
    return {
      object: this.#tls?._clientCertificate(scope, this.brokerNamespace, client),
      source: { secret: { name: clientSecretName(client.name), items } },
    };
  }

  /** RabbitMQ counts for itself what it drops. @internal */
  _addWatcher(): undefined {
    return undefined;
  }

  /** @internal */
  _passwordLine(user: IMqttUser): string {
    return user.credentials.secret ? '' : this._contents.users.hashOf(user);
  }

  /** @internal */
  _peer(): NetworkPeer {
    return podsLabelled(this.brokerNamespace, this._podLabels);
  }

  /** @internal */
  _allowPeer(peer: NetworkPeer): void {
    this._clients.push(peer);
  }

  /** @internal */
  _addRoute(route: RegisteredRoute): void {
    checkRoute(route, this._settings);
    this.#routes.add(route);
  }

  /** @internal */
  _mqtt(): MqttAddresses {
    return mqttAddresses(`broker ${this.node.path}`, this._addresses);
  }
}

import { type ApiObject, Chart, Lazy, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import type { GatewayBrokerRoutes, GatewayExposure } from '../entry/gateway-api/gateway-broker-routes';
import type { TraefikBrokerRoutes, TraefikExposure } from '../entry/traefik/traefik-broker-routes';
import { EdgeError } from '../errors';
import { validImage } from '../kubernetes/image';
import { podLabels } from '../kubernetes/labels';
import { declareNamespace, PodSecurity } from '../kubernetes/namespaces';
import {
  ConfigMap,
  type NetworkPeer,
  NetworkPolicy,
  PersistentVolumeClaim,
  podsLabelled,
  podsOfNamespaces,
  Secret,
  Service,
  ServiceAccount,
} from '../kubernetes/objects';
import { cpu, renderResources, renderSize } from '../kubernetes/plus';
import { BrokerAlerts, type BrokerAlertsOptions, DROPPED_MESSAGES_TOPIC, unwatchedProblem } from './broker-alerts';
import type { BrokerTls } from './broker-tls';
import type { Credentials } from './credentials';
import { addressesOf } from './mosquitto-addresses';
import { checkListeners, validName, validNamespace } from './mosquitto-checks';
import type { MosquittoSettings } from './mosquitto-conf';
import { MosquittoExposure } from './mosquitto-exposure';
import { startupFiles } from './mosquitto-files';
import { listenersOf, type MosquittoListener } from './mosquitto-listeners';
import { mosquittoEgress, mosquittoIngress } from './mosquitto-network';
import { MosquittoParent, type ParentOptions } from './mosquitto-parent';
import type { MosquittoProps } from './mosquitto-props';
import { DEFAULT_MEMORY, resolveSettings, wholeNumber } from './mosquitto-settings';
import type { MosquittoUser } from './mosquitto-user';
import { MosquittoUsers } from './mosquitto-users';
import { mosquittoWorkload } from './mosquitto-workload';
import type { BridgeClient, BrokerTrust, IMqttBroker, IMqttUser } from './mqtt-broker';
import { type RegisteredRoute, RouteRegistry } from './route-registry';

/**
 * A Mosquitto broker: one pod with persistent sessions, hashed passwords, and an ACL that follows from the routes.
 *
 * Everything but the users' own topics is refused, and so is every client that is not a user. Changed users, grants and
 * certificates reach the running broker by themselves.
 *
 * @see https://mosquitto.org/man/mosquitto-conf-5.html
 */
export class Mosquitto extends Chart implements IMqttBroker {
  readonly brokerNamespace: string;
  readonly name: string;
  /** Host of the Service inside the cluster. */
  readonly host: string;
  /** Port of {@link mqttUrl}. */
  readonly mqttPort: number;
  /** Port of {@link websocketUrl}. */
  readonly websocketPort: number;
  /** Port for MQTT over TLS, where there is TLS. */
  readonly mqttsPort: number | undefined;
  /** Port for MQTT over secure websockets, where there is TLS. */
  readonly wssPort: number | undefined;
  /** Port for clients that log in with certificates, where there are such. */
  readonly clientCertificatePort: number | undefined;
  /** The largest MQTT packet the broker takes, in bytes. */
  readonly maxPacketBytes: number;
  /** Where clients inside the cluster connect to: without TLS if that is possible. */
  readonly mqttUrl: string;
  /** Where clients inside the cluster connect to over websockets: without TLS if that is possible. */
  readonly websocketUrl: string;
  /** Where clients inside the cluster connect to over TLS, where there is TLS. */
  readonly mqttsUrl: string | undefined;
  /** Where clients inside the cluster connect to over secure websockets, where there is TLS. */
  readonly wssUrl: string | undefined;
  /** What clients of {@link mqttsUrl} and {@link wssUrl} need, where there is TLS. */
  readonly trust: BrokerTrust | undefined;

  /** The namespace, unless it is not created. */
  readonly namespaceObject: ApiObject | undefined;
  readonly configMap: ApiObject;
  readonly usersSecret: ApiObject;
  readonly serviceAccount: ApiObject;
  readonly volumeClaim: ApiObject;
  readonly service: ApiObject;
  readonly statefulSet: ApiObject;
  readonly networkPolicy: ApiObject;
  /** cert-manager's Certificate, where the broker's comes from there. */
  readonly certificate: ApiObject | undefined;

  readonly #settings: MosquittoSettings;
  readonly #iterations: number;
  readonly #acceptsCertificates: boolean;
  readonly #users: MosquittoUsers;
  readonly #exposure: MosquittoExposure;
  readonly #clients: NetworkPeer[] = [];
  readonly #parents: MosquittoParent[] = [];
  readonly #routes = new RouteRegistry();
  #watchers = 0;

  /**
   * @throws EdgeError EDGE_ERR_NAME or EDGE_ERR_VALUE for what Kubernetes or Mosquitto would not take;
   * EDGE_ERR_BROKER_TLS for listeners that no client could use
   */
  constructor(scope: Construct, id: string, props: MosquittoProps = {}) {
    super(scope, id, { namespace: props.namespace ?? 'mosquitto' });
    this.brokerNamespace = validNamespace('Mosquitto.namespace', props.namespace ?? 'mosquitto');
    this.name = validName(props.name ?? 'mosquitto');
    this.host = `${this.name}.${this.brokerNamespace}.svc.cluster.local`;
    checkListeners(props);
    const plain = props.plainListeners ?? true;
    this.#acceptsCertificates = props.clientCertificates !== undefined;
    const listeners = listenersOf({
      plain,
      tls: props.tls !== undefined,
      clientCertificates: this.#acceptsCertificates,
    });
    this.#settings = resolveSettings(props, listeners);
    this.maxPacketBytes = this.#settings.maxPacketBytes;
    this.#iterations = wholeNumber('passwordIterations', props.passwordIterations ?? 100_000, 1_000);
    this.#users = new MosquittoUsers(`${this.brokerNamespace}/${this.name}`, this.#iterations);
    const addresses = addressesOf(this.host, listeners);
    this.mqttPort = addresses.mqttPort;
    this.websocketPort = addresses.websocketPort;
    this.mqttsPort = addresses.mqttsPort;
    this.wssPort = addresses.wssPort;
    this.clientCertificatePort = addresses.clientCertificatePort;
    this.mqttUrl = addresses.mqttUrl;
    this.websocketUrl = addresses.websocketUrl;
    this.mqttsUrl = addresses.mqttsUrl;
    this.wssUrl = addresses.wssUrl;

    const namespace = this.brokerNamespace;
    const labels = podLabels('mosquitto', this.name);
    const metadata = (name: string) => ({ name, namespace, labels });
    if (props.createNamespace ?? true) {
      this.namespaceObject = declareNamespace(this, namespace, PodSecurity.RESTRICTED);
    }
    const tls = props.tls?._bind(this, { name: this.name, namespace, host: this.host, labels });
    this.certificate = tls?.certificate;
    this.trust = tls && { authority: tls.authority, serverName: tls.serverName };
    this.serviceAccount = new ServiceAccount(this, 'service-account', metadata(this.name));
    this.configMap = new ConfigMap(this, 'config', {
      metadata: metadata(`${this.name}-config`),
      data: Lazy.any({ produce: () => this.#files() }),
    });
    this.usersSecret = new Secret(this, 'users', {
      metadata: metadata(`${this.name}-users`),
      stringData: Lazy.any({ produce: () => ({ passwd: this.#users.passwordFile() }) }),
    });
    this.volumeClaim = new PersistentVolumeClaim(this, 'data', {
      metadata: metadata(`${this.name}-data`),
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: props.storageClassName,
        resources: { requests: { storage: renderSize(props.storage ?? Size.gibibytes(5)) } },
      },
    });
    this.service = new Service(this, 'service', {
      metadata: metadata(this.name),
      spec: { type: 'ClusterIP', selector: labels, ports: listeners.map(servicePort) },
    });
    this.statefulSet = this.#workload(props, listeners, tls);
    this.networkPolicy = new NetworkPolicy(this, 'network-policy', {
      metadata: metadata(this.name),
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ['Ingress', 'Egress'],
        ingress: Lazy.any({ produce: () => mosquittoIngress(this.#clients, listeners) }),
        egress: Lazy.any({ produce: () => mosquittoEgress(this.#parents.map(({ port }) => port)) }),
      },
    });
    this.#exposure = new MosquittoExposure(this, {
      backend: {
        ...addresses,
        name: this.name,
        namespace,
        service: this.service.name,
        certifiedNames: tls?.dnsNames,
      },
      plain,
      allowPeer: (peer) => this._allowPeer(peer),
    });
  }

  /**
   * Adds somebody who may log in. What they may publish and receive follows from the routes they are clients of.
   *
   * @throws EdgeError EDGE_ERR_NAME for a name that is not 1 to 64 of letters, digits and `. _ @ -`; EDGE_ERR_DUPLICATE
   * for a name that is taken; EDGE_ERR_CREDENTIALS for a certificate at a broker that asks for none
   */
  addUser(name: string, credentials: Credentials): MosquittoUser {
    if (credentials?.certificate && !this.#acceptsCertificates) {
      throw new EdgeError('EDGE_ERR_CREDENTIALS', {
        at: `the credentials of broker user "${name}"`,
        value: 'Credentials.fromCertificate()',
        rule: 'the broker has no listener for clients with certificates',
        fix: 'Set Mosquitto.clientCertificates to the authority that signs them',
      });
    }
    return this.#users.add(name, credentials);
  }

  /** Lets all pods of a namespace connect. Bridges, and Traefik where it is used, may already. */
  allowConnectionsFrom(namespace: string): void {
    this._allowPeer(podsOfNamespaces(validNamespace('Mosquitto.allowConnectionsFrom(namespace)', namespace)));
  }

  /**
   * Connects the broker to one above it: messages go there, come from there, or both. They wait at either end while the
   * link is down.
   *
   * @throws EdgeError EDGE_ERR_ROUTE_CONFLICT for messages that would go round; EDGE_ERR_DUPLICATE for a name that is
   * taken; EDGE_ERR_NAME, EDGE_ERR_DOMAIN, EDGE_ERR_VALUE or EDGE_ERR_CREDENTIALS for what Mosquitto would not read
   */
  addParent(options: ParentOptions): MosquittoParent {
    const name = options.name ?? 'parent';
    if (this.#parents.some(({ parentName }) => parentName === name)) {
      const at = `a parent of broker ${this.node.path}`;
      const rule = 'there is one already by this name';
      throw new EdgeError('EDGE_ERR_DUPLICATE', { at, value: name, rule, fix: 'Give one of them another name' });
    }
    const parent = new MosquittoParent(this, `parent-${name}`, {
      ...options,
      broker: this.name,
      namespace: this.brokerNamespace,
      labels: podLabels('mosquitto', this.name),
      version: this.#settings.version,
    });
    this.#parents.push(parent);
    return parent;
  }

  /** Has Prometheus tell somebody when the broker drops messages; the Prometheus operator must be installed. */
  addAlerts(options: BrokerAlertsOptions = {}): BrokerAlerts {
    const alerts = new BrokerAlerts(this, 'alerts', {
      ...options,
      name: this.name,
      namespace: this.brokerNamespace,
      url: this.mqttUrl,
    });
    alerts.node.addValidation({ validate: () => (this.#watchers > 0 ? [] : [unwatchedProblem(this.name)]) });
    return alerts;
  }

  /**
   * Opens the broker to devices outside of the cluster.
   *
   * @throws EdgeError EDGE_ERR_TRAEFIK_TLS for `tls` without `host`; EDGE_ERR_ENTRY_POINT for ports Traefik cannot have;
   * EDGE_ERR_PASSTHROUGH and EDGE_ERR_BROKER_TLS for TLS at an end that the broker does not have;
   * EDGE_ERR_HOST_CERTIFICATE for a host that its certificate does not have; EDGE_ERR_DUPLICATE for a second time
   */
  exposeThroughTraefik(exposure: TraefikExposure = {}): TraefikBrokerRoutes {
    return this.#exposure.throughTraefik(exposure);
  }

  /**
   * Opens the broker to devices outside of the cluster, at a Gateway of the Gateway API.
   *
   * @throws EdgeError EDGE_ERR_GATEWAY_ROUTE and EDGE_ERR_GATEWAY_LISTENER for listeners that would not take the routes;
   * EDGE_ERR_PASSTHROUGH and EDGE_ERR_BROKER_TLS for TLS at an end that the broker does not have;
   * EDGE_ERR_HOST_CERTIFICATE for a host that its certificate does not have; EDGE_ERR_DUPLICATE for a second time
   */
  exposeThroughGateway(exposure: GatewayExposure): GatewayBrokerRoutes {
    return this.#exposure.throughGateway(exposure);
  }

  /** Whether the user is one of this broker's. */
  hasUser(user: IMqttUser): boolean {
    return this.#users.has(user);
  }

  /**
   * The broker's pods, for the network policies of its clients.
   *
   * @internal
   */
  _peer(): NetworkPeer {
    return podsLabelled(this.brokerNamespace, podLabels('mosquitto', this.name));
  }

  /**
   * What changes with a user's password and does not give it away; nothing for a password in a Secret.
   *
   * @internal
   */
  _passwordLine(user: IMqttUser): string {
    return this.#users.passwordLine(user);
  }

  /** @internal */
  _addBridge({ name, credentials }: BridgeClient): MosquittoUser {
    return this.addUser(name, credentials);
  }

  /** A bridge logs in with its password alone. @internal */
  _certifyBridge(): undefined {
    return undefined;
  }

  /** @internal */
  _allowPeer(peer: NetworkPeer): void {
    this.#clients.push(peer);
  }

  /**
   * Lets a user read how many messages the broker has dropped, to tell others of it.
   *
   * @returns the topic
   * @internal
   */
  _addWatcher(user: IMqttUser): string {
    this.#watchers += 1;
    user.allowSubscribe(DROPPED_MESSAGES_TOPIC);
    return DROPPED_MESSAGES_TOPIC;
  }

  /** @internal */
  _addRoute(route: RegisteredRoute): void {
    this.#routes.add(route);
  }

  #workload(props: MosquittoProps, listeners: MosquittoListener[], tls: BrokerTls | undefined): ApiObject {
    return mosquittoWorkload(this, 'Resource', {
      namespace: this.brokerNamespace,
      name: this.name,
      labels: podLabels('mosquitto', this.name),
      image: validImage('Mosquitto.image', props.image ?? this.#settings.version.image),
      resources: renderResources(
        props.resources ?? {
          cpu: { request: cpu(100) },
          memory: { request: Size.mebibytes(256), limit: DEFAULT_MEMORY },
        },
      ),
      listeners,
      configMap: this.configMap.name,
      usersSecret: this.usersSecret.name,
      claim: this.volumeClaim.name,
      tlsSecret: tls?.secretName,
      clientAuthority: props.clientCertificates?._source('ca.crt'),
      startupFiles: () => Object.values(this.#startupFiles()),
      secretUsers: () => this.#users.inSecrets(),
      parents: () => this.#parents.flatMap((parent) => parent._sources()),
    });
  }

  /** What is in the ConfigMap. */
  #files(): Record<string, string> {
    return { ...this.#startupFiles(), acl: this.#users.aclFile() };
  }

  /** The part of it that a running broker cannot be given anew. */
  #startupFiles(): Record<string, string> {
    return startupFiles({ settings: this.#settings, iterations: this.#iterations, parents: this.#parents });
  }
}

function servicePort({ name, port, appProtocol }: MosquittoListener) {
  return { name, port, targetPort: name, protocol: 'TCP' as const, appProtocol };
}

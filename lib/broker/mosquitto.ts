import { type ApiObject, Chart, Lazy, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { TraefikBrokerRoutes, type TraefikExposure } from '../entry/traefik-broker-routes';
import { EdgeError } from '../errors';
import { validImage } from '../kubernetes/image';
import { podLabels } from '../kubernetes/labels';
import { declareNamespace, PodSecurity } from '../kubernetes/namespaces';
import {
  ConfigMap,
  type NetworkPeer,
  NetworkPolicy,
  type NetworkRule,
  PersistentVolumeClaim,
  podsLabelled,
  podsOfNamespaces,
  Secret,
  Service,
  ServiceAccount,
} from '../kubernetes/objects';
import { type ContainerResources, cpu, renderResources, renderSize } from '../kubernetes/plus';
import { dnsLabelProblem, workloadNameProblem } from '../naming/kubernetes-names';
import type { Credentials } from './credentials';
import { mosquittoConf, prepareScript } from './mosquitto-files';
import type { MosquittoUser } from './mosquitto-user';
import { MosquittoUsers } from './mosquitto-users';
import { mosquittoWorkload } from './mosquitto-workload';
import { type RegisteredRoute, RouteRegistry } from './route-registry';

const MQTT_PORT = 1883;
const WEBSOCKET_PORT = 8080;
/** Mosquitto reads most of its numbers as signed 32 bits. */
const MOST = 2 ** 31 - 1;
const DEFAULT_MEMORY = Size.gibibytes(1);

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
   * An image of Mosquitto 2.0.22 or a later 2.x, with `mosquitto_passwd` and a shell, as the official one.
   *
   * @default 'docker.io/library/eclipse-mosquitto:2.0.22'
   */
  readonly image?: string;
  /** Size of the volume for sessions and queues. @default Size.gibibytes(5) */
  readonly storage?: Size;
  /** @default - the cluster's default StorageClass */
  readonly storageClassName?: string;
  /** @default - requests 100m and 256Mi, limit 1Gi of memory */
  readonly resources?: ContainerResources;
  /**
   * The largest MQTT packet the broker takes. A larger one ends the client's connection.
   *
   * @default - 2,000,000 bytes, the default of Mosquitto 2.1
   */
  readonly maxPacketBytes?: number;
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

/**
 * A Mosquitto broker: one pod with persistent sessions, hashed passwords, and an ACL that follows from the routes.
 *
 * Everything but the users' own topics is refused, and so is every client without a password.
 *
 * @see https://mosquitto.org/man/mosquitto-conf-5.html
 */
export class Mosquitto extends Chart {
  readonly brokerNamespace: string;
  readonly name: string;
  /** Host of the Service inside the cluster. */
  readonly host: string;
  readonly mqttPort: number = MQTT_PORT;
  readonly websocketPort: number = WEBSOCKET_PORT;
  /** The largest MQTT packet the broker takes, in bytes. */
  readonly maxPacketBytes: number;
  /** Where clients inside the cluster connect to. */
  readonly mqttUrl: string;
  /** Where clients inside the cluster connect to over websockets. */
  readonly websocketUrl: string;

  /** The namespace, unless it is not created. */
  readonly namespaceObject: ApiObject | undefined;
  readonly configMap: ApiObject;
  readonly usersSecret: ApiObject;
  readonly serviceAccount: ApiObject;
  readonly volumeClaim: ApiObject;
  readonly service: ApiObject;
  readonly statefulSet: ApiObject;
  readonly networkPolicy: ApiObject;

  readonly #users: MosquittoUsers;
  readonly #clients: NetworkPeer[] = [];
  readonly #routes = new RouteRegistry();

  constructor(scope: Construct, id: string, props: MosquittoProps = {}) {
    super(scope, id, { namespace: props.namespace ?? 'mosquitto' });
    this.brokerNamespace = validNamespace('Mosquitto.namespace', props.namespace ?? 'mosquitto');
    this.name = validName(props.name ?? 'mosquitto');
    this.host = `${this.name}.${this.brokerNamespace}.svc.cluster.local`;
    this.mqttUrl = `mqtt://${this.host}:${MQTT_PORT}`;
    this.websocketUrl = `ws://${this.host}:${WEBSOCKET_PORT}`;
    const iterations = wholeNumber('passwordIterations', props.passwordIterations ?? 100_000, 1_000);
    this.#users = new MosquittoUsers(`${this.brokerNamespace}/${this.name}`, iterations);
    const prepare = prepareScript(iterations);
    const memoryBytes = (props.resources?.memory?.limit ?? DEFAULT_MEMORY).toKibibytes() * 1024;
    this.maxPacketBytes = wholeNumber('maxPacketBytes', props.maxPacketBytes ?? 2_000_000, 1_024);
    const conf = mosquittoConf({
      mqttPort: MQTT_PORT,
      websocketPort: WEBSOCKET_PORT,
      maxPacketBytes: this.maxPacketBytes,
      maxQueuedMessages: wholeNumber('maxQueuedMessages', props.maxQueuedMessages ?? 500_000, 1),
      maxQueuedBytes: wholeNumber(
        'maxQueuedBytes',
        props.maxQueuedBytes ?? Math.floor(memoryBytes / 4),
        1_024,
        Number.MAX_SAFE_INTEGER,
      ),
      autosaveIntervalSeconds: wholeNumber('autosaveIntervalSeconds', props.autosaveIntervalSeconds ?? 60, 1),
    });
    const labels = podLabels('mosquitto', this.name);
    const namespace = this.brokerNamespace;
    if (props.createNamespace ?? true) {
      this.namespaceObject = declareNamespace(this, namespace, PodSecurity.RESTRICTED);
    }

    this.serviceAccount = new ServiceAccount(this, 'service-account', { name: this.name, namespace, labels });
    this.configMap = new ConfigMap(this, 'config', {
      metadata: { name: `${this.name}-config`, namespace, labels },
      data: Lazy.any({
        produce: () => ({ 'mosquitto.conf': conf, acl: this.#users.aclFile(), 'prepare.sh': prepare }),
      }),
    });
    this.usersSecret = new Secret(this, 'users', {
      metadata: { name: `${this.name}-users`, namespace, labels },
      stringData: Lazy.any({ produce: () => ({ passwd: this.#users.passwordFile() }) }),
    });
    this.volumeClaim = new PersistentVolumeClaim(this, 'data', {
      metadata: { name: `${this.name}-data`, namespace, labels },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: props.storageClassName,
        resources: { requests: { storage: renderSize(props.storage ?? Size.gibibytes(5)) } },
      },
    });
    this.service = new Service(this, 'service', {
      metadata: { name: this.name, namespace, labels },
      spec: {
        type: 'ClusterIP',
        selector: labels,
        ports: [
          { name: 'mqtt', port: MQTT_PORT, targetPort: 'mqtt', protocol: 'TCP', appProtocol: 'mqtt' },
          { name: 'websockets', port: WEBSOCKET_PORT, targetPort: 'websockets', protocol: 'TCP', appProtocol: 'http' },
        ],
      },
    });
    this.statefulSet = mosquittoWorkload(this, 'Resource', {
      namespace,
      name: this.name,
      labels,
      image: validImage('Mosquitto.image', props.image ?? 'docker.io/library/eclipse-mosquitto:2.0.22'),
      resources: renderResources(
        props.resources ?? {
          cpu: { request: cpu(100) },
          memory: { request: Size.mebibytes(256), limit: DEFAULT_MEMORY },
        },
      ),
      mqttPort: MQTT_PORT,
      websocketPort: WEBSOCKET_PORT,
      configMap: this.configMap.name,
      usersSecret: this.usersSecret.name,
      claim: this.volumeClaim.name,
      startupFiles: () => [conf, this.#users.aclFile(), prepare, this.#users.passwordFile()],
      secretUsers: () => this.#users.inSecrets(),
    });
    this.networkPolicy = new NetworkPolicy(this, 'network-policy', {
      metadata: { name: this.name, namespace, labels },
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ['Ingress', 'Egress'],
        ingress: Lazy.any({ produce: () => this.#ingress() }),
        // A broker answers; it calls nobody.
        egress: [],
      },
    });
  }

  /**
   * Adds somebody who may log in. What they may publish and receive follows from the routes they are clients of.
   *
   * @throws EdgeError EDGE_ERR_NAME for a name that is not 1 to 64 of letters, digits and `. _ @ -`; EDGE_ERR_DUPLICATE
   * for a name that is taken
   */
  addUser(name: string, credentials: Credentials): MosquittoUser {
    return this.#users.add(name, credentials);
  }

  /** Lets all pods of a namespace connect. Bridges, and Traefik where it is used, may already. */
  allowConnectionsFrom(namespace: string): void {
    this._allowPeer(podsOfNamespaces(validNamespace('Mosquitto.allowConnectionsFrom(namespace)', namespace)));
  }

  /**
   * Opens the broker to devices outside of the cluster.
   *
   * @throws EdgeError EDGE_ERR_TRAEFIK_TLS for `tls` without `host`; EDGE_ERR_ENTRY_POINT for ports Traefik cannot have
   */
  exposeThroughTraefik(exposure: TraefikExposure = {}): TraefikBrokerRoutes {
    const routes = new TraefikBrokerRoutes(this, 'traefik', {
      ...exposure,
      name: this.name,
      namespace: this.brokerNamespace,
      service: this.service.name,
      mqttPort: MQTT_PORT,
      websocketPort: WEBSOCKET_PORT,
    });
    this._allowPeer(podsOfNamespaces(routes.entryPoints.namespace));
    return routes;
  }

  /** Whether the user is one of this broker's. */
  hasUser(user: MosquittoUser): boolean {
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
  _passwordLine(user: MosquittoUser): string {
    return this.#users.passwordLine(user);
  }

  /** @internal */
  _allowPeer(peer: NetworkPeer): void {
    this.#clients.push(peer);
  }

  /** @internal */
  _addRoute(route: RegisteredRoute): void {
    this.#routes.add(route);
  }

  #ingress(): NetworkRule[] {
    const ports: NetworkRule['ports'] = [
      { port: 'mqtt', protocol: 'TCP' },
      { port: 'websockets', protocol: 'TCP' },
    ];
    return this.#clients.length === 0 ? [] : [{ from: this.#clients, ports }];
  }
}

function validName(name: string): string {
  const rule = workloadNameProblem(name);
  if (!rule) return name;
  throw new EdgeError('EDGE_ERR_NAME', { at: 'Mosquitto.name', value: name, rule, fix: 'Choose another name' });
}

function validNamespace(at: string, namespace: string): string {
  const rule = dnsLabelProblem(namespace);
  if (!rule) return namespace;
  throw new EdgeError('EDGE_ERR_NAME', { at, value: namespace, rule, fix: 'Choose another name' });
}

function wholeNumber(prop: string, value: number, least: number, most: number = MOST): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : `, and at most ${most}`;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: `Mosquitto.${prop}`,
    value,
    rule: `it is a whole number of at least ${least}${upTo}`,
    fix: 'Choose one',
  });
}

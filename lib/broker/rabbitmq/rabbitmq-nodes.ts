import { type ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { PodDisruptionBudget } from '../../kubernetes/deployment';
import { validImage } from '../../kubernetes/image';
import {
  ConfigMap,
  type NetworkPeer,
  NetworkPolicy,
  podsLabelled,
  Secret,
  Service,
  ServiceAccount,
} from '../../kubernetes/objects';
import { cpu, renderResources, renderSize } from '../../kubernetes/plus';
import { Credentials } from '../credentials';
import type { BrokerContents } from './broker-contents';
import type { RabbitMqCertificates } from './rabbitmq-certificates';
import { checkCookie } from './rabbitmq-checks';
import { DEFINITIONS_FILE } from './rabbitmq-conf';
import { RabbitMqDiscovery } from './rabbitmq-discovery';
import { startupFiles } from './rabbitmq-files';
import { CLUSTER_RPC, EPMD, PROMETHEUS } from './rabbitmq-listeners';
import { rabbitMqEgress, rabbitMqIngress } from './rabbitmq-network';
import type { RabbitMqProps } from './rabbitmq-props';
import { DEFAULT_MEMORY, DEFAULT_STORAGE, type RabbitMqSettings } from './rabbitmq-settings';
import { rabbitMqWorkload } from './rabbitmq-workload';

/** What the nodes are made of. */
interface NodeParts {
  readonly broker: RabbitMqProps;
  readonly settings: RabbitMqSettings;
  readonly contents: BrokerContents;
  readonly certificates: RabbitMqCertificates;
  readonly clients: NetworkPeer[];
  /** Messages on their way to one MQTT client. */
  readonly prefetch: () => number;
}

/** `RabbitMq` gives them. */
export interface RabbitMqNodesProps {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  /** @internal */
  readonly _parts: NodeParts;
}

/** The nodes of a cluster, and all that they need. */
export class RabbitMqNodes extends Construct {
  readonly configMap: ApiObject;
  /** Who may do what, with the hashes of passwords. */
  readonly accessSecret: ApiObject;
  /** Nothing for a cookie in a Secret of the cluster. */
  readonly cookieSecret: ApiObject | undefined;
  readonly serviceAccount: ApiObject;
  /** What clients connect to. */
  readonly service: ApiObject;
  /** By which each node has a name, and where its metrics are. */
  readonly headlessService: ApiObject;
  readonly statefulSet: ApiObject;
  readonly networkPolicy: ApiObject;
  /** Nothing for one node. */
  readonly podDisruptionBudget: ApiObject | undefined;
  /** The role by which nodes find each other, for versions that need one. */
  readonly discovery: RabbitMqDiscovery | undefined;

  /** @internal */
  constructor(scope: Construct, id: string, props: RabbitMqNodesProps) {
    super(scope, id);
    const { name, namespace, labels, _parts: parts } = props;
    const { settings, contents } = parts;
    const metadata = (suffix = '') => ({ name: `${name}${suffix}`, namespace, labels });
    const startup = () => startupFiles(settings, { name, namespace, nodes: `${name}-nodes` }, parts.prefetch());
    this.serviceAccount = new ServiceAccount(this, 'service-account', metadata());
    this.configMap = new ConfigMap(this, 'config', {
      metadata: metadata('-config'),
      data: Lazy.any({ produce: () => ({ ...startup(), ...runtimeFiles(contents) }) }),
    });
    this.accessSecret = new Secret(this, 'access', {
      metadata: metadata('-access'),
      stringData: Lazy.any({ produce: () => ({ [DEFINITIONS_FILE]: contents.access() }) }),
    });
    this.service = new Service(this, 'service', {
      metadata: metadata(),
      spec: { type: 'ClusterIP', selector: labels, ports: settings.listeners.map(servicePort) },
    });
    this.headlessService = new Service(this, 'headless-service', {
      metadata: { ...metadata('-nodes'), labels: { ...labels, ...NODES_LABEL } },
      spec: {
        clusterIP: 'None',
        // Nodes look for each other before they are ready, which they are when they have found each other.
        publishNotReadyAddresses: true,
        selector: labels,
        ports: [EPMD, CLUSTER_RPC, PROMETHEUS].map(servicePort),
      },
    });
    const cookie = this.#cookie(parts.broker.erlangCookie, metadata('-erlang-cookie'));
    this.cookieSecret = cookie.object;
    this.discovery = settings.version._asksKubernetes
      ? new RabbitMqDiscovery(this, 'discovery', metadata())
      : undefined;
    this.statefulSet = rabbitMqWorkload(this, 'Resource', {
      ...{ name, namespace, labels, nodes: this.headlessService.name },
      replicas: settings.replicas,
      image: validImage('RabbitMq.image', parts.broker.image ?? settings.version.image),
      resources: renderResources(parts.broker.resources ?? DEFAULT_RESOURCES),
      listeners: settings.listeners,
      configMap: this.configMap.name,
      accessSecret: this.accessSecret.name,
      cookie: cookie.reference,
      volumeClaimTemplate: {
        metadata: { name: 'data', labels },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: parts.broker.storageClassName,
          resources: { requests: { storage: renderSize(parts.broker.storage ?? DEFAULT_STORAGE) } },
        },
      },
      tlsSecret: parts.certificates.tls?.secretName,
      clientAuthority: parts.certificates.clientAuthority,
      asksKubernetes: settings.version._asksKubernetes,
      startupFiles: () => Object.values(startup()),
      secretUsers: () => contents.users.inSecrets(),
    });
    this.podDisruptionBudget = settings.replicas > 1 ? this.#disruptionBudget(metadata()) : undefined;
    this.networkPolicy = this.#networkPolicy(parts, metadata());
  }

  #cookie(given: Credentials | undefined, metadata: Metadata) {
    const cookie = given ?? Credentials.fromSecret(metadata.name, 'cookie');
    checkCookie(cookie);
    if (cookie.secret) return { object: undefined, reference: cookie.secret };
    const object = new Secret(this, 'cookie', { metadata, stringData: { cookie: cookie._reveal() } });
    return { object, reference: { secretName: object.name, key: 'cookie' } };
  }

  #disruptionBudget(metadata: Metadata): ApiObject {
    return new PodDisruptionBudget(this, 'disruption-budget', {
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: metadata.labels } },
    });
  }

  #networkPolicy({ settings, clients }: NodeParts, metadata: Metadata): ApiObject {
    const { namespace, labels } = metadata;
    const self = podsLabelled(namespace, labels);
    return new NetworkPolicy(this, 'network-policy', {
      metadata,
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ['Ingress', 'Egress'],
        ingress: Lazy.any({ produce: () => rabbitMqIngress(clients, self, settings.listeners) }),
        egress: rabbitMqEgress(self, settings.version._asksKubernetes),
      },
    });
  }
}

/** Tells the Service with the metrics from that of clients. */
export const NODES_LABEL = { 'app.kubernetes.io/component': 'nodes' };

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

const DEFAULT_RESOURCES = {
  cpu: { request: cpu(500) },
  memory: { request: DEFAULT_MEMORY, limit: DEFAULT_MEMORY },
};

/** What a running cluster is given anew. */
function runtimeFiles(contents: BrokerContents): Record<string, string> {
  const users = contents.users.all.map(({ name }) => `${name}\n`).join('');
  return { users, 'topology.json': contents.definitions() };
}

function servicePort({ name, port, appProtocol }: { name: string; port: number; appProtocol?: string }) {
  return { name, port, targetPort: name, protocol: 'TCP' as const, ...(appProtocol && { appProtocol }) };
}

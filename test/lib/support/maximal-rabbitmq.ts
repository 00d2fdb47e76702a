import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { vi } from 'vitest';
import {
  BridgeCode,
  CertificateAuthority,
  CertificateIssuer,
  ClientCertificates,
  Credentials,
  type EdgeApp,
  InferenceBridge,
  InferencePlatform,
  ModelFormat,
  QueueType,
  RabbitMq,
  type RabbitMqBrokerProps,
  type RabbitMqCertificateOptions,
  RabbitMqCluster,
  type RabbitMqClusterProps,
  type RabbitMqMonitoringOptions,
  type RabbitMqMqttOptions,
  type RabbitMqProps,
  type RabbitMqSecretOptions,
  RabbitMqTls,
  RabbitMqVersion,
  type RequestQueueOptions,
  SessionQueues,
} from '../../../lib';
import { PASSWORDS } from './maximal-stack';

const certificate: Required<RabbitMqCertificateOptions> = {
  dnsNames: ['queue.example.com'],
  authority: CertificateAuthority.fromSecret('company-authority', 'root.pem'),
  minimumVersion: 'TLSv1.3',
};

const secret: Required<RabbitMqSecretOptions> = {
  authority: CertificateAuthority.fromSecret('site-authority'),
  serverName: 'queue.site.example.com',
  minimumVersion: 'TLSv1.2',
};

const mqtt: Required<RabbitMqMqttOptions> = {
  plaintext: true,
  sessionQueues: SessionQueues.QUORUM,
  maxSessionExpiry: Duration.days(9),
};

const common: Required<RabbitMqBrokerProps> = {
  namespace: 'queues',
  createNamespace: true,
  name: 'queue',
  version: RabbitMqVersion.V4_0,
  image: 'registry.example.com/rabbitmq:4.0',
  replicas: 5,
  tls: RabbitMqTls.fromCertManager(CertificateIssuer.clusterIssuer('company-ca'), certificate),
  clientCertificates: ClientCertificates.required(CertificateAuthority.fromSecret('clients')),
  plaintext: true,
  vhost: 'ml',
  mqtt,
  storage: Size.gibibytes(21),
  storageClassName: 'fast',
  resources: { cpu: { request: Cpu.millis(900) }, memory: { limit: Size.gibibytes(3) } },
  memoryWatermarkPercent: 44,
  diskFreeLimit: Size.gibibytes(5),
  maxMessageBytes: 9_876_543,
  consumerTimeout: Duration.minutes(31),
};

const requests: Required<RequestQueueOptions> = {
  name: 'fib',
  exchange: 'ML.MQ',
  bindingKeys: ['predict.*', 'later.#'],
  type: QueueType.CLASSIC,
  deliveryLimit: 7,
  maxLength: 4_567,
  attempts: 4,
  retryDelay: Duration.seconds(33),
  replyQueue: 'response',
};

const monitoring: Required<RabbitMqMonitoringOptions> = { labels: { release: 'monitoring' }, severity: 'page' };

/** RabbitMQ with every prop, by hand and as an object of the cluster operator. */
export function maximalRabbitMq(app: EdgeApp) {
  for (const [variable, password] of Object.entries(PASSWORDS)) vi.stubEnv(variable, password);
  vi.stubEnv('MAXIMAL_COOKIE', 'C0OKIE-OF-THE-NODES');
  const platform = new InferencePlatform(app, 'platform', { domain: 'models.example.com', namespaces: ['vision'] });
  const model = platform.addModel('plain', {
    namespace: 'vision',
    format: ModelFormat.SKLEARN,
    storageUri: 'pvc://models/plain',
  });
  const props: Required<RabbitMqProps> = { ...common, erlangCookie: Credentials.fromEnv('MAXIMAL_COOKIE') };
  const queue = new RabbitMq(app, 'queue', props);
  queue.addMonitoring(monitoring);
  queue
    .addRequestQueue(requests)
    .allowProvider(queue.addUser('provider', Credentials.fromSecret('provider', 'passphrase')))
    .allowRequester(queue.addUser('gateway', Credentials.fromCertificate()));
  const camera = queue.addUser('camera', Credentials.fromSecret('camera'), { clientIds: ['camera-7', 'lens-*'] });
  queue.allowConnectionsFrom('devices');

  const site = new RabbitMq(app, 'site', {
    name: 'site',
    namespace: 'site',
    mqtt: {},
    tls: RabbitMqTls.fromSecret('site', secret),
  });
  const scanner = site.addUser('scanner', Credentials.fromSecret('scanner'));
  const code = BridgeCode.fromImage('registry.example.com/bridge:1');
  new InferenceBridge(app, 'bridge', { broker: queue, code, credentials: Credentials.fromSecret('bridge') }).addRoute({
    model,
    clients: [camera],
  });
  const tls = RabbitMqTls.fromCertManager(CertificateIssuer.clusterIssuer('company-ca'));
  const cloud = new RabbitMq(app, 'cloud', { name: 'cloud', namespace: 'cloud', mqtt: {}, tls });
  const lens = cloud.addUser('lens', Credentials.fromSecret('lens'));
  new InferenceBridge(app, 'cloud-bridge', { broker: cloud, code }).addRoute({ model, clients: [lens] });
  new InferenceBridge(app, 'site-bridge', { broker: site, code }).addRoute({ model, clients: [scanner] });

  const operated: Required<RabbitMqClusterProps> = {
    ...common,
    namespace: 'operated',
    vhost: '/',
    mqtt: { ...mqtt, sessionQueues: SessionQueues.CLASSIC },
    operatorNamespace: 'operators',
  };
  const cluster = new RabbitMqCluster(app, 'operated', operated);
  return { app, queue, site, cluster, props, operated, requests, monitoring };
}

/** What is in a broker of the operators: objects of the messaging topology operator. */
export function operatedTopology(app: EdgeApp): RabbitMqCluster {
  vi.stubEnv('MAXIMAL_BRIDGE_PASSWORD', String(PASSWORDS.MAXIMAL_BRIDGE_PASSWORD));
  const cluster = new RabbitMqCluster(app, 'operated', { ...common, replicas: 3 });
  cluster
    .addRequestQueue(requests)
    .allowProvider(cluster.addUser('provider', Credentials.fromEnv('MAXIMAL_BRIDGE_PASSWORD')))
    .allowRequester(cluster.addUser('gateway', Credentials.fromCertificate()));
  return cluster;
}

import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { vi } from 'vitest';
import {
  BridgeCode,
  type BrokerAlertsOptions,
  CertificateAuthority,
  CertificateIssuer,
  Credentials,
  type EdgeApp,
  InferenceBridge,
  InferencePlatform,
  ModelFormat,
  Mosquitto,
  type MosquittoCertificateOptions,
  type MosquittoProps,
  type MosquittoSecretOptions,
  MosquittoTls,
  MosquittoVersion,
  type ParentOptions,
  ParentTopic,
  type ParentTopicOptions,
} from '../../../lib';
import { PASSWORDS } from './maximal-stack';

const certificate: Required<MosquittoCertificateOptions> = {
  dnsNames: ['mqtt.example.com', '*.sites.example.com'],
  authority: CertificateAuthority.fromConfigMap('company-authority', 'bundle.pem'),
  minimumVersion: 'TLSv1.3',
};

const secret: Required<MosquittoSecretOptions> = {
  authority: CertificateAuthority.fromSecret('site-authority', 'root.pem'),
  serverName: 'site.example.com',
  minimumVersion: 'TLSv1.2',
};

const broker: Required<MosquittoProps> = {
  namespace: 'messaging',
  createNamespace: true,
  name: 'hub',
  version: MosquittoVersion.V2_1,
  image: 'registry.example.com/mosquitto:2.1.2',
  tls: MosquittoTls.fromCertManager(CertificateIssuer.clusterIssuer('company-ca'), certificate),
  clientCertificates: CertificateAuthority.fromSecret('devices', 'ca.pem'),
  plainListeners: false,
  storage: Size.gibibytes(9),
  storageClassName: 'fast',
  resources: { cpu: { request: Cpu.millis(250) }, memory: { limit: Size.gibibytes(2) } },
  maxConnections: 4_321,
  maxPacketBytes: 8_765_432,
  maxInflightMessages: 77,
  maxQueuedMessages: 6_543,
  maxQueuedBytes: 76_543_210,
  persistentClientExpiration: Duration.days(21),
  autosaveIntervalSeconds: 19,
  passwordIterations: 1_357,
};

const topicOptions: Required<ParentTopicOptions> = { localPrefix: 'here/', remotePrefix: 'site-7/', qos: 2 };

const parent: Required<Omit<ParentOptions, 'plaintext'>> = {
  name: 'cloud',
  host: 'mqtt.cloud.example.com',
  port: 18_883,
  user: 'site-7',
  credentials: Credentials.fromSecret('site-7-at-cloud', 'passphrase'),
  topics: [
    ParentTopic.outgoing('alarms/#', topicOptions),
    ParentTopic.incoming('orders/#', topicOptions),
    ParentTopic.both('state/+', topicOptions),
  ],
  authority: CertificateAuthority.fromConfigMap('cloud-authority'),
  clientId: 'site-7-hub',
  protocolVersion: 4,
};

const alerts: Required<BrokerAlertsOptions> = { labels: { release: 'monitoring' }, severity: 'page' };

/** Brokers with every prop of what has to do with TLS, certificates, parents and alerts. */
export function maximalBroker(app: EdgeApp) {
  for (const [variable, password] of Object.entries(PASSWORDS)) vi.stubEnv(variable, password);
  const platform = new InferencePlatform(app, 'platform', { domain: 'models.example.com', namespaces: ['vision'] });
  const model = platform.addModel('plain', {
    namespace: 'vision',
    format: ModelFormat.SKLEARN,
    storageUri: 'pvc://models/plain',
  });
  const hub = new Mosquitto(app, 'broker', broker);
  const scanner = hub.addUser('scanner', Credentials.fromCertificate());
  hub.addParent(parent);
  hub.addParent({
    name: 'lab',
    host: 'lab.messaging.svc.cluster.local',
    plaintext: true,
    user: 'hub',
    credentials: Credentials.fromEnv('MAXIMAL_BRIDGE_PASSWORD'),
    topics: [ParentTopic.outgoing('#')],
  });
  const bridge = new InferenceBridge(app, 'bridge', {
    broker: hub,
    credentials: Credentials.fromEnv('MAXIMAL_BRIDGE_PASSWORD'),
    code: BridgeCode.fromImage('registry.example.com/bridge:1'),
  });
  bridge.addRoute({ model, clients: [scanner] });
  hub.addAlerts(alerts);

  const site = new Mosquitto(app, 'site', {
    name: 'site',
    namespace: 'site',
    tls: MosquittoTls.fromSecret('site-certificate', secret),
  });
  return { app, hub, site, bridge, broker, parent, alerts };
}

import { JsonPatch } from 'cdk8s';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  CertificateAuthority,
  ClientCertificates,
  Credentials,
  EdgeApp,
  RabbitMqCluster,
  type RabbitMqClusterProps,
} from '../../../../lib';
import { findManifest, type Manifest, synthesize } from '../../../../lib/testing';
import { namesOf, ofKind } from '../../support/manifests';
import { operatedTopology } from '../../support/maximal-rabbitmq';
import { FIB, RABBIT_TLS } from '../../support/rabbitmq';
import { expectRefusal } from '../../support/refusals';

afterEach(() => {
  vi.unstubAllEnvs();
});

function clusterIn(app: EdgeApp, props: Partial<RabbitMqClusterProps> = {}): RabbitMqCluster {
  return new RabbitMqCluster(app, 'broker', { tls: RABBIT_TLS, ...props });
}

const specsOf = (manifests: Manifest[], kind: string) => ofKind(manifests, kind).map(({ spec }) => spec);

describe('a RabbitMqCluster', () => {
  it('is one object of the cluster operator', () => {
    const app = new EdgeApp();
    clusterIn(app, { mqtt: {} });
    const manifests = synthesize(app);

    expect(namesOf(manifests).sort()).toStrictEqual([
      'Namespace -/rabbitmq',
      'NetworkPolicy rabbitmq/rabbitmq',
      'PodDisruptionBudget rabbitmq/rabbitmq',
      'Policy rabbitmq/rabbitmq-policy-mqtt-sessions',
      'RabbitmqCluster rabbitmq/rabbitmq',
    ]);
    const { rabbitmq, ...spec } = findManifest(manifests, 'RabbitmqCluster', 'rabbitmq').spec;
    expect(spec).toStrictEqual({
      image: 'docker.io/library/rabbitmq:4.3.5-management',
      replicas: 3,
      persistence: { storage: '10Gi' },
      resources: { requests: { cpu: '500m', memory: '2Gi' }, limits: { memory: '2Gi' } },
      tls: { secretName: 'broker-tls', caSecretName: 'company-ca', disableNonTLSListeners: true },
      terminationGracePeriodSeconds: 660,
    });
    expect(rabbitmq.additionalPlugins).toStrictEqual([
      'rabbitmq_auth_mechanism_ssl',
      'rabbitmq_mqtt',
      'rabbitmq_web_mqtt',
    ]);
    expect(rabbitmq.additionalConfig).toContain('ssl_options.fail_if_no_peer_cert = true\n');
    expect(rabbitmq.additionalConfig).not.toMatch(/listeners|certfile|definitions|cluster_formation/);
  });

  it('is found by clients under the name that the operator gives its Service', () => {
    const { amqpUrl, mqttUrl } = clusterIn(new EdgeApp(), { mqtt: {} });

    expect({ amqpUrl, mqttUrl }).toStrictEqual({
      amqpUrl: 'amqps://rabbitmq.rabbitmq.svc.cluster.local:5671',
      mqttUrl: 'mqtts://rabbitmq.rabbitmq.svc.cluster.local:8883',
    });
  });

  it('B-12 has its users, permissions and queues from the same topology, whatever came first', () => {
    const app = new EdgeApp();
    const broker = clusterIn(app);
    const provider = broker.addUser('provider', Credentials.fromSecret('provider-login'));
    const queue = broker.addRequestQueue(FIB).allowProvider(provider);
    const manifests = synthesize(app);
    const reference = { rabbitmqClusterReference: { name: 'rabbitmq' } };

    expect(specsOf(manifests, 'User')).toStrictEqual([
      { importCredentialsSecret: { name: 'provider-login' }, ...reference },
    ]);
    expect(specsOf(manifests, 'Permission')).toStrictEqual([
      {
        vhost: '/',
        userReference: { name: 'rabbitmq-user-provider' },
        permissions: {
          configure: '^(ML\\.MQ|fib|fib\\.delay-60s|fib\\.parked)$',
          write: '^(amq\\.default|fib)$',
          read: '^(ML\\.MQ|fib|fib\\.delay-60s)$',
        },
        ...reference,
      },
    ]);
    expect(specsOf(manifests, 'TopicPermission').map(({ permissions }) => permissions)).toStrictEqual([
      { exchange: 'amq.topic', write: '^$', read: '^$' },
      { exchange: 'ML.MQ', write: '^$', read: '^(predict\\.[^.#]*)$' },
    ]);
    expect(specsOf(manifests, 'Queue').map(({ name }) => name)).toStrictEqual([
      queue.name,
      queue.delayQueue,
      queue.parkingQueue,
    ]);
    expect(specsOf(manifests, 'Queue')[0]).toStrictEqual({
      ...{ name: 'fib', vhost: '/', type: 'quorum', durable: true, autoDelete: false },
      arguments: {
        'x-queue-type': 'quorum',
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': 'fib.parked',
        'x-overflow': 'reject-publish',
        'x-dead-letter-strategy': 'at-least-once',
        'x-delivery-limit': 20,
      },
      deletionPolicy: 'retain',
      ...reference,
    });
    expect(specsOf(manifests, 'Exchange')).toStrictEqual([
      { name: 'ML.MQ', vhost: '/', type: 'topic', durable: true, autoDelete: false, ...reference },
    ]);
    expect(specsOf(manifests, 'Binding')).toStrictEqual([
      {
        ...{ vhost: '/', source: 'ML.MQ', destination: 'fib', destinationType: 'queue', routingKey: 'predict.*' },
        ...reference,
      },
    ]);
  });

  it('keeps the hash of a password that synth reads, and none for a certificate, in Secrets that the operator may read', () => {
    vi.stubEnv('GATEWAY_PASSWORD', 'correct horse battery');
    const app = new EdgeApp();
    const broker = clusterIn(app);
    broker.addUser('gateway', Credentials.fromEnv('GATEWAY_PASSWORD'));
    broker.addUser('device', Credentials.fromCertificate());
    const [gateway, device] = ofKind(synthesize(app), 'Secret');

    expect(gateway?.metadata.labels).toStrictEqual({ 'rabbitmq.com/topology-operator': 'true' });
    expect(gateway?.stringData.username).toBe('gateway');
    expect(Buffer.from(gateway?.stringData.passwordHash, 'base64')).toHaveLength(68);
    expect(device?.stringData).toStrictEqual({ username: 'device', passwordHash: '' });
    expect(JSON.stringify(synthesize(app))).not.toContain('correct horse');
  });

  it('makes its virtual host, and gives objects names that Kubernetes takes', () => {
    const app = new EdgeApp();
    clusterIn(app, { vhost: 'ml/Prod' }).addRequestQueue(FIB);
    const manifests = synthesize(app);

    expect(specsOf(manifests, 'Vhost')).toStrictEqual([
      { name: 'ml/Prod', deletionPolicy: 'retain', rabbitmqClusterReference: { name: 'rabbitmq' } },
    ]);
    for (const { metadata } of manifests) expect(metadata.name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
    expect(new Set(namesOf(manifests)).size).toBe(manifests.length);
  });

  it('lets everybody change its objects, and keeps fields that nobody here knows', () => {
    const app = new EdgeApp();
    const { topology } = operatedTopology(app);
    for (const object of topology.objects) object.addJsonPatch(JsonPatch.add('/metadata/annotations', { by: 'hand' }));

    const patched = synthesize(app).filter(({ metadata }) => metadata.annotations?.by === 'hand');
    expect(namesOf(patched).sort()).toStrictEqual(
      topology.objects.map(({ kind, metadata, name }) => `${kind} ${metadata.namespace}/${name}`).sort(),
    );
    expect(new Set(patched.map(({ kind }) => kind))).toStrictEqual(
      new Set(['Binding', 'Exchange', 'Permission', 'Policy', 'Queue', 'Secret', 'TopicPermission', 'User', 'Vhost']),
    );
  });

  it('sets what it is told to set', () => {
    const app = new EdgeApp();
    clusterIn(app, {
      tls: undefined,
      plaintext: true,
      replicas: 1,
      storageClassName: 'fast',
      operatorNamespace: 'operators',
      image: 'registry.example.com/rabbitmq:4',
    });
    const manifests = synthesize(app);

    const { spec } = findManifest(manifests, 'RabbitmqCluster', 'rabbitmq');
    expect(spec).toMatchObject({
      image: 'registry.example.com/rabbitmq:4',
      replicas: 1,
      persistence: { storage: '10Gi', storageClassName: 'fast' },
    });
    expect(spec.tls).toBeUndefined();
    expect(JSON.stringify(findManifest(manifests, 'NetworkPolicy', 'rabbitmq').spec.ingress)).toContain('"operators"');
    expect(ofKind(manifests, 'PodDisruptionBudget')).toStrictEqual([]);
  });

  it('refuses an authority, or a password, where the operators do not look', () => {
    const authority = CertificateAuthority.fromConfigMap('company');

    expectRefusal(() => clusterIn(new EdgeApp(), { clientCertificates: ClientCertificates.required(authority) }), {
      code: 'EDGE_ERR_BROKER_TLS',
      value: '"company"',
      rule: '"ca.crt" of a Secret',
    });
    expectRefusal(() => clusterIn(new EdgeApp()).addUser('a', Credentials.fromSecret('a', 'passphrase')), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"passphrase"',
      rule: '"username" and "password"',
    });
  });
});

import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { amqpTopology } from '../../../../bridge/config/amqp-topology';
import {
  CertificateAuthority,
  ClientCertificates,
  Credentials,
  EdgeApp,
  type RabbitMqProps,
  RabbitMqTls,
  RabbitMqVersion,
  SessionQueues,
} from '../../../../lib';
import { findManifest, type Manifest, synthesize } from '../../../../lib/testing';
import { checksumOf, manifestOf, namesOf, ofKind } from '../../support/manifests';
import { containersOf, portNames, probedPorts, restrictedProblems } from '../../support/pods';
import { FIB, rabbitIn, userOf } from '../../support/rabbitmq';
import { expectRefusal } from '../../support/refusals';

afterEach(() => {
  vi.unstubAllEnvs();
});

const accessOf = (app: EdgeApp) => JSON.parse(manifestOf(app, 'Secret', 'rabbitmq-access').stringData['access.json']);
const topologyOf = (app: EdgeApp) => JSON.parse(manifestOf(app, 'ConfigMap', 'rabbitmq-config').data['topology.json']);

describe('a RabbitMq with TLS and nothing else', () => {
  it('consists of these objects, and these are their names', () => {
    const app = new EdgeApp();
    rabbitIn(app);

    expect(namesOf(synthesize(app)).sort()).toStrictEqual([
      'ConfigMap rabbitmq/rabbitmq-config',
      'Namespace -/rabbitmq',
      'NetworkPolicy rabbitmq/rabbitmq',
      'PodDisruptionBudget rabbitmq/rabbitmq',
      'Secret rabbitmq/rabbitmq-access',
      'Service rabbitmq/rabbitmq',
      'Service rabbitmq/rabbitmq-nodes',
      'ServiceAccount rabbitmq/rabbitmq',
      'StatefulSet rabbitmq/rabbitmq',
    ]);
  });

  it('tells where it is found inside the cluster', () => {
    const { host, amqpUrl, amqpPort, vhost, requiresCertificates, consumerTimeoutSeconds } = rabbitIn(new EdgeApp());

    expect({ host, amqpUrl, amqpPort, vhost, requiresCertificates, consumerTimeoutSeconds }).toStrictEqual({
      host: 'rabbitmq.rabbitmq.svc.cluster.local',
      amqpUrl: 'amqps://rabbitmq.rabbitmq.svc.cluster.local:5671',
      amqpPort: 5671,
      vhost: '/',
      requiresCertificates: true,
      consumerTimeoutSeconds: 1_800,
    });
  });

  it('starts its nodes at once, each with a name by a Service that knows it before it is ready', () => {
    const app = new EdgeApp();
    rabbitIn(app);

    const { replicas, podManagementPolicy, serviceName, template } = manifestOf(app, 'StatefulSet', 'rabbitmq').spec;
    const { clusterIP, publishNotReadyAddresses, ports } = manifestOf(app, 'Service', 'rabbitmq-nodes').spec;
    expect({ replicas, podManagementPolicy, serviceName }).toStrictEqual({
      replicas: 3,
      podManagementPolicy: 'Parallel',
      serviceName: 'rabbitmq-nodes',
    });
    expect({ clusterIP, publishNotReadyAddresses }).toStrictEqual({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
    expect(ports.map(({ name, port }: { name: string; port: number }) => `${name} ${port}`)).toStrictEqual([
      'epmd 4369',
      'cluster-rpc 25672',
      'prometheus 15692',
    ]);
    expect(template.spec.containers[0].env).toStrictEqual([
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'RABBITMQ_USE_LONGNAME', value: 'true' },
      { name: 'RABBITMQ_NODENAME', value: 'rabbit@$(POD_NAME).rabbitmq-nodes.rabbitmq.svc.cluster.local' },
    ]);
  });

  it('lets in nobody but its own nodes and who collects metrics', () => {
    const app = new EdgeApp();
    rabbitIn(app);

    const self = {
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['rabbitmq'] }],
      },
      podSelector: {
        matchLabels: { 'app.kubernetes.io/name': 'rabbitmq', 'app.kubernetes.io/instance': 'rabbitmq' },
      },
    };
    const betweenNodes = [
      { port: 'epmd', protocol: 'TCP' },
      { port: 'cluster-rpc', protocol: 'TCP' },
    ];
    const { ingress, egress } = manifestOf(app, 'NetworkPolicy', 'rabbitmq').spec;
    expect(ingress).toStrictEqual([
      { from: [self], ports: betweenNodes },
      { ports: [{ port: 'prometheus', protocol: 'TCP' }] },
    ]);
    expect(egress).toStrictEqual([
      {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
      { to: [self], ports: betweenNodes },
    ]);
  });

  it('has no user at all', () => {
    const app = new EdgeApp();
    rabbitIn(app);

    expect(accessOf(app)).toStrictEqual({
      vhosts: [{ name: '/' }],
      users: [],
      permissions: [],
      topic_permissions: [],
      policies: [],
    });
  });

  it('waits in each node that stops until its queues can spare it', () => {
    const app = new EdgeApp();
    rabbitIn(app);

    const { containers, terminationGracePeriodSeconds } = manifestOf(app, 'StatefulSet', 'rabbitmq').spec.template.spec;
    expect(containers[0].lifecycle.preStop.exec.command).toStrictEqual([
      'sh',
      '-c',
      'rabbitmq-upgrade await_online_quorum_plus_one -t 300 && rabbitmq-upgrade drain -t 300',
    ]);
    expect(terminationGracePeriodSeconds).toBe(660);
  });
});

describe('the props of RabbitMq', () => {
  const all: Required<RabbitMqProps> = {
    namespace: 'messaging',
    createNamespace: false,
    name: 'hub',
    version: RabbitMqVersion.V4_2,
    image: 'registry.example.com/rabbitmq@sha256:abcdef',
    replicas: 5,
    erlangCookie: Credentials.fromSecret('hub-cookie', 'erlang'),
    tls: RabbitMqTls.fromSecret('hub-tls', { authority: CertificateAuthority.fromSecret('hub-ca') }),
    clientCertificates: ClientCertificates.optional(CertificateAuthority.fromConfigMap('devices', 'bundle.pem')),
    plaintext: true,
    vhost: 'ml/prod',
    mqtt: { plaintext: true, sessionQueues: SessionQueues.CLASSIC, maxSessionExpiry: Duration.days(2) },
    storage: Size.gibibytes(33),
    storageClassName: 'fast-ssd',
    resources: { cpu: { request: Cpu.millis(750) }, memory: { limit: Size.gibibytes(6) } },
    memoryWatermarkPercent: 55,
    diskFreeLimit: Size.gibibytes(7),
    maxMessageBytes: 12_345_678,
    consumerTimeout: Duration.minutes(47),
  };

  it('are all found in the manifests', () => {
    const app = new EdgeApp();
    const broker = rabbitIn(app, all);
    const text = JSON.stringify(synthesize(app));

    const seen = { ...all, ...{ tls: 'hub-tls', erlangCookie: 'hub-cookie', clientCertificates: 'bundle.pem' } };
    const rendered = {
      ...seen,
      createNamespace: undefined,
      version: undefined,
      vhost: 'mqtt.vhost = ml/prod',
      replicas: '"replicas":5',
      plaintext: 'listeners.tcp.default = 5672',
      mqtt: 'mqtt.max_session_expiry_interval_seconds = 172800',
      storage: '33Gi',
      resources: '750m',
      memoryWatermarkPercent: '0.55',
      diskFreeLimit: String(7 * 2 ** 30),
      consumerTimeout: String(47 * 60_000),
    };
    const missing = Object.entries(rendered).filter(
      ([, value]) => value !== undefined && !text.includes(String(value)),
    );
    expect(missing).toStrictEqual([]);
    expect(ofKind(synthesize(app), 'Namespace')).toStrictEqual([]);
    expect(broker.amqpUrl).toBe('amqps://hub.messaging.svc.cluster.local:5671/ml%2Fprod');
    expect(broker.mqttUrl).toBe('mqtt://hub.messaging.svc.cluster.local:1883');
    expect(broker.mqttsUrl).toBe('mqtts://hub.messaging.svc.cluster.local:8883');
  });

  it('leave nothing of a cluster in a broker of one node', () => {
    const app = new EdgeApp();
    rabbitIn(app, { replicas: 1 });

    const { spec } = manifestOf(app, 'StatefulSet', 'rabbitmq').spec.template;
    expect(ofKind(synthesize(app), 'PodDisruptionBudget')).toStrictEqual([]);
    expect(spec.topologySpreadConstraints).toBeUndefined();
    expect(spec.containers[0].lifecycle).toBeUndefined();
  });

  it('write a cookie from the environment into a Secret, and nowhere else', () => {
    vi.stubEnv('COOKIE', 'ABCDEFGHIJKLMNOP');
    const app = new EdgeApp();
    rabbitIn(app, { erlangCookie: Credentials.fromEnv('COOKIE') });

    const manifests = synthesize(app);
    const withCookie = manifests.filter((manifest) => JSON.stringify(manifest).includes('ABCDEFGHIJKLMNOP'));
    expect(namesOf(withCookie)).toStrictEqual(['Secret rabbitmq/rabbitmq-erlang-cookie']);
  });

  it.each([
    [{ replicas: 2 }, 'EDGE_ERR_VALUE', '2', 'odd number'],
    [{ replicas: 0 }, 'EDGE_ERR_VALUE', '0', 'odd number'],
    [{ replicas: 9 }, 'EDGE_ERR_VALUE', '9', 'odd number'],
    [{ memoryWatermarkPercent: 9 }, 'EDGE_ERR_VALUE', '9', 'from 10 to 80'],
    [{ memoryWatermarkPercent: 81 }, 'EDGE_ERR_VALUE', '81', 'from 10 to 80'],
    [{ maxMessageBytes: 1_023 }, 'EDGE_ERR_VALUE', '1023', 'from 1024'],
    [{ maxMessageBytes: 268_435_456 }, 'EDGE_ERR_VALUE', '268435456', 'to 268435455'],
    [{ consumerTimeout: Duration.seconds(59) }, 'EDGE_ERR_VALUE', '59', 'from 60'],
    [{ diskFreeLimit: Size.gibibytes(6) }, 'EDGE_ERR_VALUE', '"6442450944 bytes"', 'half of the volume'],
    [{ mqtt: { maxSessionExpiry: Duration.millis(500) } }, 'EDGE_ERR_VALUE', '0.5', 'whole number'],
    [{ vhost: 'a b' }, 'EDGE_ERR_NAME', '"a b"', 'letters, digits'],
    [{ name: 'Rabbit' }, 'EDGE_ERR_NAME', '"Rabbit"', ''],
    [{ namespace: 'a.b' }, 'EDGE_ERR_NAME', '"a.b"', ''],
    [{ image: 'a b' }, 'EDGE_ERR_VALUE', '"a b"', 'no blanks'],
    [
      { erlangCookie: Credentials.fromCertificate() },
      'EDGE_ERR_CREDENTIALS',
      '"Credentials.fromCertificate()"',
      'text',
    ],
    [{ tls: undefined }, 'EDGE_ERR_BROKER_TLS', 'undefined', 'listens with TLS'],
    [
      { tls: undefined, plaintext: true, clientCertificates: ClientCertificates.required() },
      'EDGE_ERR_BROKER_TLS',
      '"required"',
      'TLS handshake',
    ],
    [
      { tls: RabbitMqTls.fromSecret('a') },
      'EDGE_ERR_BROKER_TLS',
      '"CertificateAuthority.PUBLIC"',
      'signs certificates for anybody',
    ],
  ] as const)('are refused when they are %o', (props, code, value, rule) => {
    expectRefusal(() => rabbitIn(new EdgeApp(), props as Partial<RabbitMqProps>), { code, value, rule });
  });

  it.each([
    { replicas: 7 },
    { memoryWatermarkPercent: 10 },
    { maxMessageBytes: 268_435_455 },
    { diskFreeLimit: Size.gibibytes(5) },
  ])('are taken at the limit: %o', (props) => {
    expect(() => rabbitIn(new EdgeApp(), props)).not.toThrow();
  });

  it('refuse a cookie that Erlang would not take', () => {
    vi.stubEnv('COOKIE', 'has a blank in it');

    expectRefusal(() => rabbitIn(new EdgeApp(), { erlangCookie: Credentials.fromEnv('COOKIE') }), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"17 characters"',
      rule: 'letters, digits',
    });
  });
});

describe('users of RabbitMq', () => {
  it('may do nothing until they are granted something, at every topic exchange', () => {
    const app = new EdgeApp();
    const broker = rabbitIn(app);
    broker.addRequestQueue(FIB);
    userOf(broker, 'nobody');

    const { permissions, topic_permissions } = accessOf(app);
    expect(permissions).toStrictEqual([{ user: 'nobody', vhost: '/', configure: '^$', write: '^$', read: '^$' }]);
    expect(topic_permissions).toStrictEqual([
      { user: 'nobody', vhost: '/', exchange: 'ML.MQ', write: '^$', read: '^$' },
      { user: 'nobody', vhost: '/', exchange: 'amq.topic', write: '^$', read: '^$' },
    ]);
  });

  it('B-9 who sends requests may publish to their exchange, with their keys, and nothing else', () => {
    const app = new EdgeApp();
    const broker = rabbitIn(app);
    broker.addRequestQueue({ ...FIB, replyQueue: 'response' }).allowRequester(userOf(broker, 'gateway'));

    const { permissions, topic_permissions, users } = accessOf(app);
    expect(permissions).toStrictEqual([
      { user: 'gateway', vhost: '/', configure: '^$', write: '^(ML\\.MQ)$', read: '^(response)$' },
    ]);
    expect(topic_permissions[0]).toStrictEqual({
      user: 'gateway',
      vhost: '/',
      exchange: 'ML.MQ',
      write: '^(predict\\.[^.#]*)$',
      read: '^$',
    });
    expect(users[0].tags).toStrictEqual([]);
  });

  it('B-9 who takes requests may declare and read what belongs to its queue, and answer', () => {
    const app = new EdgeApp();
    const broker = rabbitIn(app);
    broker.addRequestQueue(FIB).allowProvider(userOf(broker, 'provider'));

    expect(accessOf(app).permissions).toStrictEqual([
      {
        user: 'provider',
        vhost: '/',
        configure: '^(ML\\.MQ|fib|fib\\.delay-60s|fib\\.parked)$',
        write: '^(amq\\.default|fib)$',
        read: '^(ML\\.MQ|fib|fib\\.delay-60s)$',
      },
    ]);
  });

  it('by MQTT may use sessions of their own client ids only', () => {
    const app = new EdgeApp();
    const broker = rabbitIn(app, { mqtt: {} });
    userOf(broker, 'camera').allowSubscribe('out/#');
    broker.addUser('gate', Credentials.fromSecret('gate'), { clientIds: ['gate-1'] }).allowSubscribe('out');

    const [camera, gate] = accessOf(app).permissions;
    expect(camera.configure).toBe('^(mqtt-subscription-camera/.*qos[01]|mqtt-subscription-cameraqos[01])$');
    expect(gate.configure).toBe('^(mqtt-subscription-gate-1qos[01])$');
    expect(new RegExp(camera.configure).test('mqtt-subscription-camera-7qos1')).toBe(false);
  });

  it('have their passwords as hashes: of synth, or made by the pod, or none at all', () => {
    vi.stubEnv('PROVIDER_PASSWORD', 'correct horse battery');
    const app = new EdgeApp();
    const broker = rabbitIn(app);
    broker.addUser('a', Credentials.fromEnv('PROVIDER_PASSWORD'));
    userOf(broker, 'b');
    broker.addUser('c', Credentials.fromCertificate());

    const [a, b, c] = accessOf(app).users;
    expect(Buffer.from(a.password_hash, 'base64')).toHaveLength(36);
    expect(a.hashing_algorithm).toBe('rabbit_password_hashing_sha256');
    expect(b.password_hash).toMatch(/^\{hash b [0-9a-f]{8}\}$/);
    expect(c.password_hash).toBe('');
    expect(JSON.stringify(synthesize(app))).not.toContain('correct horse');
  });

  it('do not roll the nodes out when they change, nor do queues; the configuration does', () => {
    const checksum = (change: (app: EdgeApp) => void) => {
      const app = new EdgeApp();
      change(app);
      return checksumOf(manifestOf(app, 'StatefulSet', 'rabbitmq'));
    };
    const plain = checksum((app) => rabbitIn(app));

    expect(
      checksum((app) =>
        rabbitIn(app)
          .addRequestQueue(FIB)
          .allowProvider(userOf(rabbitIn(new EdgeApp()), 'p')),
      ),
    ).toBe(plain);
    expect(checksum((app) => rabbitIn(app, { memoryWatermarkPercent: 50 }))).not.toBe(plain);
  });

  it.each([
    ['a/b.c', 'a dot is what a slash is'],
    ['a/*', 'a star what a plus is'],
  ])('are granted no topic %s, which RabbitMQ takes for another', (value, rule) => {
    const user = userOf(rabbitIn(new EdgeApp(), { mqtt: {} }), 'camera');

    for (const grant of [() => user.allowPublish(value), () => user.allowSubscribe(value)]) {
      expectRefusal(grant, { code: 'EDGE_ERR_BROKER_FEATURE', value: `"${value}"`, rule });
    }
  });

  it('are refused with a name twice, a name that is none, no credentials, or a certificate that nobody asks for', () => {
    const broker = rabbitIn(new EdgeApp(), { clientCertificates: ClientCertificates.none() });
    userOf(broker, 'camera');

    expectRefusal(() => userOf(broker, 'camera'), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"camera"',
      rule: 'there is one',
    });
    expectRefusal(() => broker.addUser('a:b', Credentials.fromSecret('a')), {
      code: 'EDGE_ERR_NAME',
      value: '"a:b"',
      rule: '1 to 64',
    });
    expectRefusal(() => broker.addUser('b', undefined as never), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"undefined"',
      rule: 'who it is',
    });
    expectRefusal(() => broker.addUser('b', Credentials.fromCertificate()), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"Credentials.fromCertificate()"',
      rule: 'asks nobody',
    });
  });
});

describe('request queues of RabbitMq', () => {
  it('B-12 B-T3 are what the one topology function says, argument for argument', () => {
    const app = new EdgeApp();
    const queue = rabbitIn(app).addRequestQueue({ ...FIB, replyQueue: 'response', maxLength: 1_000 });

    const { queues, exchanges, bindings } = amqpTopology([queue._route()]);
    const rendered = topologyOf(app);
    expect(rendered.queues.map((each: Manifest) => each.arguments)).toStrictEqual(queues.map((each) => each.arguments));
    expect(rendered.queues.map((each: Manifest) => each.name)).toStrictEqual(queues.map(({ name }) => name));
    expect(rendered.exchanges).toStrictEqual(
      exchanges.map(({ name }) => ({
        ...{ name, vhost: '/', type: 'topic', durable: true, auto_delete: false, internal: false, arguments: {} },
      })),
    );
    expect(rendered.bindings).toStrictEqual(
      bindings.map(({ exchange, queue: destination, routingKey }) => ({
        ...{
          source: exchange,
          vhost: '/',
          destination,
          destination_type: 'queue',
          routing_key: routingKey,
          arguments: {},
        },
      })),
    );
  });

  it('are durable, and of a type that 4.3 takes', () => {
    const app = new EdgeApp();
    rabbitIn(app).addRequestQueue(FIB);

    for (const queue of topologyOf(app).queues) {
      expect(queue).toMatchObject({ durable: true, auto_delete: false });
      expect(Object.keys(queue.arguments)).not.toContain('x-queue-master-locator');
      expect(Object.keys(queue.arguments)).not.toContain('x-queue-mode');
      expect(['quorum', 'classic']).toContain(queue.arguments['x-queue-type']);
    }
  });

  it('have names that follow from theirs', () => {
    const { delayQueue, parkingQueue, replyQueue } = rabbitIn(new EdgeApp()).addRequestQueue({
      ...FIB,
      attempts: 3,
      retryDelay: Duration.seconds(90),
      replyQueue: 'response',
    });

    expect({ delayQueue, parkingQueue, replyQueue }).toStrictEqual({
      delayQueue: 'fib.delay-90s',
      parkingQueue: 'fib.parked',
      replyQueue: 'response',
    });
  });

  it('may be bound to the exchange of MQTT, which every broker has', () => {
    const app = new EdgeApp();
    rabbitIn(app).addRequestQueue({ ...FIB, exchange: 'amq.topic' });

    expect(topologyOf(app).exchanges).toStrictEqual([]);
    expect(topologyOf(app).bindings[0].source).toBe('amq.topic');
  });

  it('are refused where they would take the requests of another', () => {
    const broker = rabbitIn(new EdgeApp());
    broker.addRequestQueue(FIB);

    expectRefusal(() => broker.addRequestQueue({ ...FIB, name: 'other', bindingKeys: ['predict.#'] }), {
      code: 'EDGE_ERR_ROUTE_CONFLICT',
      value: '"other"',
      rule: 'both take requests',
    });
  });

  it.each([
    [{ name: 'amq.fib' }, 'EDGE_ERR_NAME', '"amq.fib"', 'belong to the broker'],
    [{ exchange: '' }, 'EDGE_ERR_NAME', '""', 'at least one character'],
    [{ replyQueue: '' }, 'EDGE_ERR_NAME', '""', 'at least one character'],
    [{ bindingKeys: ['a*'] }, 'EDGE_ERR_VALUE', '"a*"', 'whole words'],
    [{ bindingKeys: [] }, 'EDGE_ERR_VALUE', '"[]"', 'no request would come'],
    [{ deliveryLimit: 0 }, 'EDGE_ERR_VALUE', '0', 'from 1 to 1000'],
    [{ attempts: 101 }, 'EDGE_ERR_VALUE', '101', 'from 1 to 100'],
    [{ maxLength: 1.5 }, 'EDGE_ERR_VALUE', '1.5', 'whole number'],
    [{ retryDelay: Duration.millis(1_500) }, 'EDGE_ERR_VALUE', '1.5', 'whole number'],
  ] as const)('are refused with %o', (options, code, value, rule) => {
    const broker = rabbitIn(new EdgeApp());

    expectRefusal(
      () =>
        broker.addRequestQueue({
          ...FIB,
          ...options,
          bindingKeys: [...(('bindingKeys' in options && options.bindingKeys) || FIB.bindingKeys)],
        }),
      { code, value, rule },
    );
  });
});

describe('the defects of system B that a broker can have', () => {
  const manifests = () => {
    const app = new EdgeApp();
    const broker = rabbitIn(app, { mqtt: {} });
    broker.addRequestQueue(FIB).allowProvider(userOf(broker, 'provider'));
    return synthesize(app);
  };
  const pod = () => findManifest(manifests(), 'StatefulSet', 'rabbitmq');

  it('B-9 nothing listens without TLS, nor outside of the cluster, and there is no management', () => {
    const ports = portNames(pod());
    const conf = findManifest(manifests(), 'ConfigMap', 'rabbitmq-config').data;

    expect(ports).toStrictEqual(['amqps', 'mqtts', 'wss', 'prometheus', 'epmd', 'cluster-rpc']);
    expect(ofKind(manifests(), 'Service').map(({ spec }) => spec.type ?? spec.clusterIP)).toStrictEqual([
      'ClusterIP',
      'None',
    ]);
    expect(conf.enabled_plugins).not.toContain('rabbitmq_management');
  });

  it('B-9 no user is an administrator, and none may do everything', () => {
    const { users, permissions } = JSON.parse(
      findManifest(manifests(), 'Secret', 'rabbitmq-access').stringData['access.json'],
    );

    expect(users.flatMap(({ tags }: { tags: string[] }) => tags)).toStrictEqual([]);
    for (const permission of permissions) expect(Object.values(permission)).not.toContain('.*');
  });

  it('B-10 there are three nodes, a volume for each, a cookie from a Secret, and a budget', () => {
    const { spec } = pod();

    expect(spec.replicas).toBe(3);
    expect(spec.volumeClaimTemplates.map(({ spec }: Manifest) => spec)).toStrictEqual([
      { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
    ]);
    expect(spec.template.spec.containers[0].volumeMounts).toContainEqual({
      name: 'data',
      mountPath: '/var/lib/rabbitmq/mnesia',
    });
    expect(spec.template.spec.volumes.find(({ name }: Manifest) => name === 'cookie')).toMatchObject({
      projected: {
        sources: [{ secret: { name: 'rabbitmq-erlang-cookie', items: [{ key: 'cookie', path: 'cookie' }] } }],
      },
    });
    expect(findManifest(manifests(), 'PodDisruptionBudget', 'rabbitmq').spec.maxUnavailable).toBe(1);
    expect(spec.template.spec.topologySpreadConstraints).toHaveLength(2);
  });

  it('B-11 B-T10 every port of a Service, and every probe, is a port of the pods', () => {
    const names = portNames(pod());
    const targets = ofKind(manifests(), 'Service').flatMap(({ spec }) =>
      spec.ports.map(({ targetPort }: { targetPort: string }) => targetPort),
    );

    for (const target of [...targets, ...probedPorts(pod()).map(([, port]) => port)]) expect(names).toContain(target);
    expect(probedPorts(pod())).toStrictEqual([
      ['rabbitmq.livenessProbe', 'cluster-rpc'],
      ['rabbitmq.readinessProbe', 'amqps'],
    ]);
  });

  it('B-14 all objects are of versions that are served, and each has a name of its own', () => {
    const found = manifests().map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`);

    expect(new Set(found).size).toBe(found.length);
    expect(found.filter((name) => /beta|Template|DeploymentConfig/.test(name))).toStrictEqual([]);
  });

  it('runs under the restricted standard, from a root that is read-only', () => {
    expect(restrictedProblems(pod())).toStrictEqual([]);
    for (const { securityContext } of containersOf(pod())) expect(securityContext?.readOnlyRootFilesystem).toBe(true);
  });
});

describe.each([RabbitMqVersion.V3_13, RabbitMqVersion.V4_0])('nodes of $name', (version) => {
  it('find each other by the API of Kubernetes, with a role for that and a token for no other container', () => {
    const app = new EdgeApp();
    rabbitIn(app, { version });
    const manifests = synthesize(app);

    expect(findManifest(manifests, 'Role', 'rabbitmq-discovery').rules).toStrictEqual([
      { apiGroups: [''], resources: ['endpoints'], verbs: ['get'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create'] },
    ]);
    const { subjects, roleRef } = findManifest(manifests, 'RoleBinding', 'rabbitmq-discovery');
    expect({ subjects, roleRef }).toStrictEqual({
      subjects: [{ kind: 'ServiceAccount', name: 'rabbitmq', namespace: 'rabbitmq' }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'rabbitmq-discovery' },
    });
    const spec = findManifest(manifests, 'StatefulSet', 'rabbitmq').spec.template.spec;
    const withToken = [...spec.initContainers, ...spec.containers].filter(({ volumeMounts }: Manifest) =>
      volumeMounts.some(({ name }: Manifest) => name === 'kubernetes'),
    );
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(withToken.map(({ name }) => name)).toStrictEqual(['rabbitmq']);
    expect(findManifest(manifests, 'ConfigMap', 'rabbitmq-config').data.namespace).toBe('rabbitmq');
  });
});

describe.each([RabbitMqVersion.V4_1, RabbitMqVersion.V4_2, RabbitMqVersion.V4_3])('nodes of $name', (version) => {
  it('need no role to find each other', () => {
    const app = new EdgeApp();
    rabbitIn(app, { version });

    const kinds = synthesize(app).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind.startsWith('Role'))).toStrictEqual([]);
  });
});

describe('MQTT sessions in quorum queues', () => {
  it.each([
    [RabbitMqVersion.V4_3, ['mqtt-sessions']],
    [RabbitMqVersion.V3_13, []],
  ])('are not given up after twenty deliveries: %o', (version, names) => {
    const app = new EdgeApp();
    rabbitIn(app, { mqtt: {}, version });

    expect(accessOf(app).policies.map(({ name }: { name: string }) => name)).toStrictEqual(names);
  });
});

describe('monitoring of RabbitMq', () => {
  it('collects the metrics of every node, and of every queue', () => {
    const app = new EdgeApp();
    rabbitIn(app).addMonitoring({ labels: { release: 'prometheus' }, severity: 'page' });
    const manifests = synthesize(app);

    const { selector, endpoints } = findManifest(manifests, 'ServiceMonitor', 'rabbitmq').spec;
    expect(findManifest(manifests, 'Service', 'rabbitmq-nodes').metadata.labels).toStrictEqual(selector.matchLabels);
    expect(endpoints).toStrictEqual([
      { port: 'prometheus', path: '/metrics' },
      { port: 'prometheus', path: '/metrics/detailed', params: { family: ['queue_coarse_metrics'] } },
    ]);
    const { rules } = findManifest(manifests, 'PrometheusRule', 'rabbitmq-broker').spec.groups[0];
    expect(rules.map(({ alert }: { alert: string }) => alert)).toStrictEqual([
      'RabbitMqBlocksPublishers',
      'RabbitMqNodeAway',
      'RabbitMqRequestParked',
    ]);
    expect(new Set(rules.map(({ labels }: Manifest) => labels.severity))).toStrictEqual(new Set(['page']));
  });
});

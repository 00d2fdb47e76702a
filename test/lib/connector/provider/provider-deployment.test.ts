import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { amqpTopology } from '../../../../bridge/config/amqp-topology';
import {
  CertificateIssuer,
  ClientCertificates,
  ConnectorScaling,
  Credentials,
  EdgeApp,
  ExternalRabbitMq,
  ModelEndpoint,
  ModelLogin,
  ProviderDeployment,
  type ProviderDeploymentProps,
  type ProviderRouteOptions,
  QueueType,
  RabbitMqTls,
  ReplyMapping,
  RequestMapping,
} from '../../../../lib';
import { findManifest, type Manifest, synthesize, unseenProps } from '../../../../lib/testing';
import { namesOf, ofKind } from '../../support/manifests';
import {
  CODE,
  fibRoute,
  MODEL_URL,
  modelService,
  providerConfig,
  providerIn,
  providerStack,
  renderedConfig,
} from '../../support/provider';
import { FIB, RABBIT_TLS, rabbitIn } from '../../support/rabbitmq';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';
import { BRIDGE_IMAGE, IRIS, platformIn } from '../../support/stacks';

const BROKER_HOST = 'rabbitmq.rabbitmq.svc.cluster.local';

afterEach(() => {
  vi.unstubAllEnvs();
});

function deploymentOf(manifests: readonly Manifest[], name = 'provider'): Manifest {
  return findManifest(manifests, 'Deployment', name);
}

/** What RabbitMQ is told of a user. */
function permissionOf(manifests: readonly Manifest[], user: string) {
  const { stringData } = findManifest(manifests, 'Secret', 'rabbitmq-access');
  const { permissions } = JSON.parse(stringData['access.json']);
  return permissions.find((permission: { user: string }) => permission.user === user);
}

describe('a provider with a broker, a queue and a model', () => {
  it('is two pods, with all that belongs to them', () => {
    const { app } = providerStack();

    const own = synthesize(app).filter(({ metadata }) => metadata.name.startsWith('provider'));

    expect(namesOf(own)).toStrictEqual([
      'ConfigMap rabbitmq/provider-config',
      'ServiceAccount rabbitmq/provider',
      'Deployment rabbitmq/provider',
      'Service rabbitmq/provider',
      'PodDisruptionBudget rabbitmq/provider',
      'NetworkPolicy rabbitmq/provider',
    ]);
    expect(deploymentOf(own).spec.replicas).toBe(2);
  });

  it('is told all that it needs, and no secret', () => {
    const { app } = providerStack();

    expect(renderedConfig(synthesize(app), 'provider')).toStrictEqual({
      amqp: {
        url: `amqps://${BROKER_HOST}:5671`,
        username: 'provider',
        passwordFile: '/var/run/bridge-credentials/password',
        tls: {
          caFile: '/var/run/broker-authority/ca.crt',
          certFile: '/var/run/broker-certificate/tls.crt',
          keyFile: '/var/run/broker-certificate/tls.key',
        },
        consumerTimeoutSeconds: 1_800,
      },
      delivery: { drainTimeoutSeconds: 310 },
      http: { port: 9464 },
      routes: [
        {
          name: 'fib',
          queue: { name: 'fib', type: 'quorum', exchange: 'ML.MQ', bindingKeys: ['predict.*'], deliveryLimit: 20 },
          model: { url: MODEL_URL, timeoutSeconds: 300 },
          reply: { allowedReplyTo: ['amq.rabbitmq.reply-to.*', 'amq.gen-*'] },
          retry: { attempts: 6, delaySeconds: 60, queue: 'fib.delay-60s' },
          parking: { queue: 'fib.parked' },
        },
      ],
    });
  });

  it('has its password and certificates from Secrets, as files', () => {
    const { app } = providerStack();

    const { volumes } = deploymentOf(synthesize(app)).spec.template.spec;

    const pair = ['tls.crt', 'tls.key'].map((key) => ({ key, path: key }));
    const folder = (name: string, source: object) => ({ name, projected: { defaultMode: 0o440, sources: [source] } });
    expect(volumes).toStrictEqual([
      { name: 'config', configMap: { name: 'provider-config' } },
      folder('credentials', { secret: { name: 'provider-amqp', items: [{ key: 'password', path: 'password' }] } }),
      folder('broker-authority', { secret: { name: 'company-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }),
      folder('broker-certificate', { secret: { name: 'provider-client-tls', items: pair } }),
    ]);
  });

  it('is a pod that may do nothing it does not need', () => {
    const { app } = providerStack();

    const { spec } = deploymentOf(synthesize(app)).spec.template;

    expect(spec).toMatchObject({ automountServiceAccountToken: false, serviceAccountName: 'provider' });
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec.containers[0].securityContext).toStrictEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
  });

  it('calls the DNS, its broker and its model, and answers to probes and Prometheus only', () => {
    const { app } = providerStack();

    const { spec } = findManifest(synthesize(app), 'NetworkPolicy', 'provider');

    const namespaceOf = (name: string) => ({
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [name] }],
    });
    const labels = { 'app.kubernetes.io/name': 'rabbitmq', 'app.kubernetes.io/instance': 'rabbitmq' };
    expect(spec.ingress).toStrictEqual([{ ports: [{ port: 'operations', protocol: 'TCP' }] }]);
    expect(spec.egress).toStrictEqual([
      {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
      {
        to: [{ namespaceSelector: namespaceOf('rabbitmq'), podSelector: { matchLabels: labels } }],
        ports: [{ port: 5671, protocol: 'TCP' }],
      },
      { to: [{ namespaceSelector: namespaceOf('models') }] },
    ]);
  });

  it('is let in by the broker', () => {
    const { app } = providerStack();

    const { spec } = findManifest(synthesize(app), 'NetworkPolicy', 'rabbitmq');

    expect(JSON.stringify(spec.ingress[0])).toContain('"app.kubernetes.io/name":"inference-provider"');
  });

  it('has as long to end as its model has, and more', () => {
    const { app } = providerStack({ timeout: Duration.minutes(10) });

    const manifests = synthesize(app);

    expect(providerConfig(manifests).delivery.drainTimeoutSeconds).toBe(610);
    expect(deploymentOf(manifests).spec.template.spec.terminationGracePeriodSeconds).toBe(620);
  });

  it('is replaced when its configuration changes', () => {
    const checksum = (attempts: number) => {
      const { app } = providerStack({ queue: { ...FIB, attempts } });
      return deploymentOf(synthesize(app)).spec.template.metadata.annotations[
        'edge-inference.cdk8s.io/config-checksum'
      ];
    };

    expect(checksum(2)).not.toBe(checksum(3));
    expect(checksum(2)).toBe(checksum(2));
  });
});

describe('B-12 B-T3: queue arguments', () => {
  it('come from one place, for the definitions of the broker as for the declarations of the provider', () => {
    const queue = { ...FIB, maxLength: 77, deliveryLimit: 5, attempts: 3, retryDelay: Duration.seconds(9) };
    const { app } = providerStack({ queue: { ...queue, replyQueue: 'response' } });
    const manifests = synthesize(app);

    const declared = amqpTopology(providerConfig(manifests).routes);
    const defined = JSON.parse(findManifest(manifests, 'ConfigMap', 'rabbitmq-config').data['topology.json']);

    const own = ({ name, arguments: args, durable }: (typeof declared.queues)[number]) => ({ name, args, durable });
    expect(defined.queues.map(own)).toStrictEqual(declared.queues.map(own));
    expect(declared.queues.map(({ name }) => name)).toStrictEqual(['fib', 'fib.delay-9s', 'fib.parked', 'response']);
  });
});

describe('B-9: at the broker', () => {
  it('the provider may do what its routes need, and nothing else', () => {
    const { app } = providerStack();

    expect(permissionOf(synthesize(app), 'provider')).toStrictEqual({
      user: 'provider',
      vhost: '/',
      configure: '^(ML\\.MQ|fib|fib\\.delay-60s|fib\\.parked)$',
      write: '^(amq\\.default|fib)$',
      read: '^(ML\\.MQ|fib|fib\\.delay-60s)$',
    });
  });

  it('the broker is reached over TLS, by a Service without a port on the nodes', () => {
    const { app } = providerStack();
    const manifests = synthesize(app);

    expect(providerConfig(manifests).amqp.url).toMatch(/^amqps:/);
    expect(ofKind(manifests, 'Service').map(({ spec }) => spec.type ?? 'ClusterIP')).not.toContain('NodePort');
  });

  it('a certificate can take the place of the password', () => {
    const app = new EdgeApp();
    const broker = rabbitIn(app, { tls: RabbitMqTls.fromCertManager(CertificateIssuer.clusterIssuer('ca')) });
    const provider = providerIn(app, { broker, credentials: Credentials.fromCertificate(), user: 'fib-provider' });
    fibRoute(provider);
    const manifests = synthesize(app);

    expect(providerConfig(manifests).amqp).toMatchObject({ tls: { certFile: '/var/run/broker-certificate/tls.crt' } });
    expect(renderedConfig(manifests, 'provider').amqp).not.toHaveProperty('username');
    expect(findManifest(manifests, 'Certificate', 'provider-client-tls').spec.commonName).toBe('fib-provider');
    expect(provider.client.clientCertificate?.name).toBe('provider-client-tls');
  });

  it('a certificate is refused where nobody asks for one', () => {
    const app = new EdgeApp();
    const broker = rabbitIn(app, { tls: RABBIT_TLS, clientCertificates: ClientCertificates.none() });

    expectRefusal(() => providerIn(app, { broker, credentials: Credentials.fromCertificate() }), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"Credentials.fromCertificate()"',
      rule: 'the broker does not ask for a certificate',
    });
  });
});

describe('B-10 B-14: what runs a provider', () => {
  it('is a Deployment with a budget, spread over nodes and zones, and no Template', () => {
    const { app } = providerStack();
    const manifests = synthesize(app);

    const { spec } = deploymentOf(manifests);
    expect(spec.strategy).toStrictEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    const { topologySpreadConstraints } = spec.template.spec;
    expect(topologySpreadConstraints.map(({ topologyKey }: { topologyKey: string }) => topologyKey)).toStrictEqual([
      'kubernetes.io/hostname',
      'topology.kubernetes.io/zone',
    ]);
    expect(findManifest(manifests, 'PodDisruptionBudget', 'provider').spec.maxUnavailable).toBe(1);
    expect(manifests.filter(({ kind }) => kind === 'Template' || kind === 'DeploymentConfig')).toStrictEqual([]);
  });

  it('has neither for a single pod', () => {
    const { app, provider } = providerStack({}, { scaling: ConnectorScaling.fixed(1) });

    expect(provider.workload.podDisruptionBudget).toBeUndefined();
    expect(deploymentOf(synthesize(app)).spec.template.spec).not.toHaveProperty('topologySpreadConstraints');
  });
});

describe('B-11 B-13 B-T10: the port for probes and metrics', () => {
  it('is one, of configuration, container, Service, probes, policy and monitor', () => {
    const { app, provider } = providerStack();
    provider.addMonitoring({ labels: { release: 'monitoring' } });
    const manifests = synthesize(app);

    const [container] = deploymentOf(manifests).spec.template.spec.containers;
    const [servicePort] = findManifest(manifests, 'Service', 'provider').spec.ports;
    const monitor = findManifest(manifests, 'ServiceMonitor', 'provider');

    expect(container.ports).toStrictEqual([{ name: 'operations', containerPort: 9464, protocol: 'TCP' }]);
    expect(providerConfig(manifests).http.port).toBe(9464);
    expect(servicePort).toMatchObject({ port: 9464, targetPort: 'operations' });
    expect([container.startupProbe, container.livenessProbe, container.readinessProbe].map(pathAndPort)).toStrictEqual([
      { path: '/livez', port: 'operations' },
      { path: '/livez', port: 'operations' },
      { path: '/readyz', port: 'operations' },
    ]);
    expect(monitor.metadata.labels).toStrictEqual({ release: 'monitoring' });
    expect(monitor.spec).toStrictEqual({
      selector: { matchLabels: findManifest(manifests, 'Service', 'provider').metadata.labels },
      endpoints: [{ port: 'operations', path: '/metrics' }],
    });
  });
});

function pathAndPort({ httpGet }: { httpGet: object }): object {
  return httpGet;
}

describe('a model', () => {
  it('on KServe is asked by its own address, within its own time, with a login', () => {
    const app = new EdgeApp();
    const iris = platformIn(app).addModel('iris', IRIS);
    const provider = providerIn(app, { modelLogin: ModelLogin.serviceAccountToken() });
    fibRoute(provider, { model: ModelEndpoint.ofModel(iris) });

    const [route] = providerConfig(synthesize(app)).routes;

    expect(route?.model).toMatchObject({
      url: iris.predictUrl,
      timeoutSeconds: 60,
      login: { bearerTokenFile: '/var/run/model-login/token' },
    });
  });

  it('behind a Service lets the provider in, and nobody else', () => {
    const app = new EdgeApp();
    fibRoute(providerIn(app), { model: ModelEndpoint.ofBackend(modelService(app).backend, '/predict') });
    const manifests = synthesize(app);

    const [rule] = findManifest(manifests, 'NetworkPolicy', 'model').spec.ingress;

    expect(providerConfig(manifests).routes[0]?.model.url).toBe(MODEL_URL);
    expect(rule.ports).toStrictEqual([{ port: 'http', protocol: 'TCP' }]);
    expect(rule.from).toStrictEqual([
      {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['rabbitmq'] }],
        },
        podSelector: {
          matchLabels: { 'app.kubernetes.io/name': 'inference-provider', 'app.kubernetes.io/instance': 'provider' },
        },
      },
    ]);
  });

  it('is chosen by a word of the routing key', () => {
    const { app } = providerStack({
      queue: { ...FIB, bindingKeys: ['predict.{model}'] },
      model: ModelEndpoint.atUrl('http://{model}.models.svc.cluster.local:8080/predict'),
      captures: { model: ['a', 'b'] },
    });

    expect(providerConfig(synthesize(app)).routes[0]).toMatchObject({
      captures: { model: ['a', 'b'] },
      model: { url: 'http://{model}.models.svc.cluster.local:8080/predict' },
    });
  });
});

describe('a RabbitMQ that somebody else runs', () => {
  const external = ExternalRabbitMq.at('amqps://rabbitmq.example.com:5671/ml', {
    requiresCertificates: true,
    declare: false,
  });

  it('is told nothing: the provider connects as whom it is given, and does not declare', () => {
    const { app } = providerStack({}, { broker: external, namespace: 'ml', user: 'fib' });
    const manifests = synthesize(app);

    expect(renderedConfig(manifests, 'provider').amqp).toStrictEqual({
      url: 'amqps://rabbitmq.example.com:5671/ml',
      username: 'fib',
      passwordFile: '/var/run/bridge-credentials/password',
      tls: { certFile: '/var/run/broker-certificate/tls.crt', keyFile: '/var/run/broker-certificate/tls.key' },
      consumerTimeoutSeconds: 1_800,
      declare: false,
    });
    expect(findManifest(manifests, 'NetworkPolicy', 'provider').spec.egress[1]).toStrictEqual({
      ports: [{ port: 5671, protocol: 'TCP' }],
    });
    expect(namesOf(ofKind(manifests, 'Namespace'))).toStrictEqual(['Namespace -/ml']);
  });

  it('says nothing of a namespace', () => {
    expectRefusal(() => providerIn(new EdgeApp(), { broker: external }), {
      code: 'EDGE_ERR_NAME',
      value: 'undefined',
      rule: 'the broker is not of this app',
    });
  });
});

describe('the number of pods', () => {
  it('follows the queues, by a user that may look at them and do nothing else', () => {
    const { app, provider } = providerStack({}, { scaling: ConnectorScaling.queueDepth({ maxReplicas: 9 }) });
    fibRoute(provider, { queue: { name: 'manage', exchange: 'ML.MQ', bindingKeys: ['metrics.*'] } });
    const manifests = synthesize(app);

    const { triggers, ...spec } = findManifest(manifests, 'ScaledObject', 'provider').spec;

    expect(spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'provider' },
      minReplicaCount: 2,
      maxReplicaCount: 9,
    });
    expect(triggers).toStrictEqual(
      ['fib', 'manage'].map((queueName) => ({
        type: 'rabbitmq',
        name: queueName,
        metricType: 'AverageValue',
        metadata: {
          protocol: 'amqp',
          host: `amqps://${BROKER_HOST}:5671`,
          mode: 'QueueLength',
          queueName,
          value: '64',
        },
        authenticationRef: { name: 'provider-scaler' },
      })),
    );
    expect(permissionOf(manifests, 'provider-scaler')).toMatchObject({
      configure: '^(fib|manage)$',
      write: '^$',
      read: '^$',
    });
    expect(deploymentOf(manifests).spec).not.toHaveProperty('replicas');
  });

  it('is found out with a password and certificates from Secrets', () => {
    const { app } = providerStack({}, { scaling: ConnectorScaling.queueDepth({ maxReplicas: 9 }) });
    const manifests = synthesize(app);

    expect(findManifest(manifests, 'TriggerAuthentication', 'provider-scaler').spec).toStrictEqual({
      secretTargetRef: [
        { parameter: 'password', name: 'provider-scaler-amqp', key: 'password' },
        { parameter: 'ca', name: 'company-ca', key: 'ca.crt' },
        { parameter: 'cert', name: 'provider-scaler-client-tls', key: 'tls.crt' },
        { parameter: 'key', name: 'provider-scaler-client-tls', key: 'tls.key' },
      ],
      configMapTargetRef: [
        { parameter: 'username', name: 'provider-scaler', key: 'username' },
        { parameter: 'tls', name: 'provider-scaler', key: 'tls' },
      ],
    });
    expect(findManifest(manifests, 'ConfigMap', 'provider-scaler').data).toStrictEqual({
      username: 'provider-scaler',
      tls: 'enable',
    });
  });

  it('follows the load of the processor', () => {
    const { app } = providerStack({}, { scaling: ConnectorScaling.cpu({ maxReplicas: 5, targetCpuPercent: 60 }) });

    const { metrics, minReplicas, maxReplicas } = findManifest(
      synthesize(app),
      'HorizontalPodAutoscaler',
      'provider',
    ).spec;

    expect({ minReplicas, maxReplicas }).toStrictEqual({ minReplicas: 2, maxReplicas: 5 });
    expect(metrics).toStrictEqual([
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '600m' } } },
    ]);
  });

  it('is not found out by KEDA with a certificate alone, or under a name that is not the host', () => {
    const scaling = ConnectorScaling.queueDepth({ maxReplicas: 9, credentials: Credentials.fromCertificate() });
    expectRefusal(() => providerStack({}, { scaling }), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"Credentials.fromCertificate()"',
      rule: 'KEDA logs in with a password',
    });

    const broker = ExternalRabbitMq.at('amqps://10.0.0.7', { serverName: 'rabbitmq.example.com' });
    const other = { broker, namespace: 'ml', scaling: ConnectorScaling.queueDepth({ maxReplicas: 9 }) };
    expectRefusal(() => providerStack({}, other), {
      code: 'EDGE_ERR_BROKER_TLS',
      value: '"rabbitmq.example.com"',
      rule: 'KEDA holds the certificate against the host',
    });

    expectRefusal(
      () => providerStack({}, { scaling: ConnectorScaling.queueDepth({ maxReplicas: 9, operatorNamespace: 'KEDA' }) }),
      { code: 'EDGE_ERR_NAME', value: '"KEDA"', rule: 'a-z' },
    );
  });
});

describe('a provider is refused', () => {
  it('without a route, by synth', () => {
    const app = new EdgeApp();
    providerIn(app);

    expectProblem(problemsOf(app), 'provider', { code: 'EDGE_ERR_NO_ROUTES', value: '0', rule: 'nothing to do' });
  });

  it('under a name that no workload has', () => {
    expectRefusal(() => providerIn(new EdgeApp(), { name: 'Provider' }), {
      code: 'EDGE_ERR_NAME',
      value: '"Provider"',
      rule: 'a-z',
    });
  });

  it('with less time than its model takes', () => {
    const app = new EdgeApp();
    const model = ModelEndpoint.ofModel(platformIn(app).addModel('iris', IRIS));

    expectRefusal(() => fibRoute(providerIn(app), { model, timeout: Duration.seconds(59) }), {
      code: 'EDGE_ERR_TIMEOUT',
      value: '"59 s"',
      rule: 'model staging/iris may take 60 s',
    });
  });

  it('X-6: with more time than the broker waits for an acknowledgement', () => {
    const { app } = providerStack({ timeout: Duration.seconds(1_740) });
    expect(synthesize(app)).not.toStrictEqual([]);

    expectRefusal(() => providerStack({ timeout: Duration.seconds(1_741) }), {
      code: 'EDGE_ERR_TIMEOUT',
      value: '"1741 s"',
      rule: 'the broker waits 1800 s for an acknowledgement',
    });
  });

  it('with queues that get in the way of another provider’s', () => {
    const { app, broker } = providerStack();
    const second = new ProviderDeployment(app, 'second', { broker, code: CODE });

    expectRefusal(() => fibRoute(second, { queue: { ...FIB, name: 'other' } }), {
      code: 'EDGE_ERR_ROUTE_CONFLICT',
      value: '"other"',
      rule: 'both take requests with "predict.*"',
    });
  });

  it('with options that the program would not start with, by the name of the route', () => {
    expectRefusal(() => providerStack({ headers: { toModel: ['Cookie'] } }), {
      code: 'EDGE_ERR_BRIDGE_CONFIG',
      value: expect.stringContaining('headers.toModel') as unknown as string,
      rule: 'it would not start with it',
    });
  });
});

describe('all props', () => {
  const props: Required<Omit<ProviderDeploymentProps, 'broker'>> = {
    name: 'fib-provider',
    namespace: 'providers',
    createNamespace: true,
    user: 'fib',
    credentials: Credentials.fromSecret('fib-login', 'secret'),
    code: CODE,
    modelLogin: ModelLogin.header('x-api-key', 'api-key'),
    tracing: { endpoint: 'http://collector.observability.svc:4318', sampleRatio: 0.017 },
    resources: { cpu: { request: Cpu.millis(151) }, memory: { limit: Size.mebibytes(301) } },
    scaling: ConnectorScaling.fixed(7),
  };
  const route: Required<ProviderRouteOptions> = {
    name: 'numbers',
    queue: {
      name: 'fib',
      exchange: 'ML.MQ',
      bindingKeys: ['predict.{model}'],
      type: QueueType.CLASSIC,
      deliveryLimit: 17,
      maxLength: 4_711,
      attempts: 4,
      retryDelay: Duration.seconds(71),
    },
    captures: { model: ['fib', 'fac'] },
    model: ModelEndpoint.atUrl('http://{model}.models.svc:8080/predict'),
    timeout: Duration.seconds(123),
    concurrency: 61,
    request: RequestMapping.raw({ path: '$.question' }),
    replyBody: ReplyMapping.path('$.result'),
    batch: undefined as never,
    modelRetry: { attempts: 2, minDelay: Duration.millis(211), maxDelay: Duration.millis(2_111) },
    breaker: { failures: 13, openFor: Duration.seconds(31) },
    modelHeaders: { 'x-tenant': 'numbers' },
    maxReplyBytes: 98_765,
    replyExchange: { exchange: 'ML.OUT', routingKey: 'answers' },
    allowedReplyTo: ['answers-*'],
    headers: { toModel: ['RqUID', 'x-shop'], toReply: ['x-till'], fromModel: ['x-model'] },
  };

  it('are found in the manifests', () => {
    const app = new EdgeApp();
    const provider = new ProviderDeployment(app, 'id', { ...props, broker: rabbitIn(app) });
    provider.addRoute(route);
    const manifests = synthesize(app);

    const { code, credentials, modelLogin, resources, scaling, createNamespace, ...plain } = props;
    expect(
      unseenProps({ ...plain, ...credentials.secret, image: BRIDGE_IMAGE, key: 'api-key' }, manifests),
    ).toStrictEqual([]);
    expect(providerConfig(manifests, 'fib-provider').routes[0]).toMatchObject({
      name: 'numbers',
      concurrency: 61,
      queue: { type: 'classic', maxLength: 4_711 },
      model: {
        timeoutSeconds: 123,
        retry: { attempts: 2, minMs: 211, maxMs: 2_111 },
        breaker: { failures: 13, openSeconds: 31 },
        headers: { 'x-tenant': 'numbers' },
        maxReplyBytes: 98_765,
      },
      captures: route.captures,
      reply: { exchange: 'ML.OUT', routingKey: 'answers', allowedReplyTo: ['answers-*'] },
      headers: route.headers,
      retry: { attempts: 4, delaySeconds: 71, queue: 'fib.delay-71s' },
    });
    expect(deploymentOf(manifests, 'fib-provider').spec.replicas).toBe(7);
    expect(permissionOf(manifests, 'fib').write).toBe('^(ML\\.OUT|amq\\.default|fib)$');
  });

  it('of batches are too', () => {
    const batch = { maxItems: 19, maxDelay: Duration.millis(23), maxBytes: 54_321 };
    const url = 'http://model.models.svc:8080/v1/models/fib:predict';
    const { app } = providerStack({ batch, model: ModelEndpoint.atUrl(url) });

    expect(providerConfig(synthesize(app)).routes[0]?.batch).toMatchObject({
      maxItems: 19,
      maxDelayMs: 23,
      maxBytes: 54_321,
    });
  });

  it('a password that synth has read is in a Secret for the provider', () => {
    vi.stubEnv('PROVIDER_PASSWORD', 'correct-horse-battery');
    const { app, provider } = providerStack({}, { credentials: Credentials.fromEnv('PROVIDER_PASSWORD') });

    expect(findManifest(synthesize(app), 'Secret', 'provider-amqp').stringData).toStrictEqual({
      password: 'correct-horse-battery',
    });
    expect(provider.client.credentialsSecret?.name).toBe('provider-amqp');
  });
});

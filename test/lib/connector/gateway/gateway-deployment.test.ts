import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  CertificateAuthority,
  CertificateIssuer,
  ConnectorScaling,
  Credentials,
  EdgeApp,
  ExternalRabbitMq,
  GatewayAccess,
  GatewayCertificate,
  GatewayDeployment,
  type GatewayDeploymentProps,
  GatewayDestination,
  type GatewayRouteOptions,
  HttpEntry,
  HttpRoutes,
  JsonBody,
  ModelEndpoint,
  Mosquitto,
} from '../../../../lib';
import { findManifest, type Manifest, synthesize, unseenProps } from '../../../../lib/testing';
import { namesOf } from '../../support/manifests';
import {
  CODE,
  fibRoute,
  gatewayConfig,
  gatewayStack,
  MODEL_URL,
  MUTUAL_TLS,
  modelService,
  providerIn,
  providerStack,
  renderedConfig,
  systemB,
} from '../../support/provider';
import { FIB, rabbitIn } from '../../support/rabbitmq';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';
import { BRIDGE_IMAGE, irisStack } from '../../support/stacks';

afterEach(() => {
  vi.unstubAllEnvs();
});

const PLAIN = GatewayAccess.plaintext();
const DIRECT = GatewayDestination.model({ model: ModelEndpoint.atUrl(MODEL_URL) });

function containerOf(manifests: readonly Manifest[]) {
  return findManifest(manifests, 'Deployment', 'gateway').spec.template.spec.containers[0];
}

function accessOf(manifests: readonly Manifest[]) {
  return JSON.parse(findManifest(manifests, 'Secret', 'rabbitmq-access').stringData['access.json']);
}

describe('a gateway in front of a provider', () => {
  it('is two pods, with all that belongs to them', () => {
    const own = synthesize(systemB().app).filter(({ metadata }) => metadata.name.startsWith('gateway'));

    expect(namesOf(own)).toStrictEqual([
      'ConfigMap rabbitmq/gateway-config',
      'ServiceAccount rabbitmq/gateway',
      'Deployment rabbitmq/gateway',
      'Service rabbitmq/gateway',
      'PodDisruptionBudget rabbitmq/gateway',
      'NetworkPolicy rabbitmq/gateway',
    ]);
    expect(findManifest(own, 'Deployment', 'gateway').spec.replicas).toBe(2);
  });

  it('is told all that it needs, and no secret', () => {
    expect(renderedConfig(synthesize(systemB().app), 'gateway')).toStrictEqual({
      gateway: {
        port: 5050,
        tls: {
          certFile: '/var/run/gateway-certificate/tls.crt',
          keyFile: '/var/run/gateway-certificate/tls.key',
          clientCaFile: '/var/run/client-authority/ca.crt',
        },
        drain: { timeoutSeconds: 305 },
        routes: [
          {
            name: 'fib',
            path: '/v1/predict',
            amqp: { exchange: 'ML.MQ', routingKeys: ['predict.*'], modelTimeoutSeconds: 300 },
          },
        ],
      },
      amqp: {
        url: 'amqps://rabbitmq.rabbitmq.svc.cluster.local:5671',
        username: 'gateway',
        passwordFile: '/var/run/bridge-credentials/password',
        tls: {
          caFile: '/var/run/broker-authority/ca.crt',
          certFile: '/var/run/broker-certificate/tls.crt',
          keyFile: '/var/run/broker-certificate/tls.key',
        },
        consumerTimeoutSeconds: 1_800,
      },
      http: { port: 9464 },
    });
  });

  it('runs the program as a gateway, and ends after its last answer', () => {
    const manifests = synthesize(systemB().app);

    expect(containerOf(manifests).args).toStrictEqual(['gateway', '--config', '/etc/bridge/bridge.yaml']);
    const { terminationGracePeriodSeconds } = findManifest(manifests, 'Deployment', 'gateway').spec.template.spec;
    expect(terminationGracePeriodSeconds).toBe(325);
  });

  it('lets nobody in who was not allowed to', () => {
    const { app, gateway } = systemB();
    const ingress = () => findManifest(synthesize(app), 'NetworkPolicy', 'gateway').spec.ingress;
    const probes = { ports: [{ port: 'operations', protocol: 'TCP' }] };

    expect(ingress()).toStrictEqual([probes]);

    gateway.allowConnectionsFrom('shops');
    expect(ingress()).toStrictEqual([
      probes,
      {
        from: [
          {
            namespaceSelector: {
              matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shops'] }],
            },
          },
        ],
        ports: [{ port: 'https', protocol: 'TCP' }],
      },
    ]);
  });
});

describe('B-8: who gets in', () => {
  it('shows a certificate of an authority that the stack names', () => {
    const manifests = synthesize(systemB().app);

    const { volumes } = findManifest(manifests, 'Deployment', 'gateway').spec.template.spec;
    expect(gatewayConfig(manifests).gateway.tls?.clientCaFile).toBe('/var/run/client-authority/ca.crt');
    expect(volumes.slice(1, 3)).toMatchObject([
      { name: 'certificate', projected: { sources: [{ secret: { name: 'gateway-tls' } }] } },
      { name: 'client-authority', projected: { sources: [{ secret: { name: 'requesters-ca' } }] } },
    ]);
  });

  it('is not who has a certificate of a public authority, which anybody gets', () => {
    const certificate = GatewayCertificate.fromSecret('gateway-tls');

    expectRefusal(() => GatewayAccess.mutualTls(certificate, CertificateAuthority.PUBLIC), {
      code: 'EDGE_ERR_GATEWAY_ACCESS',
      value: '"CertificateAuthority.PUBLIC"',
      rule: 'signs certificates for anybody',
    });
  });

  it('is everybody over TLS, or without it, where the stack says so', () => {
    const tls = systemB({ access: GatewayAccess.tls(GatewayCertificate.fromSecret('gateway-tls')) });
    const plain = systemB({ access: PLAIN });

    expect(gatewayConfig(synthesize(tls.app)).gateway.tls).not.toHaveProperty('clientCaFile');
    expect(gatewayConfig(synthesize(plain.app)).gateway.tls).toBeUndefined();
    expect([tls.gateway.url, plain.gateway.url]).toStrictEqual([
      'https://gateway.rabbitmq.svc.cluster.local:5050',
      'http://gateway.rabbitmq.svc.cluster.local:5050',
    ]);
  });

  it('sees a certificate of cert-manager, with the names of the Service', () => {
    const issuer = CertificateIssuer.clusterIssuer('ca');
    const certificate = GatewayCertificate.fromCertManager(issuer, { dnsNames: ['models.example.com'] });
    const { app, gateway } = systemB({ access: GatewayAccess.tls(certificate) });

    expect(findManifest(synthesize(app), 'Certificate', 'gateway-tls').spec.dnsNames).toStrictEqual([
      'models.example.com',
      'gateway.rabbitmq.svc.cluster.local',
      'gateway.rabbitmq.svc',
      'gateway.rabbitmq',
    ]);
    expect(gateway.certificate?.name).toBe('gateway-tls');
  });

  it('sees none of these where the issuer is a public one', () => {
    const options = { dnsNames: ['models.example.com'], publicIssuer: true };
    const certificate = GatewayCertificate.fromCertManager(CertificateIssuer.clusterIssuer('letsencrypt'), options);
    const { app } = systemB({ access: GatewayAccess.tls(certificate) });

    expect(findManifest(synthesize(app), 'Certificate', 'gateway-tls').spec.dnsNames).toStrictEqual([
      'models.example.com',
    ]);
  });
});

describe('B-9: at the broker', () => {
  it('the gateway may publish to the exchanges that its routes lead to, and hear its own answers', () => {
    const { permissions, topic_permissions } = accessOf(synthesize(systemB().app));
    const own = ({ user }: { user: string }) => user === 'gateway';

    expect(permissions.filter(own)).toStrictEqual([
      {
        user: 'gateway',
        vhost: '/',
        configure: '^(ML\\.MQ|amq\\.gen-.*)$',
        write: '^(ML\\.MQ)$',
        read: '^(amq\\.gen-.*)$',
      },
    ]);
    expect(topic_permissions.filter(own)[0]).toStrictEqual({
      user: 'gateway',
      vhost: '/',
      exchange: 'ML.MQ',
      write: '^(predict\\.[^.#]*)$',
      read: '^$',
    });
  });

  it('lets requests choose among the keys of the queue, and no others', () => {
    const { app } = systemB();

    expect(gatewayConfig(synthesize(app)).gateway.routes[0]?.amqp).toMatchObject({ routingKeys: ['predict.*'] });
  });

  it.each([
    [['score.*'], '^(score\\.[^.#]*)$'],
    [undefined, '^(.*)$'],
  ])('may publish to an exchange with the keys that requests may choose: %j', (routingKeys, write) => {
    const { app, gateway } = gatewayStack();
    gateway.addRoute({ destination: GatewayDestination.exchange({ exchange: 'ML.MQ', routingKeys }) });
    const manifests = synthesize(app);

    expect(accessOf(manifests).topic_permissions[0].write).toBe(write);
    expect(gatewayConfig(manifests).gateway.routes[0]?.amqp?.routingKeys).toStrictEqual(routingKeys);
  });

  it.each([
    ['predict.now', '/v1/predict', '^(predict\\.now)$'],
    ['predict.{model}', '/v1/{model}', '^(predict\\.[^.#]*)$'],
  ])('with the routing key %s it may publish with no other', (routingKey, path, write) => {
    const stack = gatewayStack();
    stack.gateway.addRoute({ path, destination: GatewayDestination.provider(stack.fib, routingKey) });
    const manifests = synthesize(stack.app);

    const [grant] = accessOf(manifests).topic_permissions;
    expect(grant.write).toBe(write);
    expect(gatewayConfig(manifests).gateway.routes[0]?.amqp?.routingKey).toBe(routingKey);
  });
});

describe('B-11 B-13 B-T10: ports', () => {
  it.each([
    ['https', MUTUAL_TLS],
    ['http', PLAIN],
  ])('%s is one of configuration, container and Service, besides that for probes and metrics', (name, access) => {
    const { app, gateway } = systemB({ access });
    gateway.addMonitoring();
    const manifests = synthesize(app);
    const container = containerOf(manifests);

    expect(gatewayConfig(manifests)).toMatchObject({ gateway: { port: 5050 }, http: { port: 9464 } });
    expect(container.ports).toStrictEqual([
      { name, containerPort: 5050, protocol: 'TCP' },
      { name: 'operations', containerPort: 9464, protocol: 'TCP' },
    ]);
    expect(findManifest(manifests, 'Service', 'gateway').spec).toMatchObject({
      type: 'ClusterIP',
      ports: [
        { name, port: 5050, targetPort: name, appProtocol: name },
        { name: 'operations', port: 9464, targetPort: 'operations' },
      ],
    });
    expect(container.readinessProbe.httpGet).toStrictEqual({ path: '/readyz', port: 'operations' });
    expect(findManifest(manifests, 'ServiceMonitor', 'gateway').spec.endpoints).toStrictEqual([
      { port: 'operations', path: '/metrics' },
    ]);
  });
});

describe('B-6 B-T2 X-6: the gateway waits longer than the provider’s model takes', () => {
  it('by itself', () => {
    const { app, gateway, fib } = gatewayStack({}, { timeout: Duration.seconds(400) });
    gateway.addRoute({ destination: GatewayDestination.provider(fib) });

    expect(gatewayConfig(synthesize(app)).gateway.routes[0]).toMatchObject({
      timeoutSeconds: 405,
      amqp: { modelTimeoutSeconds: 400 },
    });
  });

  it('or is refused: 5 s are for the way', () => {
    const route = (seconds: number) => () => systemB({}, { timeout: Duration.seconds(seconds) });

    expect(gatewayConfig(synthesize(route(305)().app)).gateway.routes[0]?.timeoutSeconds).toBe(305);
    expectRefusal(route(304), {
      code: 'EDGE_ERR_TIMEOUT',
      value: '"304 s"',
      rule: 'the model has 300 s, by provider route fib, and 5 s are for the way',
    });
  });

  it('also where only the exchange is named, by the slowest provider of the app there', () => {
    const { app, gateway, provider } = gatewayStack();
    fibRoute(provider, {
      queue: { name: 'slow', exchange: 'ML.MQ', bindingKeys: ['slow.*'] },
      timeout: Duration.minutes(15),
    });
    gateway.addRoute({ destination: GatewayDestination.exchange({ exchange: 'ML.MQ' }) });
    gateway.addRoute({
      name: 'quick',
      path: '/quick',
      destination: GatewayDestination.exchange({ exchange: 'ML.MQ', routingKey: 'predict.now' }),
    });

    const [any, quick] = gatewayConfig(synthesize(app)).gateway.routes;

    expect([any?.timeoutSeconds, quick?.timeoutSeconds]).toStrictEqual([905, 305]);
  });

  it('also where the provider comes after the gateway', () => {
    const app = new EdgeApp();
    const broker = rabbitIn(app);
    const gateway = new GatewayDeployment(app, 'gateway', { access: MUTUAL_TLS, broker, code: CODE });
    const destination = GatewayDestination.exchange({ exchange: 'ML.MQ', modelTimeout: Duration.seconds(90) });
    gateway.addRoute({ destination });
    fibRoute(providerIn(app, { broker }));

    expectProblem(problemsOf(app), 'gateway', {
      code: 'EDGE_ERR_TIMEOUT',
      value: '"90 s"',
      rule: 'provider route fib gives its model 300 s',
    });
  });

  it('but not by what another route of the provider takes', () => {
    const { app, gateway, provider, fib } = gatewayStack();
    fibRoute(provider, {
      queue: { name: 'slow', exchange: 'ML.MQ', bindingKeys: ['slow.*'] },
      timeout: Duration.minutes(15),
    });
    gateway.addRoute({ destination: GatewayDestination.provider(fib) });

    expect(gatewayConfig(synthesize(app)).gateway.routes[0]?.timeoutSeconds).toBe(305);
  });

  it('but not by what a provider at another broker takes', () => {
    const { app, gateway } = gatewayStack({ broker: ExternalRabbitMq.at('amqps://mq.example.com'), namespace: 'ml' });
    const destination = GatewayDestination.exchange({ exchange: 'ML.MQ', modelTimeout: Duration.seconds(20) });
    gateway.addRoute({ destination });

    expect(gatewayConfig(synthesize(app)).gateway.routes[0]?.timeoutSeconds).toBe(25);
  });
});

describe('destinations', () => {
  it('B-17: a key that leads to no queue of the provider is refused', () => {
    const { fib } = providerStack();

    expectRefusal(() => GatewayDestination.provider(fib, 'metrics.now'), {
      code: 'EDGE_ERR_GATEWAY_DESTINATION',
      value: '"metrics.now"',
      rule: 'the queue "fib" takes predict.*',
    });
    expect(GatewayDestination.provider(fib, 'predict.{model}').name).toBe('fib');
  });

  it('a part of the path becomes a word of the routing key', () => {
    const stack = gatewayStack();
    stack.gateway.addRoute({
      path: '/v1/models/{model}:predict',
      destination: GatewayDestination.provider(stack.fib, 'predict.{model}'),
    });

    expect(gatewayConfig(synthesize(stack.app)).gateway.routes[0]).toMatchObject({
      path: '/v1/models/{model}:predict',
      amqp: { routingKey: 'predict.{model}' },
    });
  });

  it('a model is asked through no broker, and lets the gateway in', () => {
    const app = new EdgeApp();
    const gateway = new GatewayDeployment(app, 'gateway', { access: PLAIN, code: CODE, namespace: 'ml' });
    const model = ModelEndpoint.ofBackend(modelService(app).backend, '/predict');
    gateway.addRoute({
      destination: GatewayDestination.model({ model, timeout: Duration.seconds(7), concurrency: 3 }),
    });
    const manifests = synthesize(app);

    expect(gatewayConfig(manifests)).toMatchObject({
      gateway: {
        routes: [{ timeoutSeconds: 12, direct: { concurrency: 3, model: { url: MODEL_URL, timeoutSeconds: 7 } } }],
      },
    });
    expect(JSON.stringify(findManifest(manifests, 'NetworkPolicy', 'model').spec.ingress)).toContain(
      'inference-gateway',
    );
    expect(JSON.stringify(findManifest(manifests, 'NetworkPolicy', 'gateway').spec.egress)).toContain('models');
  });

  it('a bridge is asked over its MQTT broker, and may answer to the gateway', () => {
    const { app, broker, bridge } = irisStack();
    const [route] = bridge.routes;
    const gateway = new GatewayDeployment(app, 'gateway', {
      access: PLAIN,
      code: CODE,
      mqttBroker: broker,
      namespace: 'ml',
    });
    gateway.addRoute({ destination: GatewayDestination.bridge(route as NonNullable<typeof route>) });
    const manifests = synthesize(app);

    expect(gatewayConfig(manifests)).toMatchObject({
      gateway: {
        routes: [{ timeoutSeconds: 65, mqtt: { requestTopic: 'staging/iris/input', modelTimeoutSeconds: 60 } }],
      },
      broker: { clientId: 'ml/gateway/{hostname}', username: 'gateway' },
    });
    const answers = 'gateway/ml/gateway/+/answers';
    expect(renderedConfig(manifests, 'bridge').routes[0].reply.allowedResponseTopics).toContain(answers);
    const acl = JSON.stringify(findManifest(manifests, 'ConfigMap', 'mosquitto-config').data);
    expect(acl).toContain(`user gateway\\ntopic read ${answers}\\ntopic write staging/iris/input`);
    expect(acl).toContain(`topic write ${answers}`);
    expect(findManifest(manifests, 'Deployment', 'gateway').spec.template.spec.volumes[1]).toMatchObject({
      projected: { sources: [{ secret: { name: 'gateway-mqtt' } }] },
    });
  });

  it('behind another broker than the gateway’s are refused', () => {
    const { app, bridge, broker } = irisStack();
    const fib = fibRoute(providerIn(app, { broker: rabbitIn(app, {}, 'rabbit') }));
    const [route] = bridge.routes as [(typeof bridge.routes)[number]];
    const gateway = (props: Partial<GatewayDeploymentProps>, id: string) =>
      new GatewayDeployment(app, id, { access: PLAIN, code: CODE, namespace: 'ml', ...props });
    const code = 'EDGE_ERR_GATEWAY_DESTINATION';

    const none = gateway({}, 'none');
    const toProvider = { destination: GatewayDestination.provider(fib) };
    const toBridge = { destination: GatewayDestination.bridge(route) };
    expectRefusal(() => none.addRoute(toProvider), { code, value: '"ML.MQ"', rule: 'the gateway has no RabbitMQ' });
    expectRefusal(() => none.addRoute(toBridge), {
      code,
      value: '"staging/iris"',
      rule: 'the gateway has no MQTT broker',
    });

    const other = gateway(
      {
        broker: ExternalRabbitMq.at('amqps://mq.example.com'),
        mqttBroker: new Mosquitto(app, 'b', { namespace: 'b' }),
      },
      'other',
    );
    expectRefusal(() => other.addRoute(toProvider), {
      code,
      value: '"ML.MQ"',
      rule: 'provider provider takes its requests',
    });
    expectRefusal(() => other.addRoute(toBridge), {
      code,
      value: '"staging/iris"',
      rule: 'bridge bridge takes its requests',
    });
    expect(broker.name).toBe('mosquitto');
  });
});

describe('the way in', () => {
  it('by routes of another front door is for a gateway that speaks plain HTTP', () => {
    const { app, gateway } = systemB({ access: PLAIN });
    const { backend } = gateway;
    const routes = new HttpRoutes(gateway, 'routes', {
      name: 'models',
      namespace: 'rabbitmq',
      entry: HttpEntry.traefik(),
      hosts: ['models.example.com'],
      notFound: backend,
    });
    routes.addRoute('predict', { path: '/v1', backend });

    const { spec } = findManifest(synthesize(app), 'IngressRoute', 'models-predict');
    expect(JSON.stringify(spec.routes)).toContain('"services":[{"name":"gateway","port":5050}]');
    expect(JSON.stringify(findManifest(synthesize(app), 'NetworkPolicy', 'gateway').spec.ingress[1])).toContain(
      'traefik',
    );
  });

  it('by such routes is refused for one that speaks TLS', () => {
    expectRefusal(() => systemB().gateway.backend, {
      code: 'EDGE_ERR_GATEWAY_ACCESS',
      value: '"TLS"',
      rule: 'routes of HttpRoutes speak plain HTTP',
    });
  });
});

describe('a gateway is refused', () => {
  it('without a route, by synth', () => {
    const { app } = gatewayStack();

    expectProblem(problemsOf(app), 'gateway', { code: 'EDGE_ERR_NO_ROUTES', value: '0', rule: 'nothing to do' });
  });

  it('with a broker that no route leads to, by synth', () => {
    const { app, gateway } = gatewayStack();
    gateway.addRoute({ destination: DIRECT });

    expect(problemsOf(app)).toStrictEqual([
      expect.stringMatching(/^\[gateway\] EDGE_ERR_BRIDGE_CONFIG: .*amqp leads to a broker, but no route goes there/),
    ]);
  });

  it('with a path that is none', () => {
    expectRefusal(() => systemB({}, { path: 'predict' }), {
      code: 'EDGE_ERR_BRIDGE_CONFIG',
      value: expect.stringContaining('path is "predict"') as unknown as string,
      rule: 'it would not start with it',
    });
  });

  it('with bodies that the broker does not take', () => {
    const broker = (app: EdgeApp) => rabbitIn(app, { maxMessageBytes: 1_048_576 });
    const stack = (bytes: number) => {
      const app = new EdgeApp();
      const props = { access: MUTUAL_TLS, broker: broker(app), limits: { maxBody: Size.kibibytes(bytes) }, code: CODE };
      return new GatewayDeployment(app, 'gateway', props);
    };

    expect(stack(1_024).name).toBe('gateway');
    expectRefusal(() => stack(1_025), {
      code: 'EDGE_ERR_VALUE',
      value: '"1049600 bytes"',
      rule: 'the broker takes messages of 1048576 bytes at most',
    });
  });

  it('that is to follow the depth of queues', () => {
    expectRefusal(() => gatewayStack({ scaling: ConnectorScaling.queueDepth({ maxReplicas: 3 }) }), {
      code: 'EDGE_ERR_VALUE',
      value: '"ConnectorScaling.queueDepth(..)"',
      rule: 'a gateway consumes no queue',
    });
  });

  it('with a certificate in place of a password over MQTT', () => {
    const { app, broker } = irisStack();
    const props = {
      access: PLAIN,
      mqttBroker: broker,
      namespace: 'ml',
      mqttCredentials: Credentials.fromCertificate(),
    };

    expectRefusal(() => new GatewayDeployment(app, 'gateway', props), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"Credentials.fromCertificate()"',
      rule: 'over MQTT a gateway logs in with a password',
    });
  });

  it('when it lets in a namespace that cannot be one', () => {
    expectRefusal(() => systemB().gateway.allowConnectionsFrom('Shops'), {
      code: 'EDGE_ERR_NAME',
      value: '"Shops"',
      rule: 'a-z',
    });
  });
});

describe('all props', () => {
  const props: Required<Omit<GatewayDeploymentProps, 'broker' | 'mqttBroker'>> = {
    access: MUTUAL_TLS,
    name: 'front',
    namespace: 'gateways',
    createNamespace: true,
    user: 'front-door',
    credentials: Credentials.fromSecret('front-login', 'secret'),
    mqttCredentials: Credentials.fromSecret('front-mqtt-login', 'mqtt-secret'),
    code: CODE,
    limits: { maxBody: Size.kibibytes(513), maxInFlight: 271, maxInFlightBodies: Size.mebibytes(31) },
    headers: { request: ['x-shop'], answer: ['x-model'] },
    results: { keepFor: Duration.seconds(77), maxResults: 99, baseUrl: 'https://{hostname}.gateway.example.com' },
    tracing: { endpoint: 'http://collector.observability.svc:4318', sampleRatio: 0.017 },
    resources: { cpu: { request: Cpu.millis(151) }, memory: { limit: Size.mebibytes(301) } },
    scaling: ConnectorScaling.cpu({ minReplicas: 3, maxReplicas: 11, targetCpuPercent: 55 }),
  };
  const route: Required<Omit<GatewayRouteOptions, 'destination'>> = {
    name: 'numbers',
    path: '/v2/models/{model}/infer',
    captures: { model: ['fib', 'fac'] },
    json: JsonBody.ANY,
    contentTypes: ['application/json', 'application/x-numbers'],
    timeout: Duration.seconds(4_711),
  };

  it('are found in the manifests', () => {
    const { app, bridge, broker: mqttBroker } = irisStack();
    const broker = rabbitIn(app, {}, 'rabbit');
    const fib = fibRoute(providerIn(app, { broker }), { queue: FIB });
    const gateway = new GatewayDeployment(app, 'id', { ...props, broker, mqttBroker });
    gateway.addRoute({ ...route, destination: GatewayDestination.provider(fib) });
    gateway.addRoute({
      name: 'iris',
      path: '/iris',
      destination: GatewayDestination.bridge(bridge.routes[0] as never),
    });
    const manifests = synthesize(app);

    const {
      code,
      access,
      credentials,
      mqttCredentials,
      limits,
      results,
      resources,
      scaling,
      createNamespace,
      ...plain
    } = props;
    const secrets = { ...credentials.secret, mqtt: { ...mqttCredentials.secret } };
    expect(unseenProps({ ...plain, secrets, image: BRIDGE_IMAGE }, manifests)).toStrictEqual([]);
    const { timeout, ...texts } = route;
    expect(gatewayConfig(manifests, 'front').gateway).toMatchObject({
      maxBodyBytes: 513 * 1_024,
      maxInFlight: 271,
      maxInFlightBytes: 31 * 1_024 * 1_024,
      results: { ttlSeconds: 77, maxResults: 99, baseUrl: results.baseUrl },
      routes: [{ ...texts, timeoutSeconds: 4_711 }, { name: 'iris' }],
    });
    expect(findManifest(manifests, 'HorizontalPodAutoscaler', 'front').spec).toMatchObject({
      minReplicas: 3,
      maxReplicas: 11,
      metrics: [{ resource: { target: { averageValue: '550m' } } }],
    });
  });

  it('a password for MQTT that synth has read is in a Secret for the gateway', () => {
    vi.stubEnv('GATEWAY_PASSWORD', 'correct-horse-battery');
    const { app, bridge, broker: mqttBroker } = irisStack();
    const mqttCredentials = Credentials.fromEnv('GATEWAY_PASSWORD');
    const gateway = new GatewayDeployment(app, 'gateway', {
      access: PLAIN,
      code: CODE,
      mqttBroker,
      mqttCredentials,
      namespace: 'ml',
    });
    gateway.addRoute({ destination: GatewayDestination.bridge(bridge.routes[0] as never) });

    expect(findManifest(synthesize(app), 'Secret', 'gateway-mqtt').stringData).toStrictEqual({
      password: 'correct-horse-battery',
    });
    expect(gateway.mqttClient?.credentialsSecret?.name).toBe('gateway-mqtt');
  });
});

import { Duration, Size } from 'cdk8s';
import {
  CertificateAuthority,
  CertificateIssuer,
  ConnectorScaling,
  Credentials,
  type EdgeApp,
  ExternalRabbitMq,
  GatewayAccess,
  GatewayCertificate,
  GatewayDeployment,
  GatewayDestination,
  InferenceBridge,
  ModelEndpoint,
  Mosquitto,
  ProviderDeployment,
  RabbitMq,
  RabbitMqTls,
  RouteTermination,
} from '../../../lib';
import { CODE, modelService } from './provider';
import { FIB } from './rabbitmq';
import { IRIS, platformIn } from './stacks';

/** Providers and gateways by every way they can be made: of brokers, models, scaling, and ways in. */
export function maximalProvider(app: EdgeApp): void {
  const issuer = CertificateIssuer.clusterIssuer('messaging-ca');
  const broker = new RabbitMq(app, 'broker', { tls: RabbitMqTls.fromCertManager(issuer), vhost: 'ml' });
  const model = modelService(app);
  const tracing = { endpoint: 'http://collector.observability.svc:4318', headersSecret: 'collector-login' };

  const provider = new ProviderDeployment(app, 'provider', {
    ...{ broker, tracing, code: CODE, credentials: Credentials.fromCertificate() },
    scaling: ConnectorScaling.queueDepth({ minReplicas: 0, maxReplicas: 10, requestsPerReplica: 17 }),
  });
  const fib = provider.addRoute({
    queue: { ...FIB, replyQueue: 'response', maxLength: 1_000 },
    model: ModelEndpoint.ofBackend(model.backend, '/predict'),
    headers: { toModel: ['RqUID', 'x-shop'], toReply: ['RqUID'], fromModel: ['x-model'] },
  });
  provider.addMonitoring({ labels: { release: 'monitoring' } });

  const external = ExternalRabbitMq.at('amqps://rabbitmq.example.com:5671/ml', {
    authority: CertificateAuthority.fromConfigMap('company-ca'),
    requiresCertificates: true,
    consumerTimeout: Duration.minutes(20),
    declare: false,
  });
  const outside = new ProviderDeployment(app, 'outside', {
    ...{ broker: external, namespace: 'outside', code: CODE, user: 'fib' },
    scaling: ConnectorScaling.cpu({ maxReplicas: 5 }),
  });
  outside.addRoute({ queue: FIB, model: ModelEndpoint.atUrl('https://model.example.com/predict') });

  const iris = platformIn(app).addModel('iris', IRIS);
  const mosquitto = new Mosquitto(app, 'mosquitto');
  const bridge = new InferenceBridge(app, 'bridge', { broker: mosquitto, code: CODE });
  const camera = mosquitto.addUser('camera', Credentials.fromSecret('camera-mqtt'));
  const irisRoute = bridge.addRoute({ model: iris, clients: [camera] });

  const certificate = GatewayCertificate.fromCertManager(issuer, { dnsNames: ['models.example.com'] });
  const gateway = new GatewayDeployment(app, 'gateway', {
    ...{ broker, mqttBroker: mosquitto, tracing, code: CODE },
    access: GatewayAccess.mutualTls(certificate, CertificateAuthority.fromSecret('requesters-ca')),
    limits: { maxBody: Size.mebibytes(2), maxInFlight: 100, maxInFlightBodies: Size.mebibytes(64) },
    headers: { request: ['x-shop'], answer: ['x-model'] },
    results: { keepFor: Duration.minutes(1), maxResults: 10, baseUrl: 'https://{hostname}.models.example.com' },
    scaling: ConnectorScaling.cpu({ maxReplicas: 6 }),
  });
  gateway.addRoute({ destination: GatewayDestination.provider(fib), timeout: Duration.minutes(6) });
  gateway.addRoute({ path: '/iris', destination: GatewayDestination.bridge(irisRoute) });
  gateway.addRoute({
    path: '/v1/models/iris:predict',
    destination: GatewayDestination.model({ model: ModelEndpoint.ofModel(iris) }),
  });
  gateway.exposeThroughOpenShift({ host: 'models.example.com', termination: RouteTermination.PASSTHROUGH });
  gateway.allowConnectionsFrom('shops');
  gateway.addMonitoring();

  const plain = new GatewayDeployment(app, 'plain', {
    ...{ broker: external, namespace: 'outside', code: CODE, access: GatewayAccess.plaintext() },
    scaling: ConnectorScaling.fixed(1),
  });
  plain.addRoute({ destination: GatewayDestination.exchange({ exchange: 'ML.MQ', routingKey: 'predict.now' }) });
}

import { Chart, Duration } from 'cdk8s';
import {
  CertificateAuthority,
  CertificateIssuer,
  ConnectorScaling,
  Credentials,
  type EdgeApp,
  GatewayAccess,
  GatewayCertificate,
  GatewayDeployment,
  GatewayDestination,
  HttpService,
  ModelEndpoint,
  ProviderDeployment,
  RabbitMq,
  RabbitMqTls,
} from '../../lib';

/** Where requesters connect to. */
export const GATEWAY_HOST = 'models.example.com';

/** The parts of the stack that others refer to. */
export interface ProviderMq {
  readonly broker: RabbitMq;
  readonly model: HttpService;
  readonly provider: ProviderDeployment;
  readonly gateway: GatewayDeployment;
}

/** System B: requests over HTTPS, through a queue of RabbitMQ, to a model and back. */
export function providerMq(app: EdgeApp): ProviderMq {
  // Signs for broker, gateway, and their clients inside of the cluster: no password is needed between them.
  const issuer = CertificateIssuer.clusterIssuer('messaging-ca');
  const broker = new RabbitMq(app, 'broker', { tls: RabbitMqTls.fromCertManager(issuer) });

  const model = new HttpService(new Chart(app, 'models'), 'model', {
    namespace: 'models',
    image: 'registry.example.com/sample-model:0.2.0',
    livePath: '/health',
    readyPath: '/health',
  });

  const provider = new ProviderDeployment(app, 'provider', {
    broker,
    credentials: Credentials.fromCertificate(),
    scaling: ConnectorScaling.queueDepth({ maxReplicas: 10 }),
  });
  const fib = provider.addRoute({
    queue: { name: 'fib', exchange: 'ML.MQ', bindingKeys: ['predict.*'] },
    model: ModelEndpoint.ofBackend(model.backend, '/predict'),
    timeout: Duration.minutes(5),
  });

  const gateway = new GatewayDeployment(app, 'gateway', {
    broker,
    credentials: Credentials.fromCertificate(),
    access: GatewayAccess.mutualTls(
      GatewayCertificate.fromCertManager(issuer, { dnsNames: [GATEWAY_HOST] }),
      CertificateAuthority.fromSecret('requesters-ca'),
    ),
    scaling: ConnectorScaling.cpu({ maxReplicas: 6 }),
  });
  gateway.addRoute({ destination: GatewayDestination.provider(fib) });
  gateway.exposeThroughOpenShift({ host: GATEWAY_HOST });

  for (const part of [broker, provider, gateway]) part.addMonitoring();
  return { broker, model, provider, gateway };
}

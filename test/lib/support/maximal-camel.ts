import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { vi } from 'vitest';
import {
  CamelBuildStrategy,
  CamelConnector,
  type CamelConnectorProps,
  CamelPlatform,
  type CamelPlatformProps,
  type CamelRegistry,
  CamelRendering,
  Credentials,
  type EdgeApp,
  RegistryLogin,
  type RouteOptions,
} from '../../../lib';
import { brokerIn, deviceOf, IRIS, platformIn } from './stacks';

/** A stack in which every prop of the constructs for Camel K is set: one connector for each kind of Camel K 2. */
export function maximalCamel(app: EdgeApp): void {
  vi.stubEnv('MAXIMAL_CAMEL_PASSWORD', 'c0ffee-of-the-camel-3');
  vi.stubEnv('MAXIMAL_REGISTRY_USER', 'pusher');
  vi.stubEnv('MAXIMAL_REGISTRY_TOKEN', 'c0ffee-of-the-registry-4');
  const iris = platformIn(app).addModel('iris', IRIS);
  const broker = brokerIn(app, { name: 'hub', namespace: 'messaging' });
  broker.exposeThroughTraefik();
  const camera = deviceOf(broker, 'camera');

  const registry: Required<CamelRegistry> = {
    address: 'registry.example.com:5000',
    organization: 'edge',
    insecure: true,
    login: RegistryLogin.fromEnv('MAXIMAL_REGISTRY_USER', 'MAXIMAL_REGISTRY_TOKEN'),
    certificateAuthority: 'registry-ca',
  };
  const platform: Required<CamelPlatformProps> = {
    registry,
    namespace: 'camel-operator',
    name: 'builder',
    buildStrategy: CamelBuildStrategy.POD,
  };
  new CamelPlatform(app, 'camel-k', platform).addSmokeTest();

  const props: Required<CamelConnectorProps> = {
    broker,
    name: 'carrier',
    namespace: 'camels',
    createNamespace: true,
    rendering: CamelRendering.INTEGRATION,
    credentials: Credentials.fromEnv('MAXIMAL_CAMEL_PASSWORD'),
    maximumRedeliveries: 5,
    redeliveryDelay: Duration.millis(750),
    servingNamespaces: ['gateways'],
    resources: {
      cpu: { request: Cpu.millis(200), limit: Cpu.units(2) },
      memory: { request: Size.mebibytes(300), limit: Size.gibibytes(1) },
    },
  };
  const route: Required<RouteOptions> = {
    name: 'detect',
    model: iris,
    clients: [camera],
    requestTopic: 'hall/frames',
    replyTopic: 'hall/objects',
    deadLetterTopic: 'hall/failed',
    timeout: Duration.seconds(75),
    concurrency: 1,
  };
  new CamelConnector(app, 'connector', props).addRoute(route);

  const pipes = new CamelConnector(app, 'pipes', { broker, rendering: CamelRendering.PIPE });
  pipes.addRoute({ model: iris, clients: [camera] });
}

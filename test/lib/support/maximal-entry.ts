import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import {
  Credentials,
  type EdgeApp,
  EdgeGateway,
  type EdgeGatewayProps,
  type ExistingGatewayOptions,
  type ExistingTraefikOptions,
  GatewayApiVersion,
  type GatewayExposure,
  GatewayListener,
  GatewayReference,
  Mosquitto,
  MosquittoTls,
  type TraefikExposure,
  TraefikInstallation,
  TraefikProxy,
  type TraefikProxyProps,
  TraefikTls,
  TraefikVersion,
} from '../../../lib';

/** A broker whose own TLS can be passed through to. */
function brokerIn(app: EdgeApp, name: string): Mosquitto {
  const tls = MosquittoTls.fromSecret(`${name}-tls`);
  const broker = new Mosquitto(app, name, { name, namespace: name, tls, passwordIterations: 1_000 });
  broker.addUser('camera-7', Credentials.fromSecret('camera-7-mqtt'));
  return broker;
}

/** Every way in for brokers, with every prop set: a Traefik of the app's own, one that is there, and two Gateways. */
export function maximalEntry(app: EdgeApp): void {
  const proxy: Required<TraefikProxyProps> = {
    namespace: 'edge',
    createNamespace: true,
    name: 'proxy',
    image: 'registry.example.com/traefik:v3.7.1',
    replicas: 3,
    resources: { cpu: { request: Cpu.millis(77) }, memory: { limit: Size.mebibytes(333) } },
    ingressClass: 'edge',
    keepClientAddresses: true,
    serviceAnnotations: { 'metallb.io/address-pool': 'devices' },
    additionalArguments: ['--certificatesResolvers.letsencrypt.acme.tlsChallenge=true'],
  };
  const existing: Required<ExistingTraefikOptions> = {
    namespace: 'kube-system',
    deployment: 'traefik',
    service: 'traefik',
    args: ['--providers.kubernetescrd', '--entryPoints.websecure.address=:8443'],
    container: 'traefik',
    version: TraefikVersion.V3,
  };
  const exposure: Required<TraefikExposure> = {
    mqtt: 8883,
    websockets: 8884,
    mqttEntryPoint: 'mqtts',
    websocketEntryPoint: 'wss',
    host: 'north.example.com',
    tls: TraefikTls.fromSecret('north-edge').withOptions('modern', 'edge'),
    allowedSourceRanges: ['192.0.2.0/24', '2001:db8::/32'],
    maxConnectionsPerClient: 31,
    installation: new TraefikProxy(app, 'proxy', proxy).installation,
  };
  const gateway: Required<EdgeGatewayProps> = {
    className: 'eg',
    namespace: 'gateways',
    createNamespace: true,
    name: 'devices',
    proxyNamespace: 'envoy-gateway-system',
    version: GatewayApiVersion.V1_6,
  };
  const shared: Required<ExistingGatewayOptions> = {
    name: 'public',
    namespace: 'istio-ingress',
    proxyNamespace: 'istio-ingress',
    version: GatewayApiVersion.V1_6,
  };
  const ended: Required<GatewayExposure> = {
    gateway: new EdgeGateway(app, 'gateway', gateway).reference,
    mqttListener: GatewayListener.tls('mqtts', {
      port: 8883,
      host: 'north.example.org',
      secretName: 'north-edge',
      secretNamespace: 'north',
    }),
    websocketListener: GatewayListener.https('wss', { port: 443, host: '*.example.org', secretName: 'wildcard' }),
    host: 'north.example.org',
  };

  const north = brokerIn(app, 'north');
  north.exposeThroughTraefik(exposure);
  north.exposeThroughGateway(ended);
  const south = brokerIn(app, 'south');
  south.exposeThroughTraefik({
    host: 'south.example.com',
    tls: TraefikTls.passthrough(),
    installation: TraefikInstallation.existing(existing),
  });
  south.exposeThroughGateway({
    gateway: GatewayReference.existing(shared),
    mqttListener: GatewayListener.passthrough('mqtts', { port: 8883, host: '*.example.org' }),
    websocketListener: GatewayListener.tcp('ws', 8080),
    host: 'south.example.org',
  });
}

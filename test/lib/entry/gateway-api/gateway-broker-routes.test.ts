import { Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  CertificateIssuer,
  EdgeApp,
  type ExistingGatewayOptions,
  GatewayApiVersion,
  GatewayBrokerRoutes,
  type GatewayBrokerRoutesProps,
  type GatewayExposure,
  GatewayListener,
  GatewayReference,
  MosquittoTls,
} from '../../../../lib';
import { servedHosts } from '../../../../lib/synth/served-hosts';
import { findManifest, type Manifest, synthesize } from '../../../../lib/testing';
import { ofKind } from '../../support/manifests';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';
import { brokerIn } from '../../support/stacks';

const gateway = GatewayReference.existing({ name: 'public', namespace: 'gateways' });
const host = 'mqtt.example.com';
const TCP = GatewayListener.tcp('mqtt', 1883);
const TLS = GatewayListener.tls('mqtts', { port: 8883, host });
const HTTP = GatewayListener.http('ws', 8080);
const HTTPS = GatewayListener.https('wss', { port: 443, host });
const PASSTHROUGH = GatewayListener.passthrough('through', { port: 8883, host });

function exposed(exposure: Partial<GatewayExposure>): Manifest[] {
  const app = new EdgeApp();
  brokerIn(app).exposeThroughGateway({ gateway, ...exposure });
  return synthesize(app);
}

/** Routes to a broker that may have TLS listeners. */
function routesOf(props: Partial<GatewayBrokerRoutesProps>): Manifest[] {
  const app = new EdgeApp();
  new GatewayBrokerRoutes(new Chart(app, 'chart'), 'gateway', {
    name: 'broker',
    namespace: 'brokers',
    service: 'broker',
    mqttPort: 1883,
    websocketPort: 8080,
    gateway,
    ...props,
  });
  return synthesize(app);
}

const parent = (sectionName: string) => ({ name: 'public', namespace: 'gateways', sectionName });
const rules = (port: number) => [{ backendRefs: [{ name: 'broker', port }] }];

describe('a route of the Gateway API', () => {
  it.each([
    [
      'A-5: plain MQTT by a TCPRoute',
      { mqttListener: TCP },
      'gateway.networking.k8s.io/v1 TCPRoute broker-mqtt',
      { parentRefs: [parent('mqtt')], rules: rules(1883) },
    ],
    [
      'A-3: MQTT whose TLS the Gateway ends by a TCPRoute',
      { mqttListener: TLS },
      'gateway.networking.k8s.io/v1 TCPRoute broker-mqtt',
      { parentRefs: [parent('mqtts')], rules: rules(1883) },
    ],
    [
      'A-3: MQTT whose TLS the broker ends by a TLSRoute',
      { mqttListener: PASSTHROUGH, mqttsPort: 8883 },
      'gateway.networking.k8s.io/v1 TLSRoute broker-mqtt',
      { parentRefs: [parent('through')], hostnames: [host], rules: rules(8883) },
    ],
    [
      'websockets by an HTTPRoute',
      { websocketListener: HTTP },
      'gateway.networking.k8s.io/v1 HTTPRoute broker-websockets',
      { parentRefs: [parent('ws')], rules: rules(8080) },
    ],
    [
      'secure websockets by an HTTPRoute',
      { websocketListener: HTTPS },
      'gateway.networking.k8s.io/v1 HTTPRoute broker-websockets',
      { parentRefs: [parent('wss')], hostnames: [host], rules: rules(8080) },
    ],
    [
      'secure websockets whose TLS the broker ends by a TLSRoute',
      { websocketListener: PASSTHROUGH, wssPort: 8443 },
      'gateway.networking.k8s.io/v1 TLSRoute broker-websockets',
      { parentRefs: [parent('through')], hostnames: [host], rules: rules(8443) },
    ],
  ])('takes %s', (_, props, name, spec) => {
    const [route, ...others] = routesOf(props);

    expect(others).toStrictEqual([]);
    expect(`${route?.apiVersion} ${route?.kind} ${route?.metadata.name}`).toBe(name);
    expect(route?.spec).toStrictEqual(spec);
  });

  it('may be for a host below that of its listener', () => {
    const websocketListener = GatewayListener.https('wss', { port: 443, host: '*.example.com' });

    const [route] = routesOf({ websocketListener, host: 'a.b.example.com' });

    expect(route?.spec.hostnames).toStrictEqual(['a.b.example.com']);
  });

  it('is v1alpha2 for TCP and TLS, and only on request: older clusters have it in the experimental channel', () => {
    const older = GatewayReference.existing({
      name: 'public',
      namespace: 'gateways',
      version: GatewayApiVersion.BEFORE_1_6,
    });

    const versions = [
      ...routesOf({ gateway: older, mqttListener: TCP, websocketListener: HTTP }),
      ...routesOf({ gateway: older, mqttListener: PASSTHROUGH, mqttsPort: 8883 }),
    ].map(({ kind, apiVersion }) => `${kind} ${apiVersion}`);

    expect(versions).toStrictEqual([
      'TCPRoute gateway.networking.k8s.io/v1alpha2',
      'HTTPRoute gateway.networking.k8s.io/v1',
      'TLSRoute gateway.networking.k8s.io/v1alpha2',
    ]);
  });

  it('leads to a broker that lets the pods of the Gateway connect', () => {
    const elsewhere = GatewayReference.existing({ name: 'a', namespace: 'b', proxyNamespace: 'envoy-gateway-system' });

    const [ours, theirs] = [gateway, elsewhere].map((gateway) =>
      JSON.stringify(findManifest(exposed({ gateway, mqttListener: TCP }), 'NetworkPolicy', 'mosquitto').spec.ingress),
    );

    expect(ours).toContain('"values":["gateways"]');
    expect(theirs).toContain('"values":["envoy-gateway-system"]');
  });

  it('declares its host, with and without TLS; plain TCP has none', () => {
    const app = new EdgeApp();
    const plain = GatewayListener.http('ws', 8080, 'plain.example.com');
    brokerIn(app, {}, 'plain').exposeThroughGateway({ gateway, mqttListener: TCP, websocketListener: plain });
    brokerIn(app, {}, 'encrypted').exposeThroughGateway({ gateway, mqttListener: TLS });

    expect(servedHosts(app)).toStrictEqual([
      { host: 'plain.example.com', tls: false, path: 'plain/gateway' },
      { host, tls: true, path: 'encrypted/gateway' },
    ]);
  });

  it('is handed out with its Gateway', () => {
    const routes = brokerIn(new EdgeApp()).exposeThroughGateway({ gateway, mqttListener: TCP });

    expect([routes.mqttRoute?.name, routes.websocketRoute, routes.gateway]).toStrictEqual([
      'mosquitto-mqtt',
      undefined,
      gateway,
    ]);
  });
});

describe('exposeThroughGateway()', () => {
  it.each([
    ['no listener', {}, '"without listeners"', 'a route attaches to a listener'],
    ['HTTP for MQTT', { mqttListener: HTTP }, '"HTTP"', 'MQTT is no HTTP'],
    ['HTTPS for MQTT', { mqttListener: HTTPS }, '"HTTPS"', 'MQTT is no HTTP'],
    ['one listener for both', { mqttListener: TCP, websocketListener: TCP }, '"mqtt"', 'mqttListener is the same'],
    [
      'a host that the listener is not for',
      { mqttListener: TLS, host: 'other.example.com' },
      '"other.example.com"',
      'listener "mqtts" is for mqtt.example.com',
    ],
    [
      'the domain of a listener for what is below',
      { websocketListener: GatewayListener.http('ws', 80, '*.example.com'), host: 'example.com' },
      '"example.com"',
      'listener "ws" is for *.example.com',
    ],
  ])('refuses %s', (_, exposure, value, rule) => {
    expectRefusal(() => exposed(exposure), { code: 'EDGE_ERR_GATEWAY_ROUTE', value, rule });
  });

  it('refuses what is no host', () => {
    expectRefusal(() => exposed({ websocketListener: HTTP, host: 'https://example.com' }), {
      code: 'EDGE_ERR_DOMAIN',
      value: '"https://example.com"',
      rule: 'only a-z',
    });
  });

  it('refuses to pass TLS to a broker without it', () => {
    expectRefusal(() => exposed({ mqttListener: PASSTHROUGH }), {
      code: 'EDGE_ERR_PASSTHROUGH',
      value: '"a GatewayListener.passthrough(..)"',
      rule: 'the broker has no listener for TLS',
    });
  });
});

describe('a broker with a certificate of its own', () => {
  const broker = (app: EdgeApp) => {
    const issuer = CertificateIssuer.clusterIssuer('ca');
    return brokerIn(app, { tls: MosquittoTls.fromCertManager(issuer, { dnsNames: [host] }) });
  };

  it('shows it where TLS is passed through, and nowhere else', () => {
    const app = new EdgeApp();

    broker(app).exposeThroughGateway({ gateway, mqttListener: PASSTHROUGH, websocketListener: HTTPS });

    expect(servedHosts(app).map(({ tls }) => tls)).toStrictEqual([false, true]);
  });

  it('is not reached by a name that the certificate does not have', () => {
    const mqttListener = GatewayListener.passthrough('through', { port: 8883, host: 'mqtt.example.org' });

    expectRefusal(() => broker(new EdgeApp()).exposeThroughGateway({ gateway, mqttListener }), {
      code: 'EDGE_ERR_HOST_CERTIFICATE',
      value: '"mqtt.example.org"',
      rule: `the broker's certificate has the names ${host}`,
    });
  });
});

it('a broker has one way through a Gateway', () => {
  const broker = brokerIn(new EdgeApp());
  broker.exposeThroughGateway({ gateway, mqttListener: TCP });

  expectRefusal(() => broker.exposeThroughGateway({ gateway, mqttListener: TLS }), {
    code: 'EDGE_ERR_DUPLICATE',
    value: '"exposeThroughGateway(..)"',
    rule: 'the broker has been given this one already',
  });
});

describe('a broker that speaks TLS only', () => {
  const broker = (app: EdgeApp) =>
    brokerIn(app, { tls: MosquittoTls.fromSecret('certificate'), plainListeners: false });

  it('is reached by passing TLS through', () => {
    const app = new EdgeApp();
    const websocketListener = GatewayListener.passthrough('wss', { port: 443, host });
    broker(app).exposeThroughGateway({ gateway, mqttListener: PASSTHROUGH, websocketListener });

    const ports = ofKind(synthesize(app), 'TLSRoute').map(({ spec }) => spec.rules[0].backendRefs[0].port);

    expect(ports).toStrictEqual([8883, 8443]);
  });

  it.each([TCP, TLS])('is not reached through a listener with plain MQTT behind: $protocol', (mqttListener) => {
    expectRefusal(() => broker(new EdgeApp()).exposeThroughGateway({ gateway, mqttListener }), {
      code: 'EDGE_ERR_BROKER_TLS',
      value: '"TLS that ends before the broker"',
      rule: 'the broker has no listener without TLS',
    });
  });
});

describe('two brokers at one listener', () => {
  function twoBrokers(north: Partial<GatewayExposure>, south: Partial<GatewayExposure>): EdgeApp {
    const app = new EdgeApp();
    for (const [name, exposure] of Object.entries({ north, south })) {
      brokerIn(app, { name, namespace: name }, name).exposeThroughGateway({ gateway, ...exposure });
    }
    return app;
  }
  const wss = GatewayListener.https('wss', { port: 443, host: '*.example.com' });

  it.each([
    ['TCP', { mqttListener: TCP }, 'for any host'],
    ['TLS that the Gateway ends', { mqttListener: TLS }, host],
    ['HTTP for one host', { websocketListener: HTTPS }, host],
    ['HTTP for any host', { websocketListener: HTTP }, 'for any host'],
  ])('are refused: %s leads to one of them only', (_, exposure, value) => {
    expectProblem(problemsOf(twoBrokers(exposure, exposure)), 'south/gateway', {
      code: 'EDGE_ERR_GATEWAY_ROUTE',
      value: `"${value}"`,
      rule: 'broker north has one for the same at listener',
    });
  });

  it('go together with different hosts', () => {
    const app = twoBrokers(
      { websocketListener: wss, host: 'a.example.com' },
      { websocketListener: wss, host: 'b.example.com' },
    );

    expect(() => synthesize(app)).not.toThrow();
  });

  it('are not at one listener when they are at different Gateways', () => {
    const other = GatewayReference.existing({ name: 'other', namespace: 'gateways' });

    expect(() => synthesize(twoBrokers({ mqttListener: TCP }, { mqttListener: TCP, gateway: other }))).not.toThrow();
  });
});

describe('GatewayReference.existing()', () => {
  const all: Required<ExistingGatewayOptions> = {
    name: 'public',
    namespace: 'gateways',
    proxyNamespace: 'istio-ingress',
    version: GatewayApiVersion.BEFORE_1_6,
  };

  it('has what it was given', () => {
    expect(GatewayReference.existing(all)).toMatchObject(all);
  });

  it.each(['name', 'namespace', 'proxyNamespace'])('refuses a %s that cannot be', (prop) => {
    expect(() => GatewayReference.existing({ ...all, [prop]: 'Bad Name' })).toThrow(
      `EDGE_ERR_NAME: GatewayReference.existing(..).${prop} is "Bad Name"`,
    );
  });
});

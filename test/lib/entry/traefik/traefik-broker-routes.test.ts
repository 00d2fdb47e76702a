import { ApiObject, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  CertificateIssuer,
  EdgeApp,
  MosquittoTls,
  TraefikBrokerRoutes,
  type TraefikBrokerRoutesProps,
  TraefikChart,
  type TraefikExposure,
  TraefikInstallation,
  TraefikTls,
  TraefikVersion,
} from '../../../../lib';
import { servedHosts } from '../../../../lib/synth/served-hosts';
import { findManifest, type Manifest, synthesize, unseenProps } from '../../../../lib/testing';
import { namesOf, ofKind } from '../../support/manifests';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';
import { brokerIn } from '../../support/stacks';

function exposed(exposure?: TraefikExposure): Manifest[] {
  const app = new EdgeApp();
  brokerIn(app).exposeThroughTraefik(exposure);
  return synthesize(app);
}

const mqttRoute = (manifests: Manifest[]) => findManifest(manifests, 'IngressRouteTCP', 'mosquitto-mqtt').spec;
const websocketRoute = (manifests: Manifest[]) => findManifest(manifests, 'IngressRoute', 'mosquitto-websockets').spec;

describe('exposeThroughTraefik() without props', () => {
  it('adds two routes in the namespace of the broker', () => {
    const routes = exposed().filter(({ kind }) => kind.startsWith('IngressRoute'));

    expect(namesOf(routes)).toStrictEqual([
      'IngressRouteTCP mosquitto/mosquitto-mqtt',
      'IngressRoute mosquitto/mosquitto-websockets',
    ]);
    expect(routes.map(({ apiVersion }) => apiVersion)).toStrictEqual(['traefik.io/v1alpha1', 'traefik.io/v1alpha1']);
  });

  it('A-4: takes every TCP connection of its own entry point: without TLS there is no host to tell', () => {
    expect(mqttRoute(exposed())).toStrictEqual({
      entryPoints: ['mqtt'],
      routes: [{ match: 'HostSNI(`*`)', services: [{ name: 'mosquitto', port: 1883 }] }],
    });
  });

  it('takes every path of every host for websockets', () => {
    expect(websocketRoute(exposed())).toStrictEqual({
      entryPoints: ['wss'],
      routes: [{ match: 'PathPrefix(`/`)', kind: 'Rule', services: [{ name: 'mosquitto', port: 8080 }] }],
    });
  });

  it("leads to ports of the broker's Service", () => {
    const manifests = exposed();

    const { spec } = findManifest(manifests, 'Service', 'mosquitto');

    const asked = [mqttRoute(manifests), websocketRoute(manifests)].map(({ routes }) => routes[0].services[0].port);
    expect(spec.ports.map(({ port }: { port: number }) => port)).toStrictEqual(asked);
  });

  it('gives the routes and the entry points to whoever wants to change them', () => {
    const { mqttRoute, websocketRoute, entryPoints } = brokerIn(new EdgeApp()).exposeThroughTraefik();

    expect([mqttRoute.name, websocketRoute?.name, entryPoints.namespace, entryPoints.helmChartConfig]).toStrictEqual([
      'mosquitto-mqtt',
      'mosquitto-websockets',
      'traefik',
      undefined,
    ]);
  });
});

describe('every way to expose a broker', () => {
  const host = 'mqtt.example.com';
  const ways: [string, TraefikExposure][] = [
    ['by Helm', {}],
    ['by k3s', { installation: TraefikInstallation.k3s() }],
    ['at a host', { host }],
    ['with a certificate of a Secret', { host, tls: TraefikTls.fromSecret('certificate') }],
    ['with a certificate of a resolver', { host, tls: TraefikTls.fromResolver('letsencrypt') }],
  ];

  it.each(ways)('A-T8: names the entry points of both routes %s', (_, exposure) => {
    const manifests = exposed(exposure);

    expect([mqttRoute(manifests).entryPoints, websocketRoute(manifests).entryPoints]).toStrictEqual([
      ['mqtt'],
      ['wss'],
    ]);
  });

  it.each(ways)('A-4, A-T8: has a server name if and only if there is TLS %s', (_, exposure) => {
    const { routes, tls } = mqttRoute(exposed(exposure));

    expect(routes[0].match).toBe(tls ? `HostSNI(\`${host}\`)` : 'HostSNI(`*`)');
    expect(tls !== undefined).toBe(exposure.tls !== undefined);
  });
});

describe('the props of exposeThroughTraefik()', () => {
  const all: Required<TraefikExposure> = {
    mqtt: 6883,
    websockets: 6884,
    mqttEntryPoint: 'mqtt-devices',
    websocketEntryPoint: 'wss-devices',
    host: 'mqtt.example.com',
    tls: TraefikTls.fromSecret('mqtt-certificate'),
    allowedSourceRanges: ['192.0.2.0/24', '2001:db8::/32'],
    maxConnectionsPerClient: 31,
    installation: TraefikInstallation.k3s(),
  };

  it('are all found in the manifests, as far as they are texts and numbers', () => {
    const { tls, installation, ...plain } = all;

    expect(unseenProps(plain, exposed(all))).toStrictEqual([]);
  });

  it('tls from a Secret counts for both routes', () => {
    const manifests = exposed(all);

    expect(mqttRoute(manifests).tls).toStrictEqual({ secretName: 'mqtt-certificate' });
    expect(websocketRoute(manifests).tls).toStrictEqual({ secretName: 'mqtt-certificate' });
  });

  it('tls from a resolver counts for both routes', () => {
    const manifests = exposed({ ...all, tls: TraefikTls.fromResolver('letsencrypt') });

    expect(mqttRoute(manifests).tls).toStrictEqual({ certResolver: 'letsencrypt' });
    expect(websocketRoute(manifests).tls).toStrictEqual({ certResolver: 'letsencrypt' });
  });

  it('host without tls limits the websockets, as plain TCP has no host', () => {
    const manifests = exposed({ host: 'mqtt.example.com' });

    expect(websocketRoute(manifests).routes[0].match).toBe('Host(`mqtt.example.com`)');
    expect(mqttRoute(manifests).routes[0].match).toBe('HostSNI(`*`)');
  });

  it('installation: k3s puts the entry points into a HelmChartConfig', () => {
    expect(namesOf(ofKind(exposed(all), 'HelmChartConfig'))).toStrictEqual(['HelmChartConfig kube-system/traefik']);
  });

  it('tls without host is refused', () => {
    expectRefusal(() => exposed({ tls: TraefikTls.fromSecret('certificate') }), {
      code: 'EDGE_ERR_TRAEFIK_TLS',
      value: 'undefined',
      rule: 'with tls Traefik chooses the certificate and the route by host',
    });
  });

  it.each([
    ['', 'begins and ends with a letter or a digit'],
    ['*.example.com', 'only a-z'],
    ['mqtt.example.com:8883', 'only a-z'],
    ['MQTT.example.com', 'only a-z'],
    ['a`)||HostSNI(`*', 'only a-z'],
    [`${'a'.repeat(64)}.example.com`, 'at most 63 characters, and this one has 64'],
    [`a.${'b'.repeat(252)}`, 'at most 253 characters, and this one has 254'],
  ])('host %j is refused', (host, rule) => {
    expectRefusal(() => exposed({ host }), { code: 'EDGE_ERR_DOMAIN', value: `"${host}"`, rule });
  });

  it('host may have a label of 63 characters', () => {
    const host = `${'a'.repeat(63)}.example.com`;

    expect(websocketRoute(exposed({ host })).routes[0].match).toBe(`Host(\`${host}\`)`);
  });

  it('tls may go with a TLSOption, for both routes', () => {
    const manifests = exposed({ ...all, tls: TraefikTls.fromSecret('a').withOptions('modern', 'traefik') });

    const tls = { secretName: 'a', options: { name: 'modern', namespace: 'traefik' } };
    expect([mqttRoute(manifests).tls, websocketRoute(manifests).tls]).toStrictEqual([tls, tls]);
  });

  it('installation: an ingress class is written on both routes, which such a Traefik ignores otherwise', () => {
    const manifests = exposed({ installation: TraefikInstallation.helm({ ingressClass: 'inner' }) });

    const routes = manifests.filter(({ kind }) => kind.startsWith('IngressRoute'));
    expect(routes.map(({ metadata }) => metadata.annotations)).toStrictEqual([
      { 'kubernetes.io/ingress.class': 'inner' },
      { 'kubernetes.io/ingress.class': 'inner' },
    ]);
  });

  it('host is declared, with and without TLS', () => {
    const app = new EdgeApp();
    brokerIn(app, {}, 'plain').exposeThroughTraefik({ host: 'a.example.com' });
    brokerIn(app, {}, 'encrypted').exposeThroughTraefik({ host: 'b.example.com', tls: TraefikTls.fromSecret('b') });

    expect(servedHosts(app)).toStrictEqual([
      { host: 'a.example.com', tls: false, path: 'plain/traefik' },
      { host: 'b.example.com', tls: true, path: 'encrypted/traefik' },
    ]);
  });

  it('mqtt and websockets may not be one port', () => {
    expectRefusal(() => exposed({ mqtt: 6000, websockets: 6000 }), {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: '6000',
      rule: 'entry point "mqtt" listens on it already',
    });
  });
});

describe('allowedSourceRanges and maxConnectionsPerClient', () => {
  const limits = { allowedSourceRanges: ['192.0.2.0/24', '2001:db8::1'], maxConnectionsPerClient: 31 };
  const middlewares = (manifests: Manifest[]) => manifests.filter(({ kind }) => kind.startsWith('Middleware'));

  it('become middlewares of both routes: who may connect first, and then how often', () => {
    const manifests = exposed(limits);

    const references = [{ name: 'mosquitto-source-ranges' }, { name: 'mosquitto-connections' }];
    expect(mqttRoute(manifests).routes[0].middlewares).toStrictEqual(references);
    expect(websocketRoute(manifests).routes[0].middlewares).toStrictEqual(references);
    expect(middlewares(manifests).map(({ kind, metadata, spec }) => [kind, metadata.name, spec])).toStrictEqual([
      ['MiddlewareTCP', 'mosquitto-source-ranges', { ipAllowList: { sourceRange: limits.allowedSourceRanges } }],
      ['Middleware', 'mosquitto-source-ranges', { ipAllowList: { sourceRange: limits.allowedSourceRanges } }],
      ['MiddlewareTCP', 'mosquitto-connections', { inFlightConn: { amount: 31 } }],
      [
        'Middleware',
        'mosquitto-connections',
        { inFlightReq: { amount: 31, sourceCriterion: { ipStrategy: { depth: 0 } } } },
      ],
    ]);
  });

  it.each([
    ['allowedSourceRanges', 'mosquitto-source-ranges'],
    ['maxConnectionsPerClient', 'mosquitto-connections'],
  ] as const)('are independent of each other: %s alone', (prop, name) => {
    const manifests = exposed({ [prop]: limits[prop] });

    expect(mqttRoute(manifests).routes[0].middlewares).toStrictEqual([{ name }]);
  });

  it('have no middleware for HTTP where TLS is passed through, and nothing is HTTP to Traefik', () => {
    const manifests = passedThrough(limits);

    expect(middlewares(manifests).map(({ kind }) => kind)).toStrictEqual(['MiddlewareTCP', 'MiddlewareTCP']);
  });

  it('are warned about: Traefik sees the addresses of nodes unless its Service is told otherwise', () => {
    const warningsWith = (installation: TraefikInstallation) => {
      const app = new EdgeApp();
      brokerIn(app).exposeThroughTraefik({ ...limits, installation });
      return app.warnings.filter((text) => text.startsWith('[broker/traefik] '));
    };
    const values = { service: { spec: { externalTrafficPolicy: 'Local' } } };

    expect(warningsWith(TraefikInstallation.helm())).toStrictEqual([
      expect.stringContaining('externalTrafficPolicy: Local'),
    ]);
    expect(warningsWith(TraefikInstallation.k3s())).toHaveLength(1);
    expect(warningsWith(TraefikInstallation.k3s({ values }))).toStrictEqual([]);
  });

  it.each([
    [[], '"[]"', 'an empty list would let nobody in'],
    [['192.0.2.0/24', 'example.com'], '"example.com"', 'begins with an IP'],
    [['192.0.2.0/33'], '"192.0.2.0/33"', 'from 0 to 32'],
  ])('refuse the ranges %j', (allowedSourceRanges, value, rule) => {
    expectRefusal(() => exposed({ allowedSourceRanges }), { code: 'EDGE_ERR_VALUE', value, rule });
  });

  it.each([0, -1, 1.5, Number.NaN])('refuse %d connections', (maxConnectionsPerClient) => {
    expectRefusal(() => exposed({ maxConnectionsPerClient }), {
      code: 'EDGE_ERR_VALUE',
      value: String(maxConnectionsPerClient),
      rule: 'a whole number of at least 1',
    });
  });
});

/** Routes to a broker with TLS listeners. */
function passedThrough(props: Partial<TraefikBrokerRoutesProps> = {}): Manifest[] {
  const app = new EdgeApp();
  new TraefikBrokerRoutes(new Chart(app, 'chart'), 'traefik', {
    name: 'mosquitto',
    namespace: 'mosquitto',
    service: 'mosquitto',
    mqttPort: 1883,
    websocketPort: 8080,
    mqttsPort: 8883,
    wssPort: 8443,
    host: 'mqtt.example.com',
    tls: TraefikTls.passthrough(),
    ...props,
  });
  return synthesize(app);
}

describe('TLS that is passed through', () => {
  it('A-3: reaches the TLS listeners of the broker by host, for websockets too', () => {
    const routes = passedThrough().map(({ kind, metadata, spec }) => [kind, metadata.name, spec]);

    const route = (entryPoint: string, port: number) => ({
      entryPoints: [entryPoint],
      routes: [{ match: 'HostSNI(`mqtt.example.com`)', services: [{ name: 'mosquitto', port }] }],
      tls: { passthrough: true },
    });
    expect(routes).toStrictEqual([
      ['IngressRouteTCP', 'mosquitto-mqtt', route('mqtt', 8883)],
      ['IngressRouteTCP', 'mosquitto-websockets', route('wss', 8443)],
    ]);
  });

  it('has no way for websockets to a broker that does not end theirs, and no entry point', () => {
    const app = new EdgeApp();
    const { websocketRoute, entryPoints } = new TraefikBrokerRoutes(new Chart(app, 'chart'), 'traefik', {
      name: 'mosquitto',
      namespace: 'mosquitto',
      service: 'mosquitto',
      mqttPort: 1883,
      websocketPort: 8080,
      mqttsPort: 8883,
      host: 'mqtt.example.com',
      tls: TraefikTls.passthrough(),
    });

    expect(websocketRoute).toBeUndefined();
    expect(entryPoints.helmValues).not.toContain('wss');
  });

  it('is how a broker is reached that speaks TLS only', () => {
    const app = new EdgeApp();
    const broker = brokerIn(app, { tls: MosquittoTls.fromSecret('certificate'), plainListeners: false });
    broker.exposeThroughTraefik({ host: 'mqtt.example.com', tls: TraefikTls.passthrough() });

    const ports = ofKind(synthesize(app), 'IngressRouteTCP').map(({ spec }) => spec.routes[0].services[0].port);

    expect(ports).toStrictEqual([8883, 8443]);
  });

  it("is held against the names of the broker's own certificate", () => {
    const tls = MosquittoTls.fromCertManager(CertificateIssuer.clusterIssuer('ca'), { dnsNames: ['*.example.com'] });
    const app = new EdgeApp();

    brokerIn(app, { tls }).exposeThroughTraefik({ host: 'mqtt.example.com', tls: TraefikTls.passthrough() });

    const path = 'broker/traefik';
    expect(servedHosts(app)).toStrictEqual([{ host: 'mqtt.example.com', tls: false, path }]);
    const other = () => brokerIn(new EdgeApp(), { tls });
    expectRefusal(() => other().exposeThroughTraefik({ host: 'mqtt.example.org', tls: TraefikTls.passthrough() }), {
      code: 'EDGE_ERR_HOST_CERTIFICATE',
      value: '"mqtt.example.org"',
      rule: "the broker's certificate has the names *.example.com, mosquitto.mosquitto.svc.cluster.local",
    });
  });

  it("is held against the app's certificates where the broker's comes from a Secret", () => {
    const app = new EdgeApp();
    const tls = MosquittoTls.fromSecret('certificate');

    brokerIn(app, { tls }).exposeThroughTraefik({ host: 'mqtt.example.com', tls: TraefikTls.passthrough() });

    expect(servedHosts(app)).toMatchObject([{ host: 'mqtt.example.com', tls: true }]);
  });

  it('is refused for a broker without TLS', () => {
    expectRefusal(() => exposed({ host: 'mqtt.example.com', tls: TraefikTls.passthrough() }), {
      code: 'EDGE_ERR_PASSTHROUGH',
      value: '"TraefikTls.passthrough()"',
      rule: 'the broker has no listener for TLS',
    });
  });
});

it('a broker has one way through Traefik', () => {
  const broker = brokerIn(new EdgeApp());
  broker.exposeThroughTraefik();

  expectRefusal(() => broker.exposeThroughTraefik({ mqtt: 6883 }), {
    code: 'EDGE_ERR_DUPLICATE',
    value: '"exposeThroughTraefik(..)"',
    rule: 'the broker has been given this one already',
  });
});

describe('Traefik 2', () => {
  const v2 = (version: TraefikVersion) => ({
    installation: TraefikInstallation.helm({ chart: TraefikChart.BEFORE_27, version }),
    allowedSourceRanges: ['192.0.2.0/24'],
  });
  const ofTraefik = (manifests: Manifest[]) => manifests.filter(({ apiVersion }) => apiVersion.startsWith('traefik.'));

  it.each([
    [TraefikVersion.V2, 'traefik.containo.us/v1alpha1'],
    [TraefikVersion.V2_10, 'traefik.io/v1alpha1'],
  ])('of version %s gets resources of %s, on request only', (version, apiVersion) => {
    const versions = ofTraefik(exposed(v2(version))).map((manifest) => manifest.apiVersion);

    expect(versions).toStrictEqual([apiVersion, apiVersion, apiVersion, apiVersion]);
  });

  it('gets its own name for a list of addresses', () => {
    const [middleware] = ofKind(exposed(v2(TraefikVersion.V2_10)), 'MiddlewareTCP');

    expect(middleware?.spec).toStrictEqual({ ipWhiteList: { sourceRange: ['192.0.2.0/24'] } });
  });

  it('A-5, A-T7: is not what anything is made for without being asked', () => {
    expect(JSON.stringify(exposed())).not.toContain('containo.us');
  });
});

describe('two routes with one match at one entry point', () => {
  const host = 'mqtt.example.com';
  const tls = () => TraefikTls.fromSecret('certificate');

  function twoBrokers(north: TraefikExposure, south: TraefikExposure): EdgeApp {
    const app = new EdgeApp();
    brokerIn(app, { name: 'north', namespace: 'north' }, 'north').exposeThroughTraefik(north);
    brokerIn(app, { name: 'south', namespace: 'south' }, 'south').exposeThroughTraefik(south);
    return app;
  }

  function withRaw(
    exposure: TraefikExposure,
    kind: string,
    spec: object,
    annotations?: Record<string, string>,
  ): EdgeApp {
    const app = new EdgeApp();
    brokerIn(app).exposeThroughTraefik(exposure);
    const metadata = { name: 'raw', namespace: 'default', annotations };
    new ApiObject(new Chart(app, 'raw'), 'route', { apiVersion: 'traefik.io/v1alpha1', kind, metadata, spec });
    return app;
  }

  const raw = (entryPoint: string, match: string, more = {}) => ({
    entryPoints: [entryPoint],
    routes: [{ match, services: [{ name: 'a', port: 1 }] }],
    ...more,
  });

  it('are refused for two brokers, once for each entry point', () => {
    const problems = problemsOf(twoBrokers({}, {}));

    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain(
      '[south/traefik] EDGE_ERR_ENTRY_POINT: a route to broker south at entry point "mqtt" is "HostSNI(`*`)", but ' +
        'north/traefik/mqtt has the same match at the same entry point',
    );
  });

  it.each([
    ['hosts', { host, tls: tls() }, { host: 'other.example.com', tls: tls() }],
    ['entry points', {}, { mqttEntryPoint: 'mqtt-2', mqtt: 6883, websocketEntryPoint: 'wss-2', websockets: 6884 }],
  ])('are not there with different %s', (_, north, south) => {
    expect(() => synthesize(twoBrokers(north, south))).not.toThrow();
  });

  it('are not there between TLS and plain connections', () => {
    const app = twoBrokers({ host: 'other.example.com' }, { host, tls: tls() });

    expect(() => synthesize(app)).not.toThrow();
  });

  it('are refused where somebody wrote one by hand, wherever it is in the app', () => {
    expectProblem(
      problemsOf(withRaw({ host, tls: tls() }, 'IngressRouteTCP', raw('mqtt', `HostSNI(\`${host}\`)`, { tls: {} }))),
      'broker/traefik',
      {
        code: 'EDGE_ERR_ENTRY_POINT',
        value: `"HostSNI(\`${host}\`)"`,
        rule: 'raw/route has the same match at the same entry point',
      },
    );
  });

  it('are refused where one takes every connection before Traefik looks for HTTP', () => {
    expectProblem(problemsOf(withRaw({ host }, 'IngressRouteTCP', raw('wss', 'HostSNI(`*`)'))), 'broker/traefik', {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: `"Host(\`${host}\`)"`,
      rule: 'raw/route takes every connection of this entry point',
    });
    expectProblem(problemsOf(withRaw({}, 'IngressRoute', raw('mqtt', 'PathPrefix(`/`)'))), 'broker/traefik', {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: '"HostSNI(`*`)"',
      rule: 'raw/route is HTTP at the same entry point',
    });
  });

  it('are not there where Traefiks are told different classes', () => {
    const annotations = { 'kubernetes.io/ingress.class': 'other' };

    expect(() => synthesize(withRaw({}, 'IngressRouteTCP', raw('mqtt', 'HostSNI(`*`)'), annotations))).not.toThrow();
  });

  it('are not looked for in objects of other groups', () => {
    const app = new EdgeApp();
    brokerIn(app).exposeThroughTraefik();
    new ApiObject(new Chart(app, 'raw'), 'route', {
      apiVersion: 'example.com/v1',
      kind: 'IngressRouteTCP',
      metadata: { name: 'raw' },
      spec: raw('mqtt', 'HostSNI(`*`)'),
    });

    expect(() => synthesize(app)).not.toThrow();
  });
});

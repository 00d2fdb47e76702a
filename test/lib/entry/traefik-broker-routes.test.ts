import { describe, expect, it } from 'vitest';
import { EdgeApp, type TraefikExposure, TraefikInstallation, TraefikTls } from '../../../lib';
import { findManifest, type Manifest, synthesize, unseenProps } from '../../../lib/testing';
import { namesOf, ofKind } from '../support/manifests';
import { expectRefusal } from '../support/refusals';
import { brokerIn } from '../support/stacks';

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

  it('takes every TCP connection of its own entry point: without TLS there is no host to tell', () => {
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

    expect([mqttRoute.name, websocketRoute.name, entryPoints.namespace, entryPoints.helmChartConfig]).toStrictEqual([
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

  it.each(ways)('names the entry points of both routes %s', (_, exposure) => {
    const manifests = exposed(exposure);

    expect([mqttRoute(manifests).entryPoints, websocketRoute(manifests).entryPoints]).toStrictEqual([
      ['mqtt'],
      ['wss'],
    ]);
  });

  it.each(ways)('has a server name if and only if there is TLS %s', (_, exposure) => {
    const { routes, tls } = mqttRoute(exposed(exposure));

    expect(routes[0].match).toBe(tls ? `HostSNI(\`${host}\`)` : 'HostSNI(`*`)');
    expect(tls !== undefined).toBe(exposure.tls !== undefined);
  });
});

describe('the props of exposeThroughTraefik()', () => {
  const all: Required<TraefikExposure> = {
    mqtt: 6883,
    websockets: 6884,
    host: 'mqtt.example.com',
    tls: TraefikTls.fromSecret('mqtt-certificate'),
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

  it('mqtt and websockets may not be one port', () => {
    expectRefusal(() => exposed({ mqtt: 6000, websockets: 6000 }), {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: '6000',
      rule: 'entry point "mqtt" listens on it already',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseBridgeConfig } from '../../../bridge';
import {
  BridgeCode,
  CertificateAuthority,
  CertificateIssuer,
  Credentials,
  EdgeApp,
  type MosquittoProps,
  MosquittoTls,
  MosquittoVersion,
  TraefikTls,
} from '../../../lib';
import { synthesize } from '../../../lib/testing';
import { manifestOf, ofKind } from '../support/manifests';
import { portNames, probedPorts } from '../support/pods';
import { expectRefusal } from '../support/refusals';
import { BRIDGE_IMAGE, brokerIn, irisStack } from '../support/stacks';

const ISSUER = CertificateIssuer.clusterIssuer('company-ca');
const tls = MosquittoTls.fromSecret('broker-tls');
const clientCertificates = CertificateAuthority.fromSecret('devices');

function withBroker(props: MosquittoProps) {
  const app = new EdgeApp();
  return { app, broker: brokerIn(app, props) };
}

describe('a broker with a certificate from a Secret', () => {
  it('A-3 has ports for TLS, and tells where they are', () => {
    const { mqttPort, mqttUrl, websocketUrl, mqttsPort, mqttsUrl, wssPort, wssUrl, clientCertificatePort } = withBroker(
      {
        tls,
        clientCertificates,
      },
    ).broker;

    const host = 'mosquitto.mosquitto.svc.cluster.local';
    expect({
      mqttPort,
      mqttUrl,
      websocketUrl,
      mqttsPort,
      mqttsUrl,
      wssPort,
      wssUrl,
      clientCertificatePort,
    }).toStrictEqual({
      mqttPort: 1883,
      mqttUrl: `mqtt://${host}:1883`,
      websocketUrl: `ws://${host}:8080`,
      mqttsPort: 8883,
      mqttsUrl: `mqtts://${host}:8883`,
      wssPort: 8443,
      wssUrl: `wss://${host}:8443`,
      clientCertificatePort: 8884,
    });
  });

  it('sends everybody to TLS when that is all there is', () => {
    const { mqttPort, websocketPort, mqttUrl, mqttsUrl, websocketUrl, wssUrl } = withBroker({
      tls,
      plainListeners: false,
    }).broker;

    expect([mqttPort, websocketPort, mqttUrl, websocketUrl]).toStrictEqual([8883, 8443, mqttsUrl, wssUrl]);
  });

  it('has none of that without TLS', () => {
    const { mqttsPort, mqttsUrl, wssPort, wssUrl, clientCertificatePort, trust, certificate } = withBroker({}).broker;

    expect([mqttsPort, mqttsUrl, wssPort, wssUrl, clientCertificatePort, trust, certificate]).toStrictEqual(
      Array(7).fill(undefined),
    );
  });

  it.each([
    [true, ['mqtt 1883', 'websockets 8080', 'mqtts 8883', 'wss 8443', 'mqtts-cert 8884']],
    [false, ['mqtts 8883', 'wss 8443', 'mqtts-cert 8884']],
  ])(
    'has them at its Service, in its pod, in its NetworkPolicy, and is probed at one (plain: %s)',
    (plainListeners, ports) => {
      const { app, broker } = withBroker({ tls, clientCertificates, plainListeners });
      broker.allowConnectionsFrom('devices');

      const pod = manifestOf(app, 'StatefulSet', 'mosquitto');
      const served: { name: string; port: number; targetPort: string }[] = manifestOf(app, 'Service', 'mosquitto').spec
        .ports;

      const names = ports.map((port) => port.split(' ')[0]);
      expect(served.map(({ name, port }) => `${name} ${port}`)).toStrictEqual(ports);
      expect(served.map(({ targetPort }) => targetPort)).toStrictEqual(names);
      expect(portNames(pod)).toStrictEqual(names);
      expect(new Set(probedPorts(pod).map(([, port]) => port))).toStrictEqual(new Set([names[0]]));
      expect(
        manifestOf(app, 'NetworkPolicy', 'mosquitto').spec.ingress[0].ports.map(({ port }: { port: string }) => port),
      ).toStrictEqual(names);
    },
  );

  it('mounts certificate and key, and the authority of its clients, for all that read them', () => {
    const { app } = withBroker({ tls, clientCertificates });
    const { volumes, initContainers, containers } = manifestOf(app, 'StatefulSet', 'mosquitto').spec.template.spec;

    const items = ['tls.crt', 'tls.key'].map((key) => ({ key, path: key }));
    expect(volumes).toContainEqual({
      name: 'tls',
      projected: { defaultMode: 0o440, sources: [{ secret: { name: 'broker-tls', items } }] },
    });
    expect(volumes).toContainEqual({
      name: 'client-authority',
      projected: {
        defaultMode: 0o440,
        sources: [{ secret: { name: 'devices', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }],
      },
    });
    for (const { volumeMounts } of [...initContainers, ...containers]) {
      expect(volumeMounts).toContainEqual({ name: 'tls', mountPath: '/mosquitto/tls', readOnly: true });
    }
  });

  it('refuses a Secret that cannot be, and a serverName that is none', () => {
    expectRefusal(() => MosquittoTls.fromSecret('No Secret'), {
      code: 'EDGE_ERR_NAME',
      value: '"No Secret"',
      rule: 'a name has only',
    });
    expectRefusal(() => MosquittoTls.fromSecret('a', { serverName: 'https://a.example' }), {
      code: 'EDGE_ERR_DOMAIN',
      value: '"https://a.example"',
      rule: '',
    });
  });
});

describe('a broker with a certificate from cert-manager', () => {
  it('asks for one with the names of its Service, and trusts whom the issuer names', () => {
    const { app, broker } = withBroker({ name: 'hub', tls: MosquittoTls.fromCertManager(ISSUER) });

    expect(manifestOf(app, 'Certificate', 'hub-tls').spec).toStrictEqual({
      secretName: 'hub-tls',
      issuerRef: { name: 'company-ca', kind: 'ClusterIssuer', group: 'cert-manager.io' },
      dnsNames: ['hub.mosquitto.svc.cluster.local', 'hub.mosquitto.svc', 'hub.mosquitto'],
      privateKey: { rotationPolicy: 'Always' },
    });
    expect(broker.trust?.authority._source('f')).toStrictEqual({
      secret: { name: 'hub-tls', items: [{ key: 'ca.crt', path: 'f' }] },
    });
    expect(broker.certificate?.name).toBe('hub-tls');
  });

  it('asks for the names of devices too, each once', () => {
    const names = ['mqtt.example.com', '*.sites.example.com', 'mosquitto.mosquitto.svc'];
    const { app } = withBroker({ tls: MosquittoTls.fromCertManager(ISSUER, { dnsNames: names }) });

    expect(manifestOf(app, 'Certificate', 'mosquitto-tls').spec.dnsNames).toStrictEqual([
      ...names,
      'mosquitto.mosquitto.svc.cluster.local',
      'mosquitto.mosquitto',
    ]);
  });

  it('asks a public authority for public names only, and its clients know it by one of them', () => {
    const options = { dnsNames: ['*.example.com', 'mqtt.example.com'], authority: CertificateAuthority.PUBLIC };
    const { app, broker } = withBroker({ tls: MosquittoTls.fromCertManager(ISSUER, options) });

    expect(manifestOf(app, 'Certificate', 'mosquitto-tls').spec.dnsNames).toStrictEqual(options.dnsNames);
    expect(broker.trust).toStrictEqual({ authority: CertificateAuthority.PUBLIC, serverName: 'mqtt.example.com' });
  });

  it.each([[[]], [['*.example.com']]])('needs a name for that, which %j is not', (dnsNames) => {
    expectRefusal(() => MosquittoTls.fromCertManager(ISSUER, { dnsNames, authority: CertificateAuthority.PUBLIC }), {
      code: 'EDGE_ERR_BROKER_TLS',
      value: `"${dnsNames.join(', ')}"`,
      rule: 'a public authority signs no names of a cluster',
    });
  });

  it('refuses a name that is none', () => {
    expectRefusal(() => MosquittoTls.fromCertManager(ISSUER, { dnsNames: ['mqtt:8883'] }), {
      code: 'EDGE_ERR_DOMAIN',
      value: '"mqtt:8883"',
      rule: '',
    });
  });
});

describe('a broker refuses', () => {
  it.each<[string, MosquittoProps, string, string]>([
    ['to have no listener', { plainListeners: false }, 'false', 'there would be no listener left'],
    ['certificates of clients without its own', { clientCertificates }, '"set"', 'the broker needs its own'],
    [
      'clients of any public authority',
      { tls, clientCertificates: CertificateAuthority.PUBLIC },
      '"CertificateAuthority.PUBLIC"',
      'for anybody, under any name',
    ],
    [
      'TLS 1.3 where 2.0 would take less for websockets',
      { tls: MosquittoTls.fromSecret('a', { minimumVersion: 'TLSv1.3' }) },
      '"TLSv1.3"',
      'takes TLS 1.2 from secure websockets all the same',
    ],
  ])('%s', (_, props, value, rule) => {
    expectRefusal(() => withBroker(props), { code: 'EDGE_ERR_BROKER_TLS', value, rule });
  });

  it('takes TLS 1.3 with 2.1', () => {
    const strict = MosquittoTls.fromSecret('a', { minimumVersion: 'TLSv1.3' });

    expect(() => withBroker({ tls: strict, version: MosquittoVersion.V2_1 })).not.toThrow();
  });

  it('a user with a certificate, if it asks for none', () => {
    expectRefusal(() => withBroker({ tls }).broker.addUser('scanner', Credentials.fromCertificate()), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"Credentials.fromCertificate()"',
      rule: 'no listener for clients with certificates',
    });
  });

  it('TLS that Traefik ends, if it has no listener without', () => {
    const { broker } = withBroker({ tls, plainListeners: false });

    expectRefusal(() => broker.exposeThroughTraefik({ host: 'a.example', tls: TraefikTls.fromSecret('a') }), {
      code: 'EDGE_ERR_BROKER_TLS',
      value: '"TLS that ends before the broker"',
      rule: 'no listener without TLS',
    });
  });

  it('not TLS that Traefik passes through', () => {
    const { broker } = withBroker({ tls, plainListeners: false });

    expect(() => broker.exposeThroughTraefik({ host: 'a.example', tls: TraefikTls.passthrough() })).not.toThrow();
  });
});

describe('a user with a certificate', () => {
  it('has rights, and no line in the password file', () => {
    const { app, broker } = withBroker({ tls, clientCertificates });
    broker.addUser('scanner', Credentials.fromCertificate()).allowPublish('in');

    expect(manifestOf(app, 'ConfigMap', 'mosquitto-config').data.acl).toBe('user scanner\ntopic write in\n');
    expect(manifestOf(app, 'Secret', 'mosquitto-users').stringData).toStrictEqual({ passwd: '' });
  });
});

describe('a bridge of a broker with TLS', () => {
  const bridgeOf = (props: MosquittoProps) => {
    const app = new EdgeApp();
    irisStack({}, { broker: brokerIn(app, props), code: BridgeCode.fromImage(BRIDGE_IMAGE) }, app);
    return {
      app,
      config: parseBridgeConfig(parse(manifestOf(app, 'ConfigMap', 'bridge-config').data['bridge.yaml'])).broker,
      pod: manifestOf(app, 'StatefulSet', 'bridge').spec.template.spec,
    };
  };

  it('connects without, as long as there is a way', () => {
    const { config } = bridgeOf({ tls });

    expect([config.url, config.tls]).toStrictEqual(['mqtt://mosquitto.mosquitto.svc.cluster.local:1883', undefined]);
  });

  it('connects with it otherwise, and trusts whom the broker trusts', () => {
    const { config, pod, app } = bridgeOf({ tls: MosquittoTls.fromCertManager(ISSUER), plainListeners: false });

    expect([config.url, config.tls]).toStrictEqual([
      'mqtts://mosquitto.mosquitto.svc.cluster.local:8883',
      { caFile: '/var/run/broker-authority/ca.crt' },
    ]);
    expect(pod.volumes).toContainEqual({
      name: 'broker-authority',
      projected: {
        defaultMode: 0o440,
        sources: [{ secret: { name: 'mosquitto-tls', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }],
      },
    });
    expect(pod.containers[0].volumeMounts).toContainEqual({
      name: 'broker-authority',
      mountPath: '/var/run/broker-authority',
      readOnly: true,
    });
    const ports = ofKind(synthesize(app), 'NetworkPolicy')
      .filter(({ metadata }) => metadata.name === 'bridge')
      .flatMap(({ spec }) => spec.egress.flatMap((rule: { ports?: { port: number }[] }) => rule.ports ?? []));
    expect(ports).toContainEqual({ port: 8883, protocol: 'TCP' });
  });

  it('needs no file for a public authority, and asks for the name of the certificate', () => {
    const secret = MosquittoTls.fromSecret('broker-tls', { serverName: 'mqtt.example.com' });
    const { config, pod } = bridgeOf({ tls: secret, plainListeners: false });

    expect(config.tls).toStrictEqual({ serverName: 'mqtt.example.com' });
    expect(JSON.stringify(pod)).not.toContain('broker-authority');
  });

  it('does not log in with a certificate', () => {
    const app = new EdgeApp();
    const broker = brokerIn(app, { tls, clientCertificates });

    expectRefusal(() => irisStack({}, { broker, credentials: Credentials.fromCertificate() }, app), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"Credentials.fromCertificate()"',
      rule: 'a bridge logs in with a password',
    });
  });
});

import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  BridgeCode,
  BridgeScaling,
  CertificateAuthority,
  CertificateIssuer,
  ClientCertificates,
  EdgeApp,
  InferenceBridge,
  type InferenceBridgeProps,
  MqttQos,
  type RabbitMq,
  type RabbitMqProps,
  RabbitMqTls,
  RetainedRequests,
  TraefikTls,
} from '../../../../lib';
import { findManifest, synthesize } from '../../../../lib/testing';
import { rabbitIn, userOf } from '../../support/rabbitmq';
import { expectRefusal } from '../../support/refusals';
import { BRIDGE_IMAGE, IRIS, platformIn } from '../../support/stacks';

const PLAIN: Partial<RabbitMqProps> = { mqtt: { plaintext: true } };

function bridgeOn(broker: RabbitMq, app: EdgeApp, props: Partial<InferenceBridgeProps> = {}) {
  const iris = platformIn(app).addModel('iris', IRIS);
  const camera = userOf(broker, 'camera');
  const bridge = new InferenceBridge(app, 'bridge', { code: BridgeCode.fromImage(BRIDGE_IMAGE), ...props, broker });
  return { bridge, iris, camera };
}

function stack(broker: Partial<RabbitMqProps> = PLAIN, props: Partial<InferenceBridgeProps> = {}) {
  const app = new EdgeApp();
  const rabbit = rabbitIn(app, broker);
  return { app, rabbit, ...bridgeOn(rabbit, app, props) };
}

const configOf = (app: EdgeApp) =>
  parse(findManifest(synthesize(app), 'ConfigMap', 'bridge-config').data['bridge.yaml']);
const accessOf = (app: EdgeApp) =>
  JSON.parse(findManifest(synthesize(app), 'Secret', 'rabbitmq-access').stringData['access.json']);

describe('a bridge at a RabbitMq with MQTT', () => {
  it('connects to it as it would to a Mosquitto, and is told of no topic that RabbitMQ has not', () => {
    const { app, bridge, iris, camera } = stack();
    bridge.addRoute({ model: iris, clients: [camera] });

    expect(configOf(app).broker).toStrictEqual({
      url: 'mqtt://rabbitmq.rabbitmq.svc.cluster.local:1883',
      clientId: 'rabbitmq/bridge',
      username: 'bridge',
      passwordFile: '/var/run/bridge-credentials/password',
      maxPacketBytes: 16_777_216,
    });
  });

  it('may use its own session, take requests and answer them; its client the other way round', () => {
    const { app, bridge, iris, camera } = stack();
    bridge.addRoute({ model: iris, clients: [camera] });

    const { permissions, topic_permissions } = accessOf(app);
    const session = 'mqtt-subscription-rabbitmq/bridge';
    expect(permissions[0]).toStrictEqual({
      user: 'bridge',
      vhost: '/',
      configure: `^(${session}/.*qos[01]|${session}qos[01]|mqtt-will-rabbitmq/bridge|mqtt-will-rabbitmq/bridge/.*)$`,
      write: `^(amq\\.topic|${session}/.*qos[01]|${session}qos[01])$`,
      read: `^(amq\\.topic|${session}/.*qos[01]|${session}qos[01]|mqtt-will-rabbitmq/bridge|mqtt-will-rabbitmq/bridge/.*)$`,
    });
    expect(topic_permissions).toStrictEqual([
      {
        user: 'bridge',
        vhost: '/',
        exchange: 'amq.topic',
        write: '^(staging\\.iris\\.dead-letter|staging\\.iris\\.output|staging\\.iris\\.output\\.[^.#]*)$',
        read: '^(staging\\.iris\\.input)$',
      },
      {
        user: 'camera',
        vhost: '/',
        exchange: 'amq.topic',
        write: '^(staging\\.iris\\.input)$',
        read: '^(staging\\.iris\\.output|staging\\.iris\\.output\\.camera)$',
      },
    ]);
  });

  it('is handed as many requests at a time as its window has room for', () => {
    const { app, bridge, iris, camera } = stack(PLAIN, { window: 333 });
    bridge.addRoute({ model: iris, clients: [camera] });

    expect(findManifest(synthesize(app), 'ConfigMap', 'rabbitmq-config').data['rabbitmq.conf']).toContain(
      'mqtt.prefetch = 333\n',
    );
  });

  it('is let in by the network policies of both', () => {
    const { app, bridge, iris, camera } = stack();
    bridge.addRoute({ model: iris, clients: [camera] });
    const manifests = synthesize(app);

    const [fromClients] = findManifest(manifests, 'NetworkPolicy', 'rabbitmq').spec.ingress;
    expect(fromClients.from[0].podSelector.matchLabels['app.kubernetes.io/name']).toBe('inference-bridge');
    const [, toBroker] = findManifest(manifests, 'NetworkPolicy', 'bridge').spec.egress;
    expect(toBroker.ports).toStrictEqual([{ port: 1883, protocol: 'TCP' }]);
    expect(toBroker.to[0].podSelector.matchLabels['app.kubernetes.io/name']).toBe('rabbitmq');
  });
});

describe('a bridge at a RabbitMq that asks for certificates', () => {
  const certified = (tls: RabbitMqTls, props: Partial<InferenceBridgeProps> = {}) => {
    const found = stack({ tls, mqtt: {} }, props);
    found.bridge.addRoute({ model: found.iris, clients: [found.camera] });
    return found;
  };

  it('gets one from the issuer of the broker, with its name, and shows it', () => {
    const { app, bridge } = certified(RabbitMqTls.fromCertManager(CertificateIssuer.issuer('ca')));
    const manifests = synthesize(app);

    expect(bridge.clientCertificate?.name).toBe('bridge-client-tls');
    expect(findManifest(manifests, 'Certificate', 'bridge-client-tls').spec).toStrictEqual({
      secretName: 'bridge-client-tls',
      issuerRef: { name: 'ca', kind: 'Issuer', group: 'cert-manager.io' },
      commonName: 'bridge',
      dnsNames: ['bridge.rabbitmq'],
      privateKey: { rotationPolicy: 'Always' },
    });
    expect(configOf(app).broker).toMatchObject({
      url: 'mqtts://rabbitmq.rabbitmq.svc.cluster.local:8883',
      tls: {
        caFile: '/var/run/broker-authority/ca.crt',
        certFile: '/var/run/broker-certificate/tls.crt',
        keyFile: '/var/run/broker-certificate/tls.key',
      },
    });
    const { volumes } = findManifest(manifests, 'StatefulSet', 'bridge').spec.template.spec;
    expect(volumes).toContainEqual({
      name: 'broker-certificate',
      projected: {
        defaultMode: 0o440,
        sources: [
          {
            secret: {
              name: 'bridge-client-tls',
              items: [
                { key: 'tls.crt', path: 'tls.crt' },
                { key: 'tls.key', path: 'tls.key' },
              ],
            },
          },
        ],
      },
    });
  });

  it('looks for a Secret of that name where somebody else makes certificates', () => {
    const { app, bridge } = certified(
      RabbitMqTls.fromSecret('broker', { authority: CertificateAuthority.fromSecret('company') }),
    );

    expect(bridge.clientCertificate).toBeUndefined();
    expect(JSON.stringify(findManifest(synthesize(app), 'StatefulSet', 'bridge'))).toContain('"bridge-client-tls"');
  });

  it('is refused in a namespace where the issuer of the broker signs nothing', () => {
    const tls = RabbitMqTls.fromCertManager(CertificateIssuer.issuer('ca'));

    expectRefusal(() => certified(tls, { namespace: 'elsewhere' }), {
      code: 'EDGE_ERR_BROKER_TLS',
      value: '"ca"',
      rule: 'its own namespace only',
    });
  });

  it('shows none where nobody has to', () => {
    const { app, bridge, iris, camera } = stack({ mqtt: {}, clientCertificates: ClientCertificates.optional() });
    bridge.addRoute({ model: iris, clients: [camera] });

    expect(Object.keys(configOf(app).broker.tls)).toStrictEqual(['caFile']);
  });
});

describe("what RabbitMQ's MQTT plugin cannot do is refused:", () => {
  it('several pods of one bridge, which would each get every request', () => {
    expectRefusal(() => stack(PLAIN, { scaling: BridgeScaling.fixed(2) }), {
      code: 'EDGE_ERR_BROKER_FEATURE',
      value: '"bridge"',
      rule: 'no shared subscriptions',
    });
  });

  it('the quality of service 2', () => {
    for (const options of [{ requestQos: MqttQos.EXACTLY_ONCE }, { replyQos: MqttQos.EXACTLY_ONCE }]) {
      const { bridge, iris, camera } = stack();

      expectRefusal(() => bridge.addRoute({ model: iris, clients: [camera], ...options }), {
        code: 'EDGE_ERR_BROKER_FEATURE',
        value: '2',
        rule: '0 and 1',
      });
    }
  });

  it('retained messages as requests', () => {
    const { bridge, iris, camera } = stack();

    expectRefusal(() => bridge.addRoute({ model: iris, clients: [camera], retained: RetainedRequests.PROCESS }), {
      code: 'EDGE_ERR_BROKER_FEATURE',
      value: '"process"',
      rule: 'each node',
    });
  });

  it('a topic with a dot', () => {
    const { bridge, iris, camera } = stack();

    expectRefusal(() => bridge.addRoute({ model: iris, clients: [camera], requestTopic: 'v1.2/in' }), {
      code: 'EDGE_ERR_BROKER_FEATURE',
      value: '"v1.2/in"',
      rule: 'a dot',
    });
  });

  it('a model that is slower than the broker is patient', () => {
    const patience = { ...PLAIN, consumerTimeout: Duration.seconds(120) };
    const route = (seconds: number) => {
      const { bridge, iris, camera } = stack(patience);
      bridge.addRoute({ model: iris, clients: [camera], timeout: Duration.seconds(seconds) });
    };

    expectRefusal(() => route(61), {
      code: 'EDGE_ERR_TIMEOUT',
      value: '"61 s"',
      rule: 'within 120 s',
    });
    expect(() => route(60)).not.toThrow();
  });

  it('MQTT itself, where the broker speaks none', () => {
    for (const use of [
      () => stack({}),
      () => rabbitIn(new EdgeApp()).mqttUrl,
      () => rabbitIn(new EdgeApp()).exposeThroughTraefik(),
    ]) {
      expectRefusal(use, { code: 'EDGE_ERR_BROKER_FEATURE', value: '"AMQP only"', rule: 'MQTT is asked' });
    }
  });
});

describe('a RabbitMq with MQTT behind Traefik', () => {
  it('is reached at its plain listeners, or at those with TLS where TLS is passed through', () => {
    const app = new EdgeApp();
    rabbitIn(app, PLAIN).exposeThroughTraefik({ mqtt: 5_883, websockets: 5_884 });
    rabbitIn(app, { mqtt: {}, name: 'hub', namespace: 'hub' }, 'hub').exposeThroughTraefik({
      host: 'mqtt.example.com',
      tls: TraefikTls.passthrough(),
      mqttEntryPoint: 'mqtts',
      mqtt: 8_883,
      websockets: 8_884,
      websocketEntryPoint: 'wss-hub',
    });

    const ports = synthesize(app)
      .filter(({ kind }) => kind === 'IngressRouteTCP')
      .flatMap(({ spec }) => spec.routes.flatMap((route: { services: { port: number }[] }) => route.services))
      .map(({ port }) => port);
    expect(ports).toStrictEqual([1883, 8883, 15_676]);
  });
});

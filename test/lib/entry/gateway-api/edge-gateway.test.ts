import { Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  EdgeApp,
  EdgeGateway,
  type EdgeGatewayProps,
  GatewayApiVersion,
  GatewayBrokerRoutes,
  type GatewayExposure,
  GatewayListener,
} from '../../../../lib';
import { findManifest, synthesize, unseenProps } from '../../../../lib/testing';
import { namesOf, ofKind } from '../../support/manifests';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';

const PLAIN = GatewayListener.tcp('mqtt', 1883);
const at = (host: string, secretNamespace?: string) =>
  GatewayListener.tls(`mqtts-${host.split('.')[0]}`, { port: 8883, host, secretName: 'certificate', secretNamespace });

function expose(app: EdgeApp, namespace: string, exposure: GatewayExposure): void {
  new GatewayBrokerRoutes(new Chart(app, namespace), 'gateway', {
    name: 'broker',
    namespace,
    service: 'broker',
    mqttPort: 1883,
    websocketPort: 8080,
    ...exposure,
  });
}

/** A Gateway through which the brokers of some namespaces are exposed. */
function gatewayWith(listeners: Record<string, GatewayListener>, props: Partial<EdgeGatewayProps> = {}): EdgeApp {
  const app = new EdgeApp();
  const { reference } = new EdgeGateway(app, 'gateway', { className: 'istio', ...props });
  for (const [namespace, mqttListener] of Object.entries(listeners)) {
    expose(app, namespace, { gateway: reference, mqttListener });
  }
  return app;
}

function listenersOf(app: EdgeApp) {
  return ofKind(synthesize(app), 'Gateway')[0]?.spec.listeners;
}

describe('an EdgeGateway', () => {
  it('is a namespace and a Gateway', () => {
    const manifests = synthesize(gatewayWith({ north: PLAIN }));

    expect(namesOf(manifests).slice(0, 2)).toStrictEqual(['Namespace -/gateways', 'Gateway gateways/edge-gateway']);
    expect(findManifest(manifests, 'Gateway', 'edge-gateway').spec).toStrictEqual({
      gatewayClassName: 'istio',
      listeners: [
        {
          name: 'mqtt',
          port: 1883,
          protocol: 'TCP',
          allowedRoutes: {
            namespaces: {
              from: 'Selector',
              selector: {
                matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['north'] }],
              },
            },
            kinds: [{ group: 'gateway.networking.k8s.io', kind: 'TCPRoute' }],
          },
        },
      ],
    });
  });

  it('lets its own namespace attach where nobody else asks', () => {
    const [{ allowedRoutes }] = listenersOf(gatewayWith({ gateways: PLAIN }, { createNamespace: false }));

    expect(allowedRoutes.namespaces).toStrictEqual({ from: 'Same' });
  });

  it('ends TLS with the certificate of each host', () => {
    const [north, south] = listenersOf(gatewayWith({ a: at('north.example.com'), b: at('south.example.com') }));

    expect([north.hostname, south.hostname]).toStrictEqual(['north.example.com', 'south.example.com']);
    expect(north.tls).toStrictEqual({
      mode: 'Terminate',
      certificateRefs: [{ kind: 'Secret', name: 'certificate', namespace: 'gateways' }],
    });
  });

  it('passes TLS through', () => {
    const app = new EdgeApp();
    const { reference } = new EdgeGateway(app, 'gateway', { className: 'istio' });
    const mqttListener = GatewayListener.passthrough('mqtts', { port: 8883, host: 'mqtt.example.com' });
    new GatewayBrokerRoutes(new Chart(app, 'chart'), 'gateway', {
      name: 'broker',
      namespace: 'broker',
      service: 'broker',
      mqttPort: 1883,
      websocketPort: 8080,
      mqttsPort: 8883,
      gateway: reference,
      mqttListener,
    });

    const [{ tls, allowedRoutes }] = listenersOf(app);

    expect([tls, allowedRoutes.kinds[0].kind]).toStrictEqual([{ mode: 'Passthrough' }, 'TLSRoute']);
  });

  it('opens a listener once for all who share it, and lets all of them attach', () => {
    const app = new EdgeApp();
    const { reference: gateway } = new EdgeGateway(app, 'gateway', { className: 'istio' });
    const websocketListener = GatewayListener.https('wss', {
      port: 443,
      host: '*.example.com',
      secretName: 'wildcard',
    });
    for (const name of ['north', 'south']) {
      expose(app, name, { gateway, websocketListener, host: `${name}.example.com` });
    }

    const listeners = listenersOf(app);

    expect(listeners).toHaveLength(1);
    expect(listeners[0].allowedRoutes.namespaces.selector.matchExpressions[0].values).toStrictEqual(['north', 'south']);
  });

  it('is granted the certificates of other namespaces, and these only', () => {
    const app = gatewayWith({
      a: at('a.example.com', 'certs'),
      b: at('b.example.com', 'certs'),
      c: at('c.example.com'),
    });

    const [grant, ...others] = ofKind(synthesize(app), 'ReferenceGrant');

    expect(others).toStrictEqual([]);
    expect([grant?.metadata, grant?.spec]).toStrictEqual([
      { name: 'gateways-edge-gateway', namespace: 'certs' },
      {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'gateways' }],
        to: [{ group: '', kind: 'Secret', name: 'certificate' }],
      },
    ]);
  });

  it('needs no grant for certificates of its own namespace, also where it is named', () => {
    expect(ofKind(synthesize(gatewayWith({ a: at('a.example.com', 'gateways') })), 'ReferenceGrant')).toStrictEqual([]);
  });

  it('refuses to end TLS without a certificate', () => {
    const listener = GatewayListener.tls('mqtts', { port: 8883, host: 'mqtt.example.com' });

    expectRefusal(() => gatewayWith({ north: listener }), {
      code: 'EDGE_ERR_GATEWAY_LISTENER',
      value: 'undefined',
      rule: 'ends TLS with a certificate',
    });
  });

  it('refuses listeners that exclude each other, of whomever they are', () => {
    expectProblem(problemsOf(gatewayWith({ a: PLAIN, b: GatewayListener.tcp('other', 1883) })), 'gateway', {
      code: 'EDGE_ERR_GATEWAY_LISTENER',
      value: '"other"',
      rule: 'listener "mqtt" takes the same at the same port',
    });
  });

  it('refuses to be without listeners, which the API server does not take', () => {
    expectProblem(problemsOf(gatewayWith({})), 'gateway', {
      code: 'EDGE_ERR_GATEWAY_LISTENER',
      value: '"[]"',
      rule: 'a Gateway has at least one',
    });
  });
});

describe('the props of an EdgeGateway', () => {
  const all: Required<EdgeGatewayProps> = {
    className: 'eg',
    namespace: 'edge',
    createNamespace: true,
    name: 'devices',
    proxyNamespace: 'envoy-gateway-system',
    version: GatewayApiVersion.BEFORE_1_6,
  };

  it('are all found in the manifests, or with those who connect through it', () => {
    const { createNamespace, proxyNamespace, ...plain } = all;
    const { reference } = new EdgeGateway(new EdgeApp(), 'gateway', all);

    expect(unseenProps(plain, synthesize(gatewayWith({ north: PLAIN }, all)))).toStrictEqual([]);
    expect([reference.name, reference.namespace, reference.proxyNamespace, reference.version]).toStrictEqual([
      'devices',
      'edge',
      proxyNamespace,
      'v1alpha2',
    ]);
  });

  it('createNamespace: false leaves the namespace to others', () => {
    const names = namesOf(synthesize(gatewayWith({ north: PLAIN }, { createNamespace: false })));

    expect(names).not.toContain('Namespace -/gateways');
  });

  it('proxyNamespace: is that of the Gateway unless told otherwise', () => {
    const { reference } = new EdgeGateway(new EdgeApp(), 'gateway', { className: 'istio', namespace: 'edge' });

    expect(reference.proxyNamespace).toBe('edge');
  });

  it.each(['className', 'namespace', 'name', 'proxyNamespace'])('%s: what cannot be a name is refused', (prop) => {
    expect(() => gatewayWith({}, { [prop]: 'Bad Name' })).toThrow(`EDGE_ERR_NAME: EdgeGateway.${prop} is "Bad Name"`);
  });
});

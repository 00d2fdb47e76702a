import { describe, expect, it } from 'vitest';
import {
  EdgeApp,
  EdgeGateway,
  GatewayListener,
  GatewayReference,
  HttpEntry,
  HttpTls,
  TraefikChart,
  TraefikInstallation,
  TraefikVersion,
} from '../../../../lib';
import { synthesize } from '../../../../lib/testing';
import { sharedGateway, siteStack } from '../../support/http-stacks';
import { ofKind } from '../../support/manifests';
import { expectRefusal } from '../../support/refusals';

/** Who may call the service behind routes. */
function callers(entry: HttpEntry): unknown[] {
  const { app } = siteStack({ entry });
  const policies = ofKind(synthesize(app), 'NetworkPolicy');
  const policy = policies.find(({ metadata }) => metadata.name === 'not-found');
  return policy?.spec.ingress.flatMap(({ from }: { from: object[] }) => from);
}

const podsOf = (namespace: string) => ({
  namespaceSelector: {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [namespace] }],
  },
});

describe('an entry lets its own pods in', () => {
  it.each([
    ['ingress-nginx', HttpEntry.ingressNginx(), 'ingress-nginx'],
    ['ingress-nginx elsewhere', HttpEntry.ingressNginx({ namespace: 'kube-system' }), 'kube-system'],
    ['Traefik by Helm', HttpEntry.traefik(), 'traefik'],
    ['Traefik by k3s', HttpEntry.traefik({ installation: TraefikInstallation.k3s() }), 'kube-system'],
    ['a Gateway', HttpEntry.gatewayApi({ className: 'istio' }), 'ml'],
    [
      'a Gateway of Envoy',
      HttpEntry.gatewayApi({ className: 'eg', podNamespace: 'envoy-gateway-system' }),
      'envoy-gateway-system',
    ],
    ['a shared Gateway', sharedGateway(), 'gateways'],
    [
      'a shared Gateway of Envoy',
      sharedGateway(undefined, { proxyNamespace: 'envoy-gateway-system' }),
      'envoy-gateway-system',
    ],
  ])('%s', (_, entry, namespace) => {
    expect(callers(entry)).toStrictEqual([podsOf(namespace)]);
  });
});

describe('E-5: an entry is told by name', () => {
  it('to ingress-nginx, by its class', () => {
    const { app } = siteStack({ entry: HttpEntry.ingressNginx({ className: 'internal' }) });

    const classes = ofKind(synthesize(app), 'Ingress').map(({ spec }) => spec.ingressClassName);

    expect(new Set(classes)).toStrictEqual(new Set(['internal']));
  });

  it('to Traefik, by its entry points', () => {
    const { app } = siteStack({ entry: HttpEntry.traefik({ entryPoint: 'intranet' }) });

    const entryPoints = ofKind(synthesize(app), 'IngressRoute').flatMap(({ spec }) => spec.entryPoints);

    expect(new Set(entryPoints)).toStrictEqual(new Set(['intranet']));
  });

  it('to a shared Gateway, by its name and its listeners', () => {
    const gateway = GatewayReference.existing({ name: 'public', namespace: 'gateways' });
    const listeners = [
      GatewayListener.http('http', 80),
      GatewayListener.https('https', { port: 443, host: 'api.example.com' }),
    ];
    const { app } = siteStack({ entry: HttpEntry.sharedGateway({ gateway, listeners }) });

    const parents = ofKind(synthesize(app), 'HTTPRoute').map(({ spec }) => spec.parentRefs);

    const attached = ['http', 'https'].map((sectionName) => ({ name: 'public', namespace: 'gateways', sectionName }));
    expect(parents).toStrictEqual([attached, attached]);
  });

  it("to an EdgeGateway, which opens the listeners for the services' namespace", () => {
    const app = new EdgeApp();
    const { reference } = new EdgeGateway(app, 'gateway', { className: 'eg' });
    const listeners = [GatewayListener.http('web', 80)];
    siteStack({ entry: HttpEntry.sharedGateway({ gateway: reference, listeners }) }, app);

    const [gateway] = ofKind(synthesize(app), 'Gateway');

    expect(gateway?.spec.listeners).toStrictEqual([
      {
        name: 'web',
        port: 80,
        protocol: 'HTTP',
        allowedRoutes: {
          namespaces: {
            from: 'Selector',
            selector: {
              matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['ml'] }],
            },
          },
          kinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
        },
      },
    ]);
  });

  it('to a Traefik with a class of its own, by the annotation without which it ignores routes', () => {
    const installation = TraefikInstallation.helm({ ingressClass: 'edge' });
    const { app } = siteStack({ entry: HttpEntry.traefik({ installation }), tls: HttpTls.fromSecret('tls') });

    const routes = ofKind(synthesize(app), 'IngressRoute');

    const annotations = { 'kubernetes.io/ingress.class': 'edge' };
    expect(routes.map(({ metadata }) => metadata.annotations)).toStrictEqual(routes.map(() => annotations));
  });

  it('to an old Traefik, in the group that it knows', () => {
    const app = new EdgeApp();
    const installation = TraefikInstallation.helm({ version: TraefikVersion.V2, chart: TraefikChart.FROM_27_TO_38 });
    const { routes, info } = siteStack(
      { entry: HttpEntry.traefik({ installation }), tls: HttpTls.fromSecret('tls') },
      app,
    );
    routes.addRoute('info', { path: '/info', rewriteTo: '/api', backend: info.backend });

    const objects = [...routes.sharedObjects, ...routes.routes.flatMap(({ objects }) => objects)];

    expect(() => app.synthYaml()).not.toThrow();
    expect(new Set(objects.map(({ apiVersion }) => apiVersion))).toStrictEqual(
      new Set(['traefik.containo.us/v1alpha1']),
    );
  });
});

describe('a host that no listener takes', () => {
  const https = (host: string) => sharedGateway(GatewayListener.https('https', { port: 443, host }));

  it.each(['*.example.com', 'api.example.com', '*.com'])('is not api.example.com with a listener for %s', (host) => {
    expect(siteStack({ entry: https(host) }).routes.hosts).toStrictEqual(['api.example.com']);
  });

  it.each(['example.com', '*.api.example.com', 'other.example.com', '*.ample.com'])(
    'is api.example.com with a listener for %s, and the route would never be attached',
    (host) => {
      expectRefusal(() => siteStack({ entry: https(host) }), {
        code: 'EDGE_ERR_HTTP_CONTROLLER',
        value: '"api.example.com"',
        rule: 'none of the listeners https takes requests for it',
      });
    },
  );
});

describe('E-6: ingress-nginx', () => {
  it('is warned of, because nobody mends it any more', () => {
    const { app } = siteStack({ entry: HttpEntry.ingressNginx() });

    expect(app.warnings).toStrictEqual([expect.stringContaining('[site/routes] ingress-nginx has been retired')]);
  });

  it.each([
    ['Traefik', HttpEntry.traefik()],
    ['a Gateway', HttpEntry.gatewayApi({ className: 'istio' })],
  ])('is the only one: %s is not', (_, entry) => {
    expect(siteStack({ entry }).app.warnings).toStrictEqual([]);
  });

  it('gets no snippets', () => {
    const { app } = siteStack({ entry: HttpEntry.ingressNginx() });

    expect(JSON.stringify(ofKind(synthesize(app), 'Ingress'))).not.toContain('snippet');
  });
});

describe('an entry limits bodies', () => {
  it.each([
    [HttpEntry.ingressNginx(), true],
    [HttpEntry.traefik(), true],
    [HttpEntry.gatewayApi({ className: 'istio' }), false],
    [sharedGateway(), false],
  ])('or not (%#)', (entry, limits) => {
    expect(entry.limitsBodies).toBe(limits);
  });
});

describe('an entry is refused by a name that nothing can have:', () => {
  it.each<[string, () => unknown]>([
    ['className of ingress-nginx', () => HttpEntry.ingressNginx({ className: 'Bad' })],
    ['namespace of ingress-nginx', () => HttpEntry.ingressNginx({ namespace: 'Bad' })],
    ['entryPoint of Traefik', () => HttpEntry.traefik({ entryPoint: 'Bad' })],
    ['tlsEntryPoint of Traefik', () => HttpEntry.traefik({ tlsEntryPoint: 'Bad' })],
    ['className of a Gateway', () => HttpEntry.gatewayApi({ className: 'Bad' })],
    ['podNamespace of a Gateway', () => HttpEntry.gatewayApi({ className: 'istio', podNamespace: 'Bad' })],
  ])('%s', (_, create) => {
    expectRefusal(create, { code: 'EDGE_ERR_NAME', value: '"Bad"', rule: 'only a-z, 0-9' });
  });
});

describe('a shared Gateway', () => {
  const gateway = GatewayReference.existing({ name: 'public', namespace: 'gateways' });

  it.each([
    ['no listener', [], '"an empty list"'],
    ['one for MQTT', [GatewayListener.tcp('mqtt', 1883)], '"mqtt, which speaks TCP"'],
    [
      'one that passes TLS through',
      [GatewayListener.http('web', 80), GatewayListener.passthrough('raw', { port: 443, host: 'a.example.com' })],
      '"raw, which speaks TLS"',
    ],
  ])('may not have %s, to which no HTTPRoute attaches', (_, listeners, value) => {
    expectRefusal(() => HttpEntry.sharedGateway({ gateway, listeners }), {
      code: 'EDGE_ERR_GATEWAY_LISTENER',
      value,
      rule: 'HTTPRoutes attach to listeners that speak HTTP or HTTPS',
    });
  });
});

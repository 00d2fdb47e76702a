import { describe, expect, it } from 'vitest';
import { appOf, deployment, NAMESPACE, type RawObject, service } from '../../support/raw-objects';
import { expectProblem, problemsOf } from '../../support/refusals';

type Port = string | number;

const ROUTES: [kind: string, route: (name: string, port: Port) => RawObject][] = [
  [
    'Ingress',
    (name, port) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'route', namespace: 'ml' },
      spec: {
        rules: [
          {
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name, port: typeof port === 'string' ? { name: port } : { number: port } } },
                },
              ],
            },
          },
        ],
      },
    }),
  ],
  [
    'IngressRoute',
    (name, port) => ({
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'IngressRoute',
      metadata: { name: 'route', namespace: 'ml' },
      spec: { routes: [{ match: 'PathPrefix(`/`)', kind: 'Rule', services: [{ name, port }] }] },
    }),
  ],
  [
    'HTTPRoute',
    (name, port) => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'route', namespace: 'other' },
      spec: { rules: [{ backendRefs: [{ name, port, namespace: 'ml' }] }] },
    }),
  ],
];

describe.each(ROUTES)('a backend of an %s (E-T1, X-7)', (kind, route) => {
  it('may be a port of a Service of the app', () => {
    expect(() => appOf(NAMESPACE, service(), deployment(), route('serve', 80)).synthYaml()).not.toThrow();
  });

  it('is refused when the Service has no such port', () => {
    const app = appOf(NAMESPACE, service(), deployment(), route('serve', 8001));

    expectProblem(problemsOf(app), `raw/${kind}`, {
      code: 'EDGE_ERR_BACKEND',
      value: '8001',
      rule: 'Service serve has the ports http (80)',
    });
  });

  it('is refused when a namespace of the app has no such Service (E-2)', () => {
    const app = appOf(NAMESPACE, service(), deployment(), route('ml-serve', 80));

    expectProblem(problemsOf(app), `raw/${kind}`, {
      code: 'EDGE_ERR_BACKEND',
      value: '"ml-serve"',
      rule: 'namespace ml, which this app creates, has no such Service',
    });
  });

  it('may be a Service of a namespace that others fill', () => {
    expect(() => appOf(route('istio-ingressgateway', 80)).synthYaml()).not.toThrow();
  });
});

describe('a backend of an Ingress', () => {
  it('is refused as default backend too', () => {
    const ingress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'route', namespace: 'ml' },
      spec: { defaultBackend: { service: { name: 'serve', port: { name: 'grpc' } } } },
    };

    expectProblem(problemsOf(appOf(NAMESPACE, service(), deployment(), ingress)), 'raw/Ingress', {
      code: 'EDGE_ERR_BACKEND',
      value: '"grpc"',
      rule: 'http (80)',
    });
  });

  it('is no Service where the AWS controller takes it for the name of an action', () => {
    const [, ingress] = ROUTES[0] as (typeof ROUTES)[0];

    expect(() =>
      appOf(NAMESPACE, service(), deployment(), ingress('deny', 'use-annotation')).synthYaml(),
    ).not.toThrow();
  });
});

describe('the targetPort of a Service', () => {
  it.each<Port>(['http', 8001])('may be %s, which its pods have', (port) => {
    expect(() => appOf(NAMESPACE, service(port), deployment()).synthYaml()).not.toThrow();
  });

  it.each<[Port, string]>([
    ['web', '"web"'],
    [8080, '8080'],
  ])('is refused when it is %s, which its pods do not have (E-2)', (port, value) => {
    expectProblem(problemsOf(appOf(NAMESPACE, service(port), deployment())), 'raw/Service', {
      code: 'EDGE_ERR_TARGET_PORT',
      value,
      rule: 'its pods declare no such port',
    });
  });
});

describe('the selector of a Service', () => {
  it('is refused when no pod of a namespace of the app has its labels', () => {
    expectProblem(problemsOf(appOf(NAMESPACE, service())), 'raw/Service', {
      code: 'EDGE_ERR_TARGET_PORT',
      value: '"{"app":"serve"}"',
      rule: 'no pod in namespace ml',
    });
  });

  it('may select what others put into their namespace', () => {
    expect(() => appOf(service()).synthYaml()).not.toThrow();
  });
});

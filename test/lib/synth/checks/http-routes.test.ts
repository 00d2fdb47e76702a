import { ApiObject, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { EdgeApp } from '../../../../lib';
import { expectProblem, problemsOf } from '../../support/refusals';

interface Route {
  readonly listener?: string;
  readonly host?: string;
  readonly match?: object;
}

function appOf(...routes: Route[]): EdgeApp {
  const app = new EdgeApp();
  const chart = new Chart(app, 'raw');
  for (const [i, { listener = 'https', host = 'a.example.com', match }] of routes.entries()) {
    new ApiObject(chart, `route-${i}`, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: `route-${i}`, namespace: 'ml' },
      spec: {
        parentRefs: [{ name: 'edge', sectionName: listener }],
        hostnames: [host],
        rules: [{ matches: match && [match], backendRefs: [{ name: 'serve', port: 80 }] }],
      },
    });
  }
  return app;
}

const path = (value: string, type = 'PathPrefix') => ({ path: { type, value } });

describe('two HTTPRoutes', () => {
  it.each<[string, Route, Route]>([
    ['everything of a host', {}, {}],
    ['everything of a host, said aloud', {}, { match: path('/') }],
    ['one path', { match: path('/serve') }, { match: path('/serve') }],
  ])('are refused when they want %s at one listener: the older would get all of it', (_, one, other) => {
    expectProblem(problemsOf(appOf(one, other)), 'raw/route-1', {
      code: 'EDGE_ERR_GATEWAY_ROUTE',
      value: `"ml/edge/https a.example.com PathPrefix ${one.match ? '/serve' : '/'}"`,
      rule: '[raw/route-0] wants the same requests of the same listener',
    });
  });

  it.each<[string, Route]>([
    ['of another host', { host: 'b.example.com' }],
    ['at another listener', { listener: 'http' }],
    ['of another path', { match: path('/serve') }],
    ['of the path alone', { match: path('/', 'Exact') }],
    ['of another method', { match: { ...path('/'), method: 'POST' } }],
  ])('may want requests %s', (_, other) => {
    expect(() => appOf({}, other).synthYaml()).not.toThrow();
  });
});

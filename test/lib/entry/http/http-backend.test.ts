import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { EdgeApp, HttpBackend } from '../../../../lib';
import { plainBackend, plainService, routesIn, serviceIn } from '../../support/http-stacks';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';

const PORTS = [
  { name: 'http', port: 8080, targetPort: 'http' },
  { name: 'metrics', port: 9090 },
];

describe('E-2: a backend', () => {
  it('has its name and its ports from the Service', () => {
    const service = plainService(new EdgeApp(), { ports: PORTS });

    const { service: own, portName, portNumber, namespace } = HttpBackend.of(service, 'metrics');

    expect({ own, portName, portNumber, namespace }).toStrictEqual({
      own: service,
      portName: 'metrics',
      portNumber: 9090,
      namespace: 'ml',
    });
  });

  it('of an HttpService is its port http', () => {
    const { backend, service } = serviceIn(new EdgeApp(), { port: 8000 });

    expect([backend.service, backend.portName, backend.portNumber]).toStrictEqual([service, 'http', 8000]);
  });

  it('may be in the namespace of a chart', () => {
    const chart = new Chart(new EdgeApp(), 'chart', { namespace: 'team' });
    const service = new ApiObject(chart, 'service', { apiVersion: 'v1', kind: 'Service', spec: { ports: PORTS } });

    expect(HttpBackend.of(service, 'http').namespace).toBe('team');
  });

  it.each([
    [{ ports: PORTS }, 'https', 'the ports of Service by-hand are named "http", "metrics"'],
    [{ ports: [{ port: 80 }] }, 'http', 'the ports of Service by-hand are named nothing at all'],
    [{}, 'http', 'the ports of Service by-hand are named nothing at all'],
  ])('of %j is refused by the name %j', (spec, portName, rule) => {
    const service = plainService(new EdgeApp(), spec);

    expectRefusal(() => HttpBackend.of(service, portName), {
      code: 'EDGE_ERR_BACKEND',
      value: `"${portName}"`,
      rule,
    });
  });

  it('is not a Deployment', () => {
    const { deployment } = serviceIn(new EdgeApp());

    expectRefusal(() => HttpBackend.of(deployment, 'http'), {
      code: 'EDGE_ERR_BACKEND',
      value: '"Deployment"',
      rule: 'routes lead to Services',
    });
  });

  it('is not a name', () => {
    expectRefusal(() => HttpBackend.of('info' as unknown as ApiObject, 'http'), {
      code: 'EDGE_ERR_BACKEND',
      value: 'undefined',
      rule: 'routes lead to Services',
    });
  });
});

describe('E-T1: synth', () => {
  it.each([
    ['whose target port its pods do not have', { 'app.kubernetes.io/instance': 'info' }, 'web', 'declare no such port'],
    ['that selects no pods', { app: 'elsewhere' }, 'http', 'has these labels'],
  ])('refuses a backend %s', (_, selector, targetPort, rule) => {
    const app = new EdgeApp();
    serviceIn(app);
    const spec = { selector, ports: [{ name: 'http', port: 80, targetPort }] };
    routesIn(app, { notFound: plainBackend(app, spec) });

    const [problem, ...others] = problemsOf(app);

    expect(others).toStrictEqual([]);
    expect(problem).toContain('[plain/service] EDGE_ERR_TARGET_PORT: ');
    expect(problem).toContain(rule);
  });

  it('refuses a port that was renamed after the route was made', () => {
    const app = new EdgeApp();
    const { service, backend } = serviceIn(app);
    routesIn(app, { notFound: backend });

    service.addJsonPatch(JsonPatch.replace('/spec/ports/0/port', 81));

    expectProblem(problemsOf(app), 'site/routes/unknown-hosts/Resource', {
      code: 'EDGE_ERR_BACKEND',
      value: '8080',
      rule: 'Service info has the ports http (81)',
    });
  });

  it('accepts a backend by the number of a port, and one whose endpoints somebody else keeps', () => {
    const app = new EdgeApp();
    serviceIn(app);
    const selector = { 'app.kubernetes.io/instance': 'info' };
    routesIn(app, {
      notFound: plainBackend(app, { selector, ports: [{ name: 'http', port: 80, targetPort: 8080 }] }),
    });

    expect(() => app.synthYaml()).not.toThrow();
  });
});

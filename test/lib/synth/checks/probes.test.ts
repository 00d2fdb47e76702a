import { describe, expect, it } from 'vitest';
import { appOf, deployment } from '../../support/raw-objects';
import { expectProblem, problemsOf } from '../../support/refusals';

describe('a probe', () => {
  it.each(['http', 8001])('may ask port %s, which the container has', (port) => {
    expect(() => appOf(deployment({ readinessProbe: { httpGet: { path: '/', port } } })).synthYaml()).not.toThrow();
  });

  it.each([
    ['livenessProbe', { httpGet: { path: '/', port: 'web' } }, '"web"'],
    ['readinessProbe', { tcpSocket: { port: 8080 } }, '8080'],
    ['startupProbe', { grpc: { port: 9000 } }, '9000'],
  ])('is refused as %s of a port that the container does not have (E-T2)', (name, probe, value) => {
    expectProblem(problemsOf(appOf(deployment({ [name]: probe }))), 'raw/Deployment', {
      code: 'EDGE_ERR_PROBE',
      value,
      rule: "the container's ports are http (8001)",
    });
  });

  it('may run a command', () => {
    expect(() => appOf(deployment({ livenessProbe: { exec: { command: ['true'] } } })).synthYaml()).not.toThrow();
  });
});

import { describe, expect, it } from 'vitest';
import { EdgeApp } from '../../../../lib';
import { appOf } from '../../support/raw-objects';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';

const metadata = { name: 'old' };

describe('an object of a removed API version (X-9)', () => {
  it.each([
    ['Ingress', 'networking.k8s.io/v1beta1', 'Kubernetes 1.22'],
    ['Role', 'rbac.authorization.k8s.io/v1beta1', 'Kubernetes 1.22'],
    ['PodDisruptionBudget', 'policy/v1beta1', 'Kubernetes 1.25'],
    ['IngressRouteTCP', 'traefik.containo.us/v1alpha1', 'Traefik 3'],
    ['KameletBinding', 'camel.apache.org/v1alpha1', 'Camel K 2.6'],
    ['InferenceService', 'serving.kubeflow.org/v1beta1', 'KServe 0.7'],
    ['TCPRoute', 'gateway.networking.k8s.io/v1alpha2', 'Gateway API 1.6'],
  ])('is refused: %s of %s', (kind, apiVersion, since) => {
    expectProblem(problemsOf(appOf({ apiVersion, kind, metadata })), `raw/${kind}`, {
      code: 'EDGE_ERR_API_VERSION',
      value: `"${apiVersion}"`,
      rule: `gone since ${since}`,
    });
  });

  it.each([
    ['Kamelet', 'camel.apache.org/v1alpha1'],
    ['TLSRoute', 'gateway.networking.k8s.io/v1alpha2'],
    ['Ingress', 'networking.k8s.io/v1'],
  ])('is not %s of %s', (kind, apiVersion) => {
    expect(() => appOf({ apiVersion, kind, metadata }).synthYaml()).not.toThrow();
  });

  it('passes when the stack accepts it', () => {
    const app = appOf({ apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', metadata });

    EdgeApp.accept(app, 'EDGE_ERR_API_VERSION', 'the cluster is of 2021');

    expect(() => app.synthYaml()).not.toThrow();
  });

  it('is not accepted without a reason', () => {
    expectRefusal(() => EdgeApp.accept(new EdgeApp(), 'EDGE_ERR_API_VERSION', ' '), {
      code: 'EDGE_ERR_VALUE',
      value: '" "',
      rule: 'whoever reads the stack must learn why',
    });
  });
});

import { ApiObject, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { EdgeApp, OrderAnnotation } from '../../../lib';
import { isClusterScoped } from '../../../lib/kubernetes/cluster-scope';
import { synthesize } from '../../../lib/testing';

describe('a kind', () => {
  it.each([
    ['v1', 'Namespace'],
    ['v1', 'PersistentVolume'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ['storage.k8s.io/v1', 'StorageClass'],
    ['networking.k8s.io/v1', 'IngressClass'],
    ['cert-manager.io/v1', 'ClusterIssuer'],
    ['serving.kserve.io/v1alpha1', 'ClusterServingRuntime'],
    ['networking.internal.knative.dev/v1alpha1', 'ClusterDomainClaim'],
  ])('belongs to no namespace: %s %s', (apiVersion, kind) => {
    expect(isClusterScoped({ apiVersion, kind })).toBe(true);
  });

  it.each([
    ['v1', 'ConfigMap'],
    ['v1', 'PersistentVolumeClaim'],
    ['rbac.authorization.k8s.io/v1', 'Role'],
    ['networking.k8s.io/v1', 'Ingress'],
    ['storage.k8s.io/v1', 'CSIStorageCapacity'],
    ['cert-manager.io/v1', 'Issuer'],
    ['example.com/v1', 'Namespace'],
    ['example.com/v1', 'ClusterRole'],
  ])('belongs to one: %s %s', (apiVersion, kind) => {
    expect(isClusterScoped({ apiVersion, kind })).toBe(false);
  });
});

describe('the namespace of a chart', () => {
  it('is left out of objects that belong to none, and of what refers to them', () => {
    const app = new EdgeApp({ orderAnnotations: [OrderAnnotation.DEPENDS_ON] });
    const chart = new Chart(app, 'chart', { namespace: 'ml' });
    const role = new ApiObject(chart, 'role', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'reader' },
    });
    const config = new ApiObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
    config.addDependency(role);

    expect(synthesize(app).map(({ metadata }) => metadata)).toStrictEqual([
      { name: 'reader' },
      {
        name: 'a',
        namespace: 'ml',
        annotations: { 'config.kubernetes.io/depends-on': 'rbac.authorization.k8s.io/ClusterRole/reader' },
      },
    ]);
  });
});

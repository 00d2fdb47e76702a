import { describe, expect, it } from 'vitest';
import { MeshCaller, ServiceMesh } from '../../../../lib';
import { expectRefusal } from '../../support/refusals';

function principals({ gateways, activator, trustDomain }: ServiceMesh): string[] {
  return [...gateways, activator].map((caller) => caller._principal(trustDomain));
}

describe('ServiceMesh', () => {
  it('by istioctl has one gateway for outside and inside', () => {
    expect(principals(ServiceMesh.istio())).toStrictEqual([
      'cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account',
      'cluster.local/ns/knative-serving/sa/activator',
    ]);
  });

  it('of Kubeflow has two gateways', () => {
    expect(principals(ServiceMesh.kubeflow())).toStrictEqual([
      'cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account',
      'cluster.local/ns/istio-system/sa/cluster-local-gateway-service-account',
      'cluster.local/ns/knative-serving/sa/activator',
    ]);
  });

  it('refuses a trust domain that is none', () => {
    expectRefusal(() => ServiceMesh.istio({ trustDomain: 'spiffe://mesh' }), {
      code: 'EDGE_ERR_DOMAIN',
      value: '"spiffe://mesh"',
      rule: 'only a-z',
    });
  });

  it('refuses to have no gateway', () => {
    expectRefusal(() => ServiceMesh.kubeflow({ gateways: [] }), {
      code: 'EDGE_ERR_VALUE',
      value: '"[]"',
      rule: 'none would be let through',
    });
  });
});

describe('MeshCaller', () => {
  it.each([
    ['one ServiceAccount', MeshCaller.serviceAccount('ns', 'name.of-it'), 'mesh/ns/ns/sa/name.of-it'],
    ['all of a namespace', MeshCaller.podsIn('ns'), 'mesh/ns/ns/sa/*'],
  ])('is %s', (_, caller, principal) => {
    expect(caller._principal('mesh')).toBe(principal);
  });

  it.each([
    ['a namespace', () => MeshCaller.podsIn('a/b'), '"a/b"'],
    ['any namespace', () => MeshCaller.podsIn('*'), '"*"'],
    ['the namespace of a ServiceAccount', () => MeshCaller.serviceAccount('A', 'a'), '"A"'],
    ['the name of a ServiceAccount', () => MeshCaller.serviceAccount('a', 'b*'), '"b*"'],
  ])('refuses %s that cannot be', (_, create, value) => {
    expectRefusal(create, { code: 'EDGE_ERR_NAME', value, rule: 'only a-z' });
  });
});

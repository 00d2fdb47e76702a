import { describe, expect, it } from 'vitest';
import {
  DeploymentMode,
  EdgeApp,
  InferencePlatform,
  type ModelOptions,
  ModelVisibility,
  OrderAnnotation,
} from '../../../lib';
import { servedHosts } from '../../../lib/synth/served-hosts';
import { findManifest, synthesize } from '../../../lib/testing';
import { namesOf } from '../support/manifests';
import { expectRefusal } from '../support/refusals';
import { IRIS, platformIn } from '../support/stacks';

function iris(options: Partial<ModelOptions> = {}, app = new EdgeApp()) {
  return platformIn(app).addModel('iris', { ...IRIS, ...options });
}

describe('a domain of a model', () => {
  it('is mapped to the Knative Service of its predictor, and claimed for its namespace', () => {
    const app = new EdgeApp();
    iris({}, app).addDomain('iris.example.org');

    const manifests = synthesize(app);
    expect(findManifest(manifests, 'DomainMapping', 'iris.example.org')).toStrictEqual({
      apiVersion: 'serving.knative.dev/v1beta1',
      kind: 'DomainMapping',
      metadata: { name: 'iris.example.org', namespace: 'staging' },
      spec: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'iris-predictor' } },
    });
    expect(findManifest(manifests, 'ClusterDomainClaim', 'iris.example.org')).toStrictEqual({
      apiVersion: 'networking.internal.knative.dev/v1alpha1',
      kind: 'ClusterDomainClaim',
      metadata: { name: 'iris.example.org' },
      spec: { namespace: 'staging' },
    });
  });

  it('is mapped to the transformer, where there is one', () => {
    const app = new EdgeApp();
    iris({ transformer: { container: { image: 'transform:1' } } }, app).addDomain('iris.example.org');

    expect(findManifest(synthesize(app), 'DomainMapping', 'iris.example.org').spec.ref.name).toBe('iris-transformer');
  });

  it('is claimed before it is mapped', () => {
    const app = new EdgeApp({ orderAnnotations: [OrderAnnotation.DEPENDS_ON] });
    iris({}, app).addDomain('iris.example.org');

    const { metadata } = findManifest(synthesize(app), 'DomainMapping', 'iris.example.org');
    expect(metadata.annotations?.[OrderAnnotation.DEPENDS_ON]).toContain('/ClusterDomainClaim/iris.example.org');
  });

  it('can have a certificate of its own, and be claimed by Knative', () => {
    const app = new EdgeApp();
    const mapping = iris({}, app).addDomain('iris.example.org', { tlsSecretName: 'iris-tls', claimDomain: false });

    const manifests = synthesize(app);
    expect(findManifest(manifests, 'DomainMapping', 'iris.example.org').spec.tls).toStrictEqual({
      secretName: 'iris-tls',
    });
    expect(namesOf(manifests).filter((name) => name.startsWith('ClusterDomainClaim'))).toStrictEqual([]);
    expect(mapping.clusterDomainClaim).toBeUndefined();
  });

  it.each([
    [{}, 'http', false],
    [{ tlsSecretName: 'iris-tls' }, 'http', false],
    [{}, 'https', true],
  ] as const)('with %j and URLs that begin with %s is declared with tls: %s', (options, externalScheme, tls) => {
    const app = new EdgeApp();
    const props = { domain: 'example.com', namespaces: ['staging'], externalScheme };
    const model = new InferencePlatform(app, 'platform', props).addModel('iris', IRIS);

    model.addDomain('iris.example.org', options);

    const path = 'platform/staging.iris/iris.example.org';
    expect(servedHosts(app)).toContainEqual({ host: 'iris.example.org', tls, path });
    expect(model.domains.map(({ domain }) => domain)).toStrictEqual(['iris.example.org']);
  });

  it.each([
    ['*.example.org', "no object's name has a *"],
    ['iris', 'at least two parts'],
    ['https://iris.example.org', 'only a-z'],
    ['iris.staging.svc.cluster.local', 'Knative refuses domains of the cluster'],
    ['cluster.local', 'Knative refuses domains of the cluster'],
  ])('is not %j', (domain, rule) => {
    expectRefusal(() => iris().addDomain(domain), { code: 'EDGE_ERR_DOMAIN', value: `"${domain}"`, rule });
  });

  it('is not mapped twice, not even to another model', () => {
    const platform = platformIn(new EdgeApp());
    platform.addModel('iris', IRIS).addDomain('iris.example.org');
    const other = platform.addModel('iris', { ...IRIS, namespace: 'prod' });

    expectRefusal(() => other.addDomain('iris.example.org', { claimDomain: false }), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"iris.example.org"',
      rule: '[platform/staging.iris/iris.example.org] has it already',
    });
  });

  it('is not the host of a model, its own or another one', () => {
    const platform = platformIn(new EdgeApp());
    const { externalHost } = platform.addModel('roses', IRIS);
    const model = platform.addModel('iris', IRIS);

    for (const [host, owner] of [
      [model.externalHost, 'staging/iris'],
      [externalHost, 'staging/roses'],
    ] as const) {
      expectRefusal(() => model.addDomain(host), {
        code: 'EDGE_ERR_DUPLICATE',
        value: `"${host}"`,
        rule: `${owner} has it already`,
      });
    }
  });

  it('is not given to a model that is added later', () => {
    const platform = platformIn(new EdgeApp());
    const model = platform.addModel('iris', IRIS);
    const host = model.externalHost.replace('iris', 'roses');
    model.addDomain(host);

    expectRefusal(() => platform.addModel('roses', IRIS), {
      code: 'EDGE_ERR_DUPLICATE',
      value: `"${host}"`,
      rule: `[platform/staging.iris/${host}] has it already`,
    });
  });

  it('does not open a model that is meant for the cluster', () => {
    expectRefusal(() => iris({ visibility: ModelVisibility.CLUSTER_LOCAL }).addDomain('iris.example.org'), {
      code: 'EDGE_ERR_CLUSTER_LOCAL',
      value: '"iris.example.org"',
      rule: 'a mapping would open a cluster-local model',
    });
  });

  it('needs Knative', () => {
    const kserve = { deploymentMode: DeploymentMode.STANDARD };
    const props = { domain: 'example.com', namespaces: ['staging'], kserve };
    const model = new InferencePlatform(new EdgeApp(), 'platform', props).addModel('iris', IRIS);

    expectRefusal(() => model.addDomain('iris.example.org'), {
      code: 'EDGE_ERR_DEPLOYMENT_MODE',
      value: '"iris.example.org"',
      rule: 'it is Knative that maps domains',
    });
  });
});

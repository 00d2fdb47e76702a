import { describe, expect, it } from 'vitest';
import { EdgeApp, InferencePlatform, type InferencePlatformProps, KnativeDomain } from '../../../lib';
import { findManifest, synthesize, unseenProps } from '../../../lib/testing';
import { namesOf, ofKind } from '../support/manifests';
import { expectRefusal, problemsOf } from '../support/refusals';
import { IRIS } from '../support/stacks';

const PROPS: InferencePlatformProps = { domain: 'platform.example.com', namespaces: ['staging', 'prod'] };

function platform(props: Partial<InferencePlatformProps> = {}, app = new EdgeApp()): InferencePlatform {
  return new InferencePlatform(app, 'platform', { ...PROPS, ...props });
}

describe('an InferencePlatform with a model', () => {
  it('consists of these objects', () => {
    const app = new EdgeApp();
    platform({}, app).addModel('iris', IRIS);

    expect(namesOf(synthesize(app)).sort()).toStrictEqual([
      'ConfigMap knative-serving/config-domain',
      'InferenceService staging/iris',
      'Namespace -/prod',
      'Namespace -/staging',
    ]);
  });

  it('enforces nothing on the pods of its namespaces, which are not its own', () => {
    const app = new EdgeApp();
    platform({}, app);

    expect(ofKind(synthesize(app), 'Namespace').map(({ metadata }) => metadata)).toStrictEqual([
      { name: 'staging' },
      { name: 'prod' },
    ]);
  });

  it('gives back what it was made of, as copies', () => {
    const edge = platform();
    const model = edge.addModel('iris', IRIS);

    edge.namespaces.push('other');
    edge.models.pop();

    const { domain, externalScheme, namespaces, models, knativeDomain } = edge;
    expect({ domain, externalScheme, namespaces }).toStrictEqual({ ...PROPS, externalScheme: 'http' });
    expect(models).toStrictEqual([model]);
    expect(knativeDomain).toBeInstanceOf(KnativeDomain);
  });

  it('does not notice when its props are changed afterwards', () => {
    const namespaces = ['staging'];
    const edge = platform({ namespaces });

    namespaces.push('prod');

    expect(edge.namespaces).toStrictEqual(['staging']);
  });
});

describe('the props of InferencePlatform', () => {
  const all: Required<InferencePlatformProps> = {
    domain: 'models.example.org',
    namespaces: ['vision', 'audio'],
    createNamespaces: true,
    externalScheme: 'https',
  };

  it('are all found in the manifests, as far as they are about objects', () => {
    const app = new EdgeApp();
    const { externalScheme, createNamespaces, ...plain } = all;
    new InferencePlatform(app, 'platform', all);

    expect(unseenProps(plain, synthesize(app))).toStrictEqual([]);
  });

  it('namespaces may not be none: a model lives in one', () => {
    const create = () => new InferencePlatform(new EdgeApp(), 'platform', { domain: 'example.com', namespaces: [] });

    expect(create).toThrow('EDGE_ERR_NAMESPACE: InferencePlatform.namespaces is "[]"');
  });

  it('namespaces are there to be labelled', () => {
    const app = new EdgeApp();
    const platform = new InferencePlatform(app, 'platform', { domain: 'example.com', namespaces: ['staging'] });

    for (const namespace of platform.namespaceObjects) namespace.metadata.addLabel('istio-injection', 'enabled');

    const { metadata } = findManifest(synthesize(app), 'Namespace', 'staging');
    expect(metadata.labels).toStrictEqual({ 'istio-injection': 'enabled' });
  });

  it('createNamespaces: false leaves the namespaces to others', () => {
    const app = new EdgeApp();
    platform({ createNamespaces: false }, app);

    expect(ofKind(synthesize(app), 'Namespace')).toStrictEqual([]);
  });

  it('externalScheme is what published URLs begin with, and changes no URL inside the cluster', () => {
    const { externalUrls, inClusterUrls } = platform({ externalScheme: 'https' }).addModel('iris', IRIS);

    expect([externalUrls.base, inClusterUrls.base]).toStrictEqual([
      'https://iris.staging.platform.example.com',
      'http://iris.staging.svc.cluster.local',
    ]);
  });

  it.each([
    ['localhost', 'at least two parts'],
    ['https://example.com', 'only a-z'],
    [`${'a'.repeat(64)}.com`, 'at most 63 characters'],
  ])('domain %j is refused', (domain, rule) => {
    expectRefusal(() => platform({ domain }), { code: 'EDGE_ERR_DOMAIN', value: `"${domain}"`, rule });
  });

  it('domain with a part that KServe cuts out of hosts is refused', () => {
    expectRefusal(() => platform({ domain: 'my-default.example.com' }), {
      code: 'EDGE_ERR_MODEL_HOST',
      value: '"my-default.example.com"',
      rule: 'KServe cuts "-default" out of hosts',
    });
  });

  it.each([
    ['Staging', 'only a-z'],
    ['', 'only a-z'],
    ['a.b', 'only a-z'],
    ['a'.repeat(64), 'at most 63 characters, and this one has 64'],
  ])('namespace %j is refused', (namespace, rule) => {
    expectRefusal(() => platform({ namespaces: ['prod', namespace] }), {
      code: 'EDGE_ERR_NAME',
      value: `"${namespace}"`,
      rule,
    });
  });

  it('a namespace is named with its place in the list', () => {
    expect(() => platform({ namespaces: ['prod', 'Staging'] })).toThrow('InferencePlatform.namespaces[1] is "Staging"');
  });

  it.each(['team-default', 'a-predictor', 'a-transformer-b'])(
    'namespace %j, from which KServe derives wrong hosts, is refused',
    (namespace) => {
      expectRefusal(() => platform({ namespaces: [namespace] }), {
        code: 'EDGE_ERR_MODEL_HOST',
        value: `"${namespace}"`,
        rule: 'out of hosts, and would publish a host that does not lead to the model',
      });
    },
  );

  it('a namespace that is named twice is refused', () => {
    expectRefusal(() => platform({ namespaces: ['a', 'b', 'a'] }), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"a"',
      rule: 'it is in the list already',
    });
  });
});

describe('addModel', () => {
  it.each(['iris', 'IRIS'])('refuses a namespace that is not one of the platform, whatever the name %s', (name) => {
    expectRefusal(() => platform().addModel(name, { ...IRIS, namespace: 'dev' }), {
      code: 'EDGE_ERR_NAMESPACE',
      value: '"dev"',
      rule: "the platform's namespaces are staging, prod",
    });
  });

  it('refuses a second model of one name in one namespace', () => {
    const edge = platform();
    edge.addModel('iris', IRIS);

    expectRefusal(() => edge.addModel('iris', IRIS), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"staging/iris"',
      rule: 'there is one already by this name in this namespace',
    });
  });

  it('takes one name in two namespaces', () => {
    const edge = platform();

    const hosts = ['staging', 'prod'].map((namespace) => edge.addModel('iris', { ...IRIS, namespace }).externalHost);

    expect(hosts).toStrictEqual(['iris.staging.platform.example.com', 'iris.prod.platform.example.com']);
  });

  it('takes namespaces and names that look alike when they are joined', () => {
    const edge = platform({ namespaces: ['a', 'a-b'] });

    edge.addModel('b-c', { ...IRIS, namespace: 'a' });
    edge.addModel('c', { ...IRIS, namespace: 'a-b' });

    expect(edge.models.map(({ namespace, name }) => `${namespace}/${name}`)).toStrictEqual(['a/b-c', 'a-b/c']);
  });
});

describe('two platforms in one app', () => {
  it('are refused: Knative has one domain without selector', () => {
    const app = new EdgeApp();
    new InferencePlatform(app, 'one', { domain: 'one.example.com', namespaces: ['one'] });
    new InferencePlatform(app, 'two', { domain: 'two.example.com', namespaces: ['two'] });

    expect(problemsOf(app)).toStrictEqual([
      expect.stringMatching(
        /^\[two\/domain\/Resource\] EDGE_ERR_OBJECT_DUPLICATE: .*config-domain.*one\/domain\/Resource/,
      ),
    ]);
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  DeploymentMode,
  EdgeApp,
  HostLayout,
  InferenceAccess,
  InferencePlatform,
  type InferencePlatformProps,
  KnativeInstallation,
  KServeIngress,
  type KServeOptions,
  KServeVersion,
  ModelVisibility,
} from '../../../lib';
import { findManifest, synthesize, unseenProps } from '../../../lib/testing';
import { filesBelow, ROOT } from '../support/folders';
import { namesOf, ofKind } from '../support/manifests';
import { MAXIMAL_PLATFORM } from '../support/maximal-serving';
import { expectRefusal } from '../support/refusals';
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
      'AuthorizationPolicy prod/predictor-access',
      'AuthorizationPolicy prod/transformer-access',
      'AuthorizationPolicy staging/predictor-access',
      'AuthorizationPolicy staging/transformer-access',
      'ConfigMap knative-serving/config-domain',
      'InferenceService staging/iris',
      'Namespace -/prod',
      'Namespace -/staging',
      'PeerAuthentication prod/predictor-access',
      'PeerAuthentication prod/transformer-access',
      'PeerAuthentication staging/predictor-access',
      'PeerAuthentication staging/transformer-access',
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

    const { domain, externalScheme, hostLayout, namespaces, models, hosts } = edge;
    const defaults = { externalScheme: 'http', hostLayout: HostLayout.PER_NAMESPACE };
    expect({ domain, externalScheme, hostLayout, namespaces }).toStrictEqual({ ...PROPS, ...defaults });
    expect(models).toStrictEqual([model]);
    expect(hosts).toStrictEqual(['iris.staging.platform.example.com']);
  });

  it('does not notice when its props are changed afterwards', () => {
    const namespaces = ['staging'];
    const edge = platform({ namespaces });

    namespaces.push('prod');

    expect(edge.namespaces).toStrictEqual(['staging']);
  });
});

describe('the props of InferencePlatform', () => {
  it('are all found in the manifests, as far as they are about objects', () => {
    const app = new EdgeApp();
    const { createNamespaces, access, knative, kserve, maxTimeout, ...plain } = MAXIMAL_PLATFORM;
    new InferencePlatform(app, 'platform', MAXIMAL_PLATFORM);

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
    ['svc.cluster.local', 'it is the domain of the cluster itself'],
    [`${'a'.repeat(64)}.com`, 'at most 63 characters'],
  ])('domain %j is refused', (domain, rule) => {
    expectRefusal(() => platform({ domain }), { code: 'EDGE_ERR_DOMAIN', value: `"${domain}"`, rule });
  });

  it('domain that an environment lacks is refused', () => {
    const domain = process.env.NO_SUCH_DOMAIN as string;

    expectRefusal(() => platform({ domain }), {
      code: 'EDGE_ERR_DOMAIN',
      value: 'undefined',
      rule: 'a name is a text',
    });
  });

  it('external scheme of another protocol is refused', () => {
    const externalScheme = 'HTTPS' as 'https';

    expectRefusal(() => platform({ externalScheme }), {
      code: 'EDGE_ERR_VALUE',
      value: '"HTTPS"',
      rule: 'URLs begin with http or https',
    });
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

describe('what Knative is told', () => {
  function told(props: Partial<InferencePlatformProps>) {
    const app = new EdgeApp();
    platform({ access: InferenceAccess.none(), ...props }, app);
    return synthesize(app).filter(({ kind }) => kind !== 'Namespace');
  }

  it.each([
    [{ hostLayout: HostLayout.FLAT }, { 'domain-template': '{{.Name}}-{{.Namespace}}.{{.Domain}}' }],
    [{ hostLayout: HostLayout.PER_NAMESPACE }, { 'domain-template': '{{.Name}}.{{.Namespace}}.{{.Domain}}' }],
    [{ externalScheme: 'https' as const }, { 'default-external-scheme': 'https' }],
  ])('follows from %j', (props, data) => {
    expect(findManifest(told(props), 'ConfigMap', 'config-network').data).toStrictEqual(data);
  });

  it('is written where the operator reads it', () => {
    expect(namesOf(told({ knative: KnativeInstallation.operator() }))).toStrictEqual([
      'KnativeServing knative-serving/knative-serving',
    ]);
  });

  it('is nothing in Standard mode', () => {
    const edge = platform({ kserve: { deploymentMode: DeploymentMode.STANDARD } });

    expect(edge.knativeSettings).toBeUndefined();
  });

  it.each([
    { knative: KnativeInstallation.manifests() },
    { selectedDomains: [{ domain: 'lab.example.com', selector: { a: 'b' } }] },
  ])('is refused in Standard mode, which does without it', (props) => {
    const kserve = { deploymentMode: DeploymentMode.STANDARD };

    expectRefusal(() => platform({ ...props, kserve }), {
      code: 'EDGE_ERR_DEPLOYMENT_MODE',
      value: '"given"',
      rule: 'models in Standard mode do without Knative',
    });
  });

  it.each([
    [{ domain: 'platform.example.com', selector: { a: 'b' } }, 'EDGE_ERR_DUPLICATE', '"platform.example.com"'],
    [{ domain: 'lab', selector: { a: 'b' } }, 'EDGE_ERR_DOMAIN', '"lab"'],
    [{ domain: 'my-default.example.com', selector: { a: 'b' } }, 'EDGE_ERR_MODEL_HOST', '"my-default.example.com"'],
    [{ domain: 'lab.example.com', selector: {} }, 'EDGE_ERR_VALUE', '"{}"'],
  ] as const)('is refused with the domain %j', (selected, code, value) => {
    expectRefusal(() => platform({ selectedDomains: [selected] }), { code, value, rule: '' });
  });
});

describe('what KServe is told', () => {
  function ingressOf(props: Partial<InferencePlatformProps>) {
    const app = new EdgeApp();
    platform(props, app);
    const [configMap] = ofKind(synthesize(app), 'ConfigMap').filter(
      ({ metadata }) => metadata.name === 'inferenceservice-config',
    );
    return configMap;
  }

  it('is nothing in Knative mode, where hosts are made by Knative', () => {
    expect(ingressOf({})).toBeUndefined();
  });

  it('is the domain, the layout and the scheme in Standard mode, in one key of its ConfigMap', () => {
    const configMap = ingressOf({
      externalScheme: 'https',
      hostLayout: HostLayout.FLAT,
      kserve: { deploymentMode: DeploymentMode.STANDARD, namespace: 'kubeflow' },
    });

    expect(Object.keys(configMap?.data)).toStrictEqual(['ingress']);
    expect(configMap?.metadata).toStrictEqual({ name: 'inferenceservice-config', namespace: 'kubeflow' });
    expect(JSON.parse(configMap?.data.ingress)).toMatchObject({
      ingressDomain: 'platform.example.com',
      domainTemplate: '{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}',
      urlScheme: 'https',
    });
  });

  it('is left to others when they are said to see to it', () => {
    const ingress = KServeIngress.unmanaged();

    expect(ingressOf({ kserve: { deploymentMode: DeploymentMode.STANDARD, ingress } })).toBeUndefined();
  });

  it('is what is asked for in Knative mode too', () => {
    const ingress = KServeIngress.configured({ ingressGateway: 'kubeflow/kubeflow-gateway' });

    expect(JSON.parse(ingressOf({ kserve: { ingress } })?.data.ingress).ingressGateway).toBe(
      'kubeflow/kubeflow-gateway',
    );
  });
});

describe('the version of KServe', () => {
  function warningsOf(kserve: KServeOptions): string[] {
    const app = new EdgeApp();
    platform({ access: InferenceAccess.none(), kserve }, app);
    return app.warnings;
  }

  it('0.19 is not told that models are in Knative mode: it would refuse them', () => {
    const kserve = { version: KServeVersion.V0_19, deploymentMode: DeploymentMode.KNATIVE };

    expectRefusal(() => platform({ kserve }), {
      code: 'EDGE_ERR_KSERVE_VERSION',
      value: '"Knative"',
      rule: 'KServe 0.19 refuses the first update',
    });
    expect(() => platform({ kserve: { version: KServeVersion.V0_19 } })).not.toThrow();
  });

  it('0.16 is warned of, where the mode is said: it does not know the names of 0.15 any more', () => {
    const version = KServeVersion.V0_16;

    expect(warningsOf({ version, deploymentMode: DeploymentMode.STANDARD })).toStrictEqual([
      expect.stringContaining('refuses to update or delete a model that 0.15'),
    ]);
    expect(warningsOf({ version })).toStrictEqual([]);
  });
});

describe('C-7: in the flat layout', () => {
  const flat = (namespaces: string[], props: Partial<InferencePlatformProps> = {}) =>
    platform({ namespaces, hostLayout: HostLayout.FLAT, ...props });

  it('one wildcard covers the models of all namespaces', () => {
    const edge = flat(['staging', 'prod']);

    const hosts = ['staging', 'prod'].map((namespace) => edge.addModel('iris', { ...IRIS, namespace }).externalHost);

    expect(hosts).toStrictEqual(['iris-staging.platform.example.com', 'iris-prod.platform.example.com']);
  });

  it('names and namespaces that are the same when they are joined are refused', () => {
    const edge = flat(['c', 'b-c']);
    edge.addModel('a-b', { ...IRIS, namespace: 'c' });

    expectRefusal(() => edge.addModel('a', { ...IRIS, namespace: 'b-c' }), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"a-b-c.platform.example.com"',
      rule: 'c/a-b has it already',
    });
  });

  it('so are they when one host is that of a predictor', () => {
    const kserve = { deploymentMode: DeploymentMode.STANDARD };
    const edge = flat(['x', 'predictor-x'], { kserve });
    edge.addModel('iris', { ...IRIS, namespace: 'x' });

    expectRefusal(() => edge.addModel('iris', { ...IRIS, namespace: 'predictor-x' }), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"iris-predictor-x.platform.example.com"',
      rule: 'x/iris has it already',
    });
  });

  it('they are fine when one of the models has no host outside', () => {
    const edge = flat(['c', 'b-c']);
    edge.addModel('a-b', { ...IRIS, namespace: 'c', visibility: ModelVisibility.CLUSTER_LOCAL });

    expect(() => edge.addModel('a', { ...IRIS, namespace: 'b-c' })).not.toThrow();
    expect(edge.hosts).toStrictEqual(['a-b-c.platform.example.com']);
  });

  it('X-5: name, "-predictor-" and namespace have at most 63 characters together', () => {
    const edge = flat(['staging']);

    expect(edge.addModel('a'.repeat(45), IRIS).externalHost).toContain('-staging.');
    expectRefusal(() => edge.addModel('a'.repeat(46), IRIS), {
      code: 'EDGE_ERR_DOMAIN',
      value: `"${'a'.repeat(46)}-staging.platform.example.com"`,
      rule: `a part of a host has at most 63 characters, and "${'a'.repeat(46)}-predictor-staging" has 64`,
    });
  });

  it.each(['default', 'default-team'])('namespace %j is refused: KServe finds "-default" in hosts', (namespace) => {
    expectRefusal(() => flat([namespace]), {
      code: 'EDGE_ERR_MODEL_HOST',
      value: `"${namespace}"`,
      rule: 'KServe cuts "-default" out of hosts',
    });
    expect(() => platform({ namespaces: [namespace] })).not.toThrow();
  });
});

describe('maxTimeout', () => {
  it.each([
    [Duration.millis(500), '"0.5 s"'],
    [Duration.seconds(0), '"0 s"'],
  ])('of %s is refused', (maxTimeout, value) => {
    expectRefusal(() => platform({ maxTimeout }), {
      code: 'EDGE_ERR_VALUE',
      value,
      rule: 'it is in whole seconds, from 1 on',
    });
  });
});

describe('C-10: the model of the samples', () => {
  it('has the API version and the place that exist today', () => {
    const app = new EdgeApp();
    const storageUri = 'gs://kfserving-examples/models/sklearn/1.0/model';
    platform({}, app).addModel('sklearn-iris', { ...IRIS, storageUri });

    const { apiVersion, spec } = findManifest(synthesize(app), 'InferenceService', 'sklearn-iris');

    expect([apiVersion, spec.predictor.model.storageUri]).toStrictEqual(['serving.kserve.io/v1beta1', storageUri]);
  });

  it('is that one wherever documents and apps show it', () => {
    const files = [
      'README.md',
      ...['docs', 'apps'].flatMap((folder) =>
        filesBelow(path.join(ROOT, folder)).map((name) => path.join(folder, name)),
      ),
    ];
    const texts = files.map((file) => readFileSync(path.join(ROOT, file), 'utf8'));

    const found = texts.flatMap((text) => text.match(/gs:\/\/kfserving[^'"`\s]*|serving\.kubeflow\.org/g) ?? []);

    expect([...new Set(found)]).toStrictEqual(['gs://kfserving-examples/models/sklearn/1.0/model']);
  });
});

describe('two platforms in one app', () => {
  it('are refused: a cluster has one set of these settings', () => {
    const app = new EdgeApp();
    new InferencePlatform(app, 'one', { domain: 'one.example.com', namespaces: ['one'] });

    expectRefusal(() => new InferencePlatform(app, 'two', { domain: 'two.example.com', namespaces: ['two'] }), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"two"',
      rule: '[one] is one, and Knative and KServe have one set of settings',
    });
  });
});

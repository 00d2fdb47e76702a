import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ApiObject, App, Chart, type IResolver, Names, type ResolutionContext } from 'cdk8s';
import { Construct } from 'constructs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EdgeApp, EdgeValidationError, InferencePlatform, ModelFormat, Mosquitto } from '../../../lib';
import { applyAfter } from '../../../lib/synth/apply-order';
import { type Manifest, readManifests, synthesize } from '../../../lib/testing';
import { filesIn, temporaryFolder } from '../support/folders';
import { namesOf } from '../support/manifests';
import { maximalStack } from '../support/maximal-stack';
import { expectProblem, problemsOf, thrownBy } from '../support/refusals';
import { brokerIn, irisStack, platformIn, stackWithoutRoute } from '../support/stacks';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A placeholder, as it stands in a text that nothing resolved. */
const braced = (text: string) => `$\{${text}}`;
const PULUMI = braced('pulumi:0');

function configMap(scope: Construct, id: string, data: unknown = {}, metadata: object = {}): ApiObject {
  return new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: id, ...metadata }, data });
}

function fileNames(app: EdgeApp): string[] {
  app.synth();
  return Object.keys(filesIn(app.outdir));
}

describe('the files of an EdgeApp', () => {
  it('are one per chart, named after the chart, and the one with the namespaces comes first', () => {
    const app = new EdgeApp({ outdir: temporaryFolder() });
    platformIn(app);
    brokerIn(app);

    expect(fileNames(app)).toStrictEqual([
      '00-namespaces.k8s.yaml',
      '01-broker.k8s.yaml',
      '01-platform.k8s.yaml',
      'patches/configmap.knative-serving.config-domain.yaml',
    ]);
  });

  it.each<[string, string, (app: EdgeApp, first: Chart, second: Chart) => unknown]>([
    ['beside them', '01-a-third', (app) => new Chart(app, 'a-third')],
    [
      'that depends on both',
      '02-a-last',
      (app, first, second) => new Chart(app, 'a-last').addDependency(first, second),
    ],
    ['inside of one', '01-first-inner-c89756d1', (_, first) => new Chart(first, 'inner')],
  ])('keep their names when a chart is added %s', (_, added, change) => {
    const app = new EdgeApp({ outdir: temporaryFolder() });
    change(app, new Chart(app, 'first'), new Chart(app, 'second'));

    expect(fileNames(app)).toStrictEqual([added, '01-first', '01-second'].map((name) => `${name}.k8s.yaml`).sort());
  });

  it('move behind those of the charts that they depend on, and only they', () => {
    const app = new EdgeApp({ outdir: temporaryFolder() });
    const [first] = [new Chart(app, 'first'), new Chart(app, 'second')];
    applyAfter(configMap(first, 'a'), configMap(new Chart(app, 'third'), 'b'));

    expect(fileNames(app)).toStrictEqual(['01-second.k8s.yaml', '01-third.k8s.yaml', '02-first.k8s.yaml']);
  });

  it('go where cdk8s synth asks for them', () => {
    const outdir = path.join(temporaryFolder(), 'deep', 'down');
    vi.stubEnv('CDK8S_OUTDIR', outdir);
    const app = new EdgeApp();
    new Chart(app, 'chart');

    expect([app.outdir, fileNames(app)]).toStrictEqual([outdir, ['01-chart.k8s.yaml']]);
  });

  it('go to dist when nobody says otherwise', () => {
    vi.stubEnv('CDK8S_OUTDIR', undefined);

    expect(new EdgeApp().outdir).toBe('dist');
  });

  it('are byte-identical when the same app is synthesized again', () => {
    const files = () => {
      const app = new EdgeApp({ outdir: temporaryFolder() });
      maximalStack(app);
      app.synth();
      return filesIn(app.outdir);
    };

    const first = files();

    expect(files()).toStrictEqual(first);
    expect(Object.keys(first)).toStrictEqual([
      '00-namespaces.k8s.yaml',
      '01-bridge.k8s.yaml',
      '01-broker.k8s.yaml',
      '01-platform.k8s.yaml',
      'patches/configmap.knative-serving.config-domain.yaml',
      'patches/configmap.knative-serving.config-network.yaml',
      'traefik.helm-values',
    ]);
  });

  it('are the same when one app is synthesized twice', () => {
    const app = new EdgeApp({ outdir: temporaryFolder() });
    maximalStack(app);
    app.synth();
    const first = filesIn(app.outdir);

    app.synth();

    expect(filesIn(app.outdir)).toStrictEqual(first);
  });

  it('hold the same objects as the text of synthYaml', () => {
    const app = new EdgeApp({ outdir: temporaryFolder() });
    maximalStack(app);
    app.synth();

    const byName = (manifests: Manifest[]) => new Map(namesOf(manifests).map((name, i) => [name, manifests[i]]));
    expect(byName(readManifests(app.outdir))).toStrictEqual(byName(synthesize(app)));
  });
});

describe('the text of synthYaml', () => {
  it('has every namespace before the objects in it', () => {
    const { app } = irisStack();

    const names = namesOf(synthesize(app));

    const late = names.filter((name, i) => {
      const [, namespace] = /^\w+ (\S+)\//.exec(name) ?? [];
      return names.indexOf(`Namespace -/${namespace}`) > i;
    });
    expect(late).toStrictEqual([]);
  });
});

describe('the order of objects', () => {
  it('is that of their making, without dependencies', () => {
    const app = new EdgeApp();
    const chart = new Chart(app, 'chart');
    for (const name of ['c', 'a', 'b']) configMap(chart, name);

    expect(namesOf(synthesize(app))).toStrictEqual(['ConfigMap -/c', 'ConfigMap -/a', 'ConfigMap -/b']);
  });

  it('puts every object after those it depends on', () => {
    const app = new EdgeApp();
    const chart = new Chart(app, 'chart');
    const [first, second, third] = ['first', 'second', 'third'].map((name) => configMap(chart, name));
    first?.addDependency(third as ApiObject);
    third?.addDependency(second as ApiObject);

    expect(namesOf(synthesize(app))).toStrictEqual(['ConfigMap -/second', 'ConfigMap -/third', 'ConfigMap -/first']);
  });

  it('does not exist when objects depend on each other, which is refused with the circle', () => {
    const app = new EdgeApp();
    const chart = new Chart(app, 'chart');
    const [a, b, c] = ['a', 'b', 'c'].map((name) => configMap(chart, name)) as [ApiObject, ApiObject, ApiObject];
    a.addDependency(b);
    b.addDependency(c);
    applyAfter(c, a);

    expectProblem(problemsOf(app), 'chart/a', {
      code: 'EDGE_ERR_ORDER',
      value: '"chart/a → chart/b → chart/c → chart/a"',
      rule: 'nothing in a circle can be applied first',
    });
  });

  it('does not exist when a construct depends on what it is in', () => {
    const app = new EdgeApp();
    const chart = new Chart(app, 'chart');
    configMap(chart, 'a').addDependency(chart);

    expectProblem(problemsOf(app), 'chart', {
      code: 'EDGE_ERR_ORDER',
      value: '"chart → chart/a → chart"',
      rule: 'nothing in a circle can be applied first',
    });
  });

  it('does not exist for the files of charts that depend on each other', () => {
    const app = new EdgeApp();
    const [one, two] = [new Chart(app, 'one'), new Chart(app, 'two')];
    applyAfter(configMap(one, 'a'), configMap(two, 'b'));
    applyAfter(configMap(two, 'c'), configMap(one, 'd'));

    expectProblem(problemsOf(app), 'one', {
      code: 'EDGE_ERR_ORDER',
      value: '"one → two → one"',
      rule: 'nothing in a circle can be applied first',
    });
  });

  it('is found for 60 charts of 10 objects, each chart depending on all before it', () => {
    const app = new EdgeApp();
    const charts: Chart[] = [];
    for (let i = 0; i < 60; i += 1) {
      const chart = new Chart(app, `chart-${i}`);
      chart.addDependency(...charts);
      charts.push(chart);
      for (let j = 0; j < 10; j += 1) configMap(chart, `object-${i}-${j}`);
    }

    const names = synthesize(app).map(({ metadata }) => metadata.name);

    const expected = charts.flatMap((_, i) => Array.from({ length: 10 }, (_, j) => `object-${i}-${j}`));
    expect(names).toStrictEqual(expected);
    expect(app.charts).toStrictEqual(charts);
  });

  it('is found when charts depend on all that come after them', () => {
    const app = new EdgeApp();
    const charts = Array.from({ length: 30 }, (_, i) => new Chart(app, `chart-${i}`));
    for (const [i, chart] of charts.entries()) {
      configMap(chart, `object-${i}`);
      chart.addDependency(...charts.slice(i + 1));
    }

    expect(app.charts).toStrictEqual(charts.toReversed());
    expect(synthesize(app).map(({ metadata }) => metadata.name)).toStrictEqual(
      charts.map((_, i) => `object-${i}`).toReversed(),
    );
  });

  it('takes a dependency on a construct for one on all that is in it', () => {
    const app = new EdgeApp();
    const chart = new Chart(app, 'chart');
    const late = configMap(chart, 'late');
    const group = new Construct(chart, 'group');
    configMap(group, 'a');
    configMap(new Construct(group, 'deeper'), 'b');
    late.node.addDependency(group);

    expect(namesOf(synthesize(app))).toStrictEqual(['ConfigMap -/a', 'ConfigMap -/b', 'ConfigMap -/late']);
  });

  it('takes a dependency of a construct for one of all that is in it', () => {
    const app = new EdgeApp();
    const chart = new Chart(app, 'chart');
    const last = configMap(chart, 'last');
    const group = new Construct(chart, 'group');
    last.addDependency(configMap(new Construct(group, 'deeper'), 'late'));
    group.node.addDependency(configMap(chart, 'early'));

    expect(namesOf(synthesize(app))).toStrictEqual(['ConfigMap -/early', 'ConfigMap -/late', 'ConfigMap -/last']);
  });
});

describe('the problems of an EdgeApp', () => {
  it('are reported together, each with its construct and its code, sorted by construct', () => {
    const { app, bridge } = stackWithoutRoute();
    const chart = new Chart(app, 'a-chart');
    configMap(chart, 'twice', {}, { name: 'same' });
    configMap(chart, 'again', {}, { name: 'same' });
    configMap(chart, 'late', { url: `https://${PULUMI}/` });
    configMap(chart, 'own').node.addValidation({ validate: () => ['says no'] });

    const problems = problemsOf(app);

    expect(problems.map((problem) => problem.split(':', 1)[0])).toStrictEqual([
      '[a-chart/again] EDGE_ERR_OBJECT_DUPLICATE',
      '[a-chart/late] EDGE_ERR_TOKEN',
      '[a-chart/own] says no',
      `[${bridge.node.path}] EDGE_ERR_NO_ROUTES`,
    ]);
  });

  it('are all in the message of one error', () => {
    const { app } = stackWithoutRoute();
    configMap(new Chart(app, 'a-chart'), 'late', { url: PULUMI });

    const error = thrownBy(() => app.synth()) as EdgeValidationError;

    expect(error).toBeInstanceOf(EdgeValidationError);
    expect(error.name).toBe('EdgeValidationError');
    expect(error.message).toBe(`2 problem(s) in this topology:\n  ${error.problems.join('\n  ')}`);
  });

  it('keep anything from being written', () => {
    const outdir = path.join(temporaryFolder(), 'manifests');
    const app = new EdgeApp({ outdir });
    brokerIn(app).exposeThroughTraefik();
    configMap(new Chart(app, 'chart'), 'late', { url: PULUMI });

    expect(() => app.synth()).toThrow(EdgeValidationError);

    expect(existsSync(outdir)).toBe(false);
  });

  it('leave what was written before as it was', () => {
    const outdir = temporaryFolder();
    const app = new EdgeApp({ outdir });
    const chart = new Chart(app, 'chart');
    configMap(chart, 'good');
    app.synth();
    const before = filesIn(outdir);
    configMap(chart, 'late', { url: PULUMI });

    expect(() => app.synth()).toThrow(EdgeValidationError);

    expect(filesIn(outdir)).toStrictEqual(before);
  });

  it('include a bridge without a route', () => {
    const { app } = stackWithoutRoute();

    expectProblem(problemsOf(app), 'bridge', {
      code: 'EDGE_ERR_NO_ROUTES',
      value: '0',
      rule: 'a bridge without one has nothing to do',
    });
  });
});

describe('two objects of one identity', () => {
  it('are refused across charts, with the paths of both', () => {
    const app = new EdgeApp();
    configMap(new Chart(app, 'one'), 'a', {}, { name: 'same', namespace: 'ns' });
    configMap(new Chart(app, 'two'), 'b', {}, { name: 'same', namespace: 'ns' });

    expectProblem(problemsOf(app), 'two/b', {
      code: 'EDGE_ERR_OBJECT_DUPLICATE',
      value: '"core/ConfigMap ns/same"',
      rule: '[one/a] is the same one to Kubernetes',
    });
  });

  it('are refused for two versions of one group', () => {
    const app = new EdgeApp();
    const chart = new Chart(app, 'chart');
    for (const version of ['v1', 'v1beta1']) {
      new ApiObject(chart, version, { apiVersion: `apps/${version}`, kind: 'StatefulSet', metadata: { name: 'same' } });
    }

    expectProblem(problemsOf(app), 'chart/v1beta1', {
      code: 'EDGE_ERR_OBJECT_DUPLICATE',
      value: '"apps/StatefulSet same"',
      rule: '[chart/v1] is the same one to Kubernetes',
    });
  });

  it.each([
    ['namespaces', { metadata: { name: 'same', namespace: 'other' } }],
    ['kinds', { kind: 'Secret' }],
    ['groups', { apiVersion: 'example.com/v1' }],
    ['names', { metadata: { name: 'other', namespace: 'ns' } }],
  ])('are two objects when they have different %s', (_, difference) => {
    const app = new EdgeApp();
    const chart = new Chart(app, 'chart');
    const props = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'same', namespace: 'ns' } };
    new ApiObject(chart, 'a', props);
    new ApiObject(chart, 'b', { ...props, ...difference });

    expect(synthesize(app)).toHaveLength(2);
  });
});

describe('a placeholder that nothing replaced', () => {
  const HELP = 'Calling [toString] on an [Output<T>] is not supported. To get the value of an Output<T> as …';

  it.each([
    [PULUMI, 'a Pulumi Output that only `pulumi up` replaces'],
    [braced('pulumi:17'), 'a Pulumi Output that only `pulumi up` replaces'],
    [braced('Token[TOKEN.42]'), 'a token that nothing resolved'],
    [braced('Token[]'), 'a token that nothing resolved'],
  ])('is refused within a text: %s', (placeholder, rule) => {
    const app = new EdgeApp();
    configMap(new Chart(app, 'chart'), 'late', { list: `[{"url":"https://${placeholder}/x"}]` });

    expectProblem(problemsOf(app), 'chart/late', { code: 'EDGE_ERR_TOKEN', value: `"${placeholder}"`, rule });
  });

  it.each(['toString', 'toJSON'])('is refused as the help text that %s of an Output gives', (method) => {
    const app = new EdgeApp();
    configMap(new Chart(app, 'chart'), 'late', { host: `https://${HELP.replace('toString', method)}` });

    expectProblem(problemsOf(app), 'chart/late', {
      code: 'EDGE_ERR_TOKEN',
      value: `"Calling [${method}] on an [Output<T>]"`,
      rule: 'the help text of a Pulumi Output',
    });
  });

  it.each([
    ['in a list', { metadata: { name: 'x', finalizers: ['a', PULUMI] } }, 'ConfigMap.metadata.finalizers[1]'],
    ['in a key', { data: { [PULUMI]: '' } }, `ConfigMap.data.${PULUMI}`],
    ['in a name', { metadata: { name: PULUMI } }, 'ConfigMap.metadata.name'],
    ['in an annotation', { metadata: { name: 'x', annotations: { a: PULUMI } } }, 'ConfigMap.metadata.annotations.a'],
  ])('is found %s, and the message tells where', (_, props, at) => {
    const app = new EdgeApp();
    new ApiObject(new Chart(app, 'chart'), 'late', { apiVersion: 'v1', kind: 'ConfigMap', ...props });

    expect(problemsOf(app)).toStrictEqual([expect.stringContaining(`EDGE_ERR_TOKEN: ${at} is `)]);
  });

  it.each([braced('HOME'), '$pulumi', braced('pulumi:x'), 'Token[1]', 'an Output<T>'])('is not %s', (text) => {
    const app = new EdgeApp();
    configMap(new Chart(app, 'chart'), 'fine', { text });

    expect(synthesize(app)[0]?.data).toStrictEqual({ text });
  });

  it("is found in a construct's own objects", () => {
    const app = new EdgeApp();
    platformIn(app).addModel('iris', {
      namespace: 'staging',
      format: ModelFormat.SKLEARN,
      storageUri: `s3://${PULUMI}/iris`,
    });

    expect(problemsOf(app)).toStrictEqual([
      expect.stringContaining(`EDGE_ERR_TOKEN: InferenceService.spec.predictor.model.storageUri is "${PULUMI}"`),
    ]);
  });
});

describe('the size of an object', () => {
  const LIMIT = 1024 * 1024;

  /** An object that takes this many bytes as JSON. */
  function sized(kind: string, bytes: number): EdgeApp {
    const app = new EdgeApp();
    const empty = { apiVersion: 'v1', kind, metadata: { name: 'big' }, data: { text: '' } };
    const text = 'a'.repeat(bytes - JSON.stringify(empty).length);
    new ApiObject(new Chart(app, 'chart'), 'big', { ...empty, data: { text } });
    return app;
  }

  it.each(['ConfigMap', 'Secret'])('of a %s is at most 1 MiB', (kind) => {
    expect(synthesize(sized(kind, LIMIT))).toHaveLength(1);

    expectProblem(problemsOf(sized(kind, LIMIT + 1)), 'chart/big', {
      code: 'EDGE_ERR_OBJECT_SIZE',
      value: `"${LIMIT + 1} bytes"`,
      rule: `Kubernetes stores at most ${LIMIT}`,
    });
  });

  it('is counted in bytes of UTF-8, not in characters', () => {
    const app = new EdgeApp();
    configMap(new Chart(app, 'chart'), 'big', { text: 'ü'.repeat(LIMIT / 2) });

    expect(problemsOf(app)).toStrictEqual([expect.stringContaining('EDGE_ERR_OBJECT_SIZE: ConfigMap big is ')]);
  });

  it('does not matter for other kinds', () => {
    expect(synthesize(sized('Widget', LIMIT + 1))).toHaveLength(1);
  });
});

describe('two charts with one file', () => {
  it('are refused, with the paths of both', () => {
    const app = new EdgeApp();
    const nested = new Chart(new Chart(app, 'a'), 'b');
    new Chart(app, Names.toDnsLabel(nested));

    expectProblem(problemsOf(app), Names.toDnsLabel(nested), {
      code: 'EDGE_ERR_FILE_DUPLICATE',
      value: `"01-${Names.toDnsLabel(nested)}.k8s.yaml"`,
      rule: '[a/b] is written to it',
    });
  });
});

describe('construct-metadata.json', () => {
  const record = (value: string | undefined) => {
    vi.stubEnv('CDK8S_RECORD_CONSTRUCT_METADATA', value);
    const app = new EdgeApp({ outdir: temporaryFolder() });
    configMap(new Chart(app, 'chart'), 'one');
    configMap(new Chart(app, 'other'), 'two');
    app.synth();
    return path.join(app.outdir, 'construct-metadata.json');
  };

  it('says where each object comes from, when the CLI asks for it', () => {
    expect(JSON.parse(readFileSync(record('true'), 'utf8'))).toStrictEqual({
      version: '1.0.0',
      resources: { one: { path: 'chart/one' }, two: { path: 'other/two' } },
    });
  });

  it('is what cdk8s itself writes', () => {
    vi.stubEnv('CDK8S_RECORD_CONSTRUCT_METADATA', 'true');
    const plain = new App({ outdir: temporaryFolder() });
    configMap(new Chart(plain, 'chart'), 'one');
    configMap(new Chart(plain, 'other'), 'two');
    plain.synth();

    expect(readFileSync(record('true'), 'utf8')).toBe(filesIn(plain.outdir)['construct-metadata.json']);
  });

  it.each([undefined, 'false'])('is not written when the CLI says %s', (value) => {
    expect(existsSync(record(value))).toBe(false);
  });
});

describe('the resolvers of an EdgeApp', () => {
  class Late {
    constructor(readonly text: string) {}
  }
  const resolver: IResolver = {
    resolve: (context: ResolutionContext) => {
      if (context.value instanceof Late) context.replaceValue(context.value.text);
    },
  };

  it('turn values of other frameworks into plain ones', () => {
    const app = new EdgeApp({ resolvers: [resolver] });
    configMap(new Chart(app, 'chart'), 'late', { url: new Late('https://example.com') });

    expect(synthesize(app)[0]?.data).toStrictEqual({ url: 'https://example.com' });
  });

  it('come before the search for placeholders', () => {
    const app = new EdgeApp({ resolvers: [resolver] });
    configMap(new Chart(app, 'chart'), 'late', { url: new Late(PULUMI) });

    expect(problemsOf(app)).toStrictEqual([expect.stringContaining('EDGE_ERR_TOKEN')]);
  });
});

describe('an app of cdk8s itself', () => {
  it('gets the same objects from the constructs', () => {
    const objects = (app: App) => {
      new Mosquitto(app, 'broker');
      new InferencePlatform(app, 'platform', { domain: 'example.com', namespaces: ['staging'] });
      return namesOf(synthesize(app)).sort();
    };

    expect(objects(new App())).toStrictEqual(objects(new EdgeApp()));
  });
});

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ApiObject, App, Chart, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { EdgeApp, EdgeValidationError, ModelFormat, TraefikTls } from '../../../lib';
import { findManifest, type Manifest, readManifests, synthesize, unseenProps } from '../../../lib/testing';
import { temporaryFolder } from '../support/folders';
import { namesOf } from '../support/manifests';
import { thrownBy } from '../support/refusals';
import { brokerIn, stackWithoutRoute } from '../support/stacks';

const manifest = (kind: string, name: string, namespace?: string): Manifest => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace && { namespace }) },
});

describe('synthesize', () => {
  it('gives the objects of an app as plain data', () => {
    const app = new EdgeApp();
    const props = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { key: 'value' } };
    new ApiObject(new Chart(app, 'chart'), 'object', props);

    expect(synthesize(app)).toStrictEqual([props]);
  });

  it('gives nothing for an app without objects', () => {
    const app = new EdgeApp();
    new Chart(app, 'chart');

    expect(synthesize(app)).toStrictEqual([]);
  });

  it('takes an app of cdk8s itself', () => {
    const app = new App();
    new ApiObject(new Chart(app, 'chart'), 'object', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });

    expect(namesOf(synthesize(app))).toStrictEqual(['ConfigMap -/a']);
  });

  it('throws what synth throws', () => {
    const { app } = stackWithoutRoute();

    expect(() => synthesize(app)).toThrow(EdgeValidationError);
  });

  it('writes nothing', () => {
    const outdir = path.join(temporaryFolder(), 'manifests');
    const app = new EdgeApp({ outdir });
    brokerIn(app);

    synthesize(app);

    expect(() => readManifests(outdir)).toThrow('ENOENT');
  });
});

describe('readManifests', () => {
  it('reads the YAML files of a folder by name, and no others', () => {
    const folder = temporaryFolder();
    const file = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
    file('b.k8s.yaml', 'kind: B\nmetadata: { name: b }\n---\nkind: B\nmetadata: { name: c }\n');
    file('a.k8s.yaml', 'kind: A\nmetadata: { name: a }\n');
    file('empty.k8s.yaml', '');
    file('comment.k8s.yaml', '# nothing\n---\n');
    file('traefik.helm-values', 'ports: {}\n');

    expect(namesOf(readManifests(folder))).toStrictEqual(['A -/a', 'B -/b', 'B -/c']);
  });

  it('reads what synth writes', () => {
    const app = new EdgeApp({ outdir: temporaryFolder() });
    brokerIn(app).exposeThroughTraefik();
    app.synth();

    expect(namesOf(readManifests(app.outdir)).sort()).toStrictEqual(namesOf(synthesize(app)).sort());
  });

  it('refuses a file that is no YAML, and names it', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'broken.yaml'), 'kind: A\nmetadata: { name: a\n');

    expect(() => readManifests(folder)).toThrow('broken.yaml');
  });
});

describe('findManifest', () => {
  const manifests = [manifest('A', 'x', 'one'), manifest('A', 'x', 'two'), manifest('A', 'y'), manifest('B', 'x')];

  it('finds the one object of a kind and name', () => {
    expect(findManifest(manifests, 'A', 'y')).toBe(manifests[2]);
    expect(findManifest(manifests, 'B', 'x')).toBe(manifests[3]);
  });

  it('finds the one in a namespace', () => {
    expect(findManifest(manifests, 'A', 'x', 'two')).toBe(manifests[1]);
  });

  it.each([
    ['none', 0, 'C', 'x', undefined],
    ['none in the namespace', 0, 'A', 'x', 'three'],
    ['more than one', 2, 'A', 'x', undefined],
  ])('lists what there is when there is %s', (_, count, kind, name, namespace) => {
    const error = thrownBy(() => findManifest(manifests, kind, name, namespace)) as Error;

    expect(error.message).toBe(`there are ${count} of ${kind} ${name}, among:\n  A one/x\n  A two/x\n  A -/y\n  B -/x`);
  });
});

describe('unseenProps', () => {
  const [seen] = [{ ...manifest('A', 'name'), spec: { image: 'img:1', replicas: 42, args: ['--on', 'say "hi"'] } }];

  it.each([
    [{ text: 'img:1' }],
    [{ count: 42 }],
    [{ list: ['--on', 42] }],
    [{ nested: { text: 'img:1', deeper: [{ count: 42 }] } }],
    [{ quoted: 'say "hi"' }],
    [{ nothing: [], no: {} }],
  ])('finds the values of %o', (props) => {
    expect(unseenProps(props, [seen])).toStrictEqual([]);
  });

  it.each([
    [{ text: 'other' }, ['text']],
    [{ count: 43, text: 'img:1' }, ['count']],
    [{ list: ['--on', '--off'] }, ['list']],
    [{ nested: { text: 'other' } }, ['nested']],
    [{ flag: true }, ['flag']],
    [{ a: 1.5, b: 'no', c: 'img:1' }, ['a', 'b']],
  ])('names the props of %o that are in no manifest', (props, names) => {
    expect(unseenProps(props, [seen])).toStrictEqual(names);
  });

  it('does not look into constructs, which render themselves', () => {
    expect(unseenProps({ app: new EdgeApp() }, [seen])).toStrictEqual([]);
  });

  it('takes props whose objects leave something open', () => {
    const props = { format: ModelFormat.SKLEARN, tls: TraefikTls.fromSecret('edge-tls'), size: undefined };

    expect(unseenProps(props, [{ ...seen, format: 'sklearn', tls: 'edge-tls' }])).toStrictEqual([]);
  });

  it('does not know how a Size is written', () => {
    expect(unseenProps({ storage: Size.gibibytes(7) }, [seen])).toStrictEqual(['storage']);
  });
});

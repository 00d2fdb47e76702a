import { App, Chart } from 'cdk8s';
import { expect, it } from 'vitest';
import { EdgeApp } from '../../../lib';
import { checkObjects } from '../../../lib/synth/checked-objects';
import { addFile, sideFiles } from '../../../lib/synth/side-files';
import { filesIn, temporaryFolder } from '../support/folders';
import { expectProblem, expectRefusal, problemsOf } from '../support/refusals';

it('are written beside the manifests, wherever in the tree they were asked for', () => {
  const app = new EdgeApp({ outdir: temporaryFolder() });
  addFile(new Chart(app, 'chart'), 'b.values', 'of the chart');
  addFile(app, 'a.values', 'of the app');

  app.synth();

  expect(filesIn(app.outdir)).toStrictEqual({
    'a.values': 'of the app',
    'b.values': 'of the chart',
    '01-chart.k8s.yaml': '',
  });
});

it('are sorted by name', () => {
  const app = new EdgeApp();
  for (const name of ['c', 'a', 'b']) addFile(app, name, name);

  expect(sideFiles(app).map(([name]) => name)).toStrictEqual(['a', 'b', 'c']);
});

it('belong to one app', () => {
  const app = new EdgeApp();
  addFile(app, 'a', 'a');

  expect(sideFiles(new EdgeApp())).toStrictEqual([]);
});

it('are not written by an app of cdk8s itself', () => {
  const app = new App({ outdir: temporaryFolder() });
  addFile(new Chart(app, 'chart'), 'a.values', 'a');

  app.synth();

  expect(Object.keys(filesIn(app.outdir))).toStrictEqual(['chart.k8s.yaml']);
});

it('may be asked for twice with one content', () => {
  const app = new EdgeApp();
  for (const id of ['one', 'two']) addFile(new Chart(app, id), 'a', 'same');

  expect(sideFiles(app)).toStrictEqual([['a', 'same']]);
});

it('may be made when the tree is finished', () => {
  const app = new EdgeApp();
  const lines = ['first'];
  addFile(app, 'a', () => lines.join('\n'));
  lines.push('second');

  expect(sideFiles(app)).toStrictEqual([['a', 'first\nsecond']]);
});

it('may not be asked for twice when one is made at the end, as nobody knows yet whether they are the same', () => {
  const app = new EdgeApp();
  addFile(app, 'a', () => 'same');

  expect(() => addFile(app, 'a', () => 'same')).toThrow('EDGE_ERR_FILE_DUPLICATE');
});

it('may not be asked for twice with different contents', () => {
  const app = new EdgeApp();
  addFile(new Chart(app, 'one'), 'a', 'same');

  expectRefusal(() => addFile(new Chart(app, 'two'), 'a', 'other'), {
    code: 'EDGE_ERR_FILE_DUPLICATE',
    value: '"a"',
    rule: 'another construct has asked for one of this name with other content',
  });
});

it.each([
  [`a: $\{pulumi:0}`, `"$\{pulumi:0}"`, 'a Pulumi Output that only `pulumi up` replaces'],
  ['a: Calling [toString] on an [Output<T>] is', '"Calling [toString] on an [Output<T>]"', 'the help text'],
  [Buffer.from(`$\{pulumi:0}`).toString('base64'), '"a text in base64"', 'where nothing finds it'],
])('are refused with a placeholder that nobody replaces: %j', (content, value, rule) => {
  const app = new EdgeApp();
  addFile(new Chart(app, 'chart'), 'a.values', () => content);

  expectProblem(problemsOf(app), 'chart', { code: 'EDGE_ERR_TOKEN', value, rule });
});

it('may have the token of an Output when it will be replaced', () => {
  const app = new EdgeApp();
  addFile(new Chart(app, 'chart'), 'a.values', `a: $\{pulumi:0}`);

  expect(checkObjects(app, { late: true }).problems).toStrictEqual([]);
});

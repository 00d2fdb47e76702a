import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleLibrary } from '../../scripts/library-bundles';
import { ROOT } from '../lib/support/folders';

describe('the bundles of the entries', () => {
  let folder: string;

  beforeAll(async () => {
    // Inside the checkout, so that they find what they depend on.
    mkdirSync(path.join(ROOT, 'build'), { recursive: true });
    folder = mkdtempSync(path.join(ROOT, 'build', 'bundles-'));
    await bundleLibrary(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What a program prints that has the root entry as `root`, and the one for Pulumi as `edge`. */
  function printed(program: string): unknown {
    const file = path.join(folder, 'program.js');
    writeFileSync(
      file,
      `const root = require('./index.js');
       const edge = require('./pulumi/index.js');
       const { Chart, ApiObject } = require('cdk8s');
       const pulumi = require('@pulumi/pulumi');
       const seen = [];
       const mocks = {
         newResource: ({ type, name, inputs }) => (seen.push(type), { id: name, state: inputs }),
         call: () => ({}),
       };
       (async () => {
         await pulumi.runtime.setMocks(mocks, 'project', 'stack', false);
         ${program}
       })();`,
    );
    return JSON.parse(execFileSync(process.execPath, [file], { encoding: 'utf8' }));
  }

  it('register the objects of an app that the root entry has made', () => {
    const seen = printed(`
      const app = new root.EdgeApp({ resolvers: [new edge.OutputResolver()] });
      new root.InferencePlatform(app, 'platform', {
        domain: 'example.com',
        namespaces: ['ml'],
        access: root.InferenceAccess.none(),
      });
      new edge.ClusterObjects('cluster', { app });
      await pulumi.runtime.disconnect();
      console.log(JSON.stringify(seen.sort()));`);

    expect(seen).toStrictEqual([
      'edge-inference:index:ClusterObjects',
      'kubernetes:core/v1:ConfigMapPatch',
      'kubernetes:core/v1:Namespace',
    ]);
  });

  it('have one class of errors, whoever throws', () => {
    const same = printed(`
      const app = new root.EdgeApp();
      const chart = new Chart(app, 'chart');
      for (const id of ['a', 'b']) new ApiObject(chart, id, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } });
      try {
        new edge.ClusterObjects('cluster', { app });
      } catch (error) {
        console.log(JSON.stringify(error.constructor === root.EdgeValidationError));
      }`);

    expect(same).toBe(true);
  });

  it('hold the checks of tokens that the root entry has put off', () => {
    const message = printed(`
      const auth = root.AlbAuth.mutualTls(edge.token(pulumi.output('no ARN')));
      const annotation = auth._settings.annotations['mutual-authentication'];
      const app = new root.EdgeApp();
      const metadata = { name: 'a', annotations: { annotation } };
      new ApiObject(new Chart(app, 'chart'), 'a', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
      process.once('unhandledRejection', ({ message }) => console.log(JSON.stringify(message)) ?? process.exit());
      new edge.ClusterObjects('cluster', { app });`);

    expect(message).toContain('EDGE_ERR_VALUE: AlbAuth.mutualTls(trustStore) is "no ARN"');
  });

  it('load nothing of Pulumi with the root entry', () => {
    const program = `require('./index.js'); console.log(Object.keys(require.cache).some((file) => file.includes('@pulumi')))`;

    expect(execFileSync(process.execPath, ['--eval', program], { cwd: folder, encoding: 'utf8' })).toBe('false\n');
  });
});
